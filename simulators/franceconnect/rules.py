"""What an authorisation request may say: a closed list of parameters, read to the letter; and what is wrong with one."""

import json
from collections.abc import Sequence

from simulators.oidc.clients import Client
from simulators.oidc.refusals import Codes, PageError
from simulators.oidc.requests import SECRET_LENGTH_MIN, VALUE_LENGTH_MAX, Authorization, granted_scopes, require_client

from .people import ACR

REQUIRED = ("client_id", "response_type", "redirect_uri", "scope", "acr_values", "state", "nonce")
OPTIONAL = ("claims", "prompt", "idp_hint", "ui_locales")
PROMPTS = frozenset({"login", "consent"})
BAD_PARAMETER = "Y030007"
CODES = Codes(client="Y04EA6EF", address="Y04C013C", parameter=BAD_PARAMETER, over="Y000400")


def read_authorization(pairs: Sequence[tuple[str, str]], client: Client) -> Authorization:
    """The request that these parameters make.

    Raises:
        PageError: a parameter is unknown, missing, repeated or malformed; the client or its address is not registered.
        RedirectError: a scope that the client may not ask for.
    """
    values = dict(pairs)
    _check_names([name for name, _ in pairs])
    _check_values(values)
    redirect_uri = require_client(values, client, CODES)
    scopes = granted_scopes(values, client)
    return Authorization(redirect_uri=redirect_uri, scopes=scopes, state=values["state"], nonce=values["nonce"])


def _check_names(names: Sequence[str]) -> None:
    for name in names:
        if name not in (*REQUIRED, *OPTIONAL) or names.count(name) > 1:
            raise PageError(BAD_PARAMETER, name)
    for name in REQUIRED:
        if name not in names:
            raise PageError(BAD_PARAMETER, name)


def _check_values(values: dict[str, str]) -> None:
    is_right = {
        "response_type": values["response_type"] == "code",
        "scope": "openid" in values["scope"].split(),
        "acr_values": values["acr_values"] == ACR,
        "state": len(values["state"]) >= 1,
        "nonce": len(values["nonce"]) >= SECRET_LENGTH_MIN,
        "prompt": "prompt" not in values
        or (bool(values["prompt"].split()) and set(values["prompt"].split()) <= PROMPTS),
        "claims": "claims" not in values or _is_object(values["claims"]),
    }
    for name, value in values.items():
        if not is_right.get(name, True) or len(value) > VALUE_LENGTH_MAX:
            raise PageError(BAD_PARAMETER, name)


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
