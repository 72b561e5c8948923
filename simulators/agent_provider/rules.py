"""What an authorisation request must say, and what is wrong with one."""

import re
from collections.abc import Sequence
from typing import Final

from simulators.oidc.clients import Client
from simulators.oidc.refusals import Codes, PageError, RedirectError
from simulators.oidc.requests import SECRET_LENGTH_MIN, VALUE_LENGTH_MAX, Authorization, granted_scopes, require_client

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
PROMPTS = frozenset({"", "none", "login"})
SCOPES: Final = frozenset({"openid", "email", "profile"})
CODES: Final = Codes("invalid_client", "invalid_redirect_uri", "invalid_request", "expired")


def read_authorization(pairs: Sequence[tuple[str, str]], client: Client) -> Authorization:
    """The request that these parameters make.

    Raises:
        PageError: the client or its address is not registered, or is said twice: nobody may be sent there.
        RedirectError: anything else is wrong.
    """
    values, names = dict(pairs), [name for name, _ in pairs]
    redirect_uri = require_client(values, client, CODES)
    for code, name in ((CODES.client, "client_id"), (CODES.address, "redirect_uri")):
        if names.count(name) > 1:
            raise PageError(code, name)
    if fault := _fault(values, names):
        raise RedirectError(redirect_uri, values.get("state", ""), *fault)
    return Authorization(
        redirect_uri=redirect_uri,
        scopes=granted_scopes(values, client),
        state=values["state"],
        nonce=values["nonce"],
        challenge=values["code_challenge"],
        prompt=values.get("prompt", ""),
        age_max=int(values["max_age"]) if "max_age" in values else None,
    )


def _fault(values: dict[str, str], names: Sequence[str]) -> tuple[str, str] | None:
    """The error of a request, and what it is about."""
    if repeated := next((name for name in names if names.count(name) > 1), ""):
        return "invalid_request", repeated
    if values.get("response_type") != "code":
        return "unsupported_response_type", "response_type"
    is_right = {
        "scope": "openid" in values.get("scope", "").split(),
        "state": len(values.get("state", "")) >= SECRET_LENGTH_MIN,
        "nonce": len(values.get("nonce", "")) >= SECRET_LENGTH_MIN,
        "code_challenge": CHALLENGE.fullmatch(values.get("code_challenge", "")) is not None,
        "code_challenge_method": values.get("code_challenge_method") == "S256",
        "prompt": values.get("prompt", "") in PROMPTS,
        "max_age": values.get("max_age", "0").isdecimal(),
    }
    wrong = next((name for name, right in is_right.items() if not right), "")
    long = next((name for name, value in values.items() if len(value) > VALUE_LENGTH_MAX), "")
    return ("invalid_request", wrong or long) if wrong or long else None
