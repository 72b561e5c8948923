"""A request that may be answered, and what is refused of it at every provider."""

from collections.abc import Mapping
from dataclasses import dataclass

from .clients import Client
from .refusals import Codes, PageError, RedirectError

SECRET_LENGTH_MIN = 22
VALUE_LENGTH_MAX = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """A request that may be answered. `challenge`: what the verifier of its code has to fit, where the provider takes one. `prompt`, and how many
    seconds ago the person may have signed in (`age_max`), of providers that remember who is signed in."""

    redirect_uri: str
    scopes: frozenset[str]
    state: str
    nonce: str
    challenge: str | None = None
    prompt: str = ""
    age_max: int | None = None


def require_client(values: Mapping[str, str], client: Client, codes: Codes) -> str:
    """The address to go back to. Raises PageError: the client or its address is not registered, to the letter; nobody may be sent there."""
    if values.get("client_id") != client.client_id:
        raise PageError(codes.client, "client_id")
    redirect_uri = values.get("redirect_uri", "")
    if redirect_uri not in client.redirect_uris:
        raise PageError(codes.address, "redirect_uri")
    return redirect_uri


def granted_scopes(values: Mapping[str, str], client: Client) -> frozenset[str]:
    """The scopes of a request whose address was looked at. Raises RedirectError: one that the client may not ask for."""
    scopes = frozenset(values["scope"].split())
    if refused := sorted(scopes - client.scopes):
        raise RedirectError(values["redirect_uri"], values["state"], "invalid_scope", f"scope {refused[0]}")
    return scopes
