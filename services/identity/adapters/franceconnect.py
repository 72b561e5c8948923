"""FranceConnect, as one provider of OpenID Connect among others: what differs of it.

Its list of parameters is closed, so PKCE is not sent; it names itself in every return, and people in signed answers alone.
"""

from dataclasses import dataclass, field
from typing import Final

from ..errors import (
    FranceConnectDenied,
    FranceConnectReturnExpired,
    FranceConnectReturnUnknown,
    FranceConnectTooWeak,
    FranceConnectUnavailable,
    FranceConnectUnverified,
)
from ..oidc.domain import Doubt, Provider, Registration
from .oidc import AUTHORIZATION, END_SESSION, ENDPOINTS, KEYS, TOKEN, USERINFO, OidcClient, ProviderAccess

SCOPE: Final = "openid given_name family_name"
"""The least that serves: a name to show while an identity is linked, which is not kept."""
LEVEL: Final = "eidas1"
LEVELS: Final = frozenset({LEVEL, "eidas2", "eidas3"})
PUBLISHED: Final = {
    AUTHORIZATION: "/authorize",
    TOKEN: "/token",
    USERINFO: "/userinfo",
    KEYS: "/jwks",
    END_SESSION: "/session/end",
}
"""Where its endpoints are published to be, below the issuer."""
REFUSALS: Final = {
    Doubt.AWAY: FranceConnectUnavailable,
    Doubt.DENIED: FranceConnectDenied,
    Doubt.OVER: FranceConnectUnavailable,
    Doubt.RETURN_UNKNOWN: FranceConnectReturnUnknown,
    Doubt.RETURN_EXPIRED: FranceConnectReturnExpired,
    Doubt.UNVERIFIED: FranceConnectUnverified,
    Doubt.TOO_WEAK: FranceConnectTooWeak,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where FranceConnect is, how the town is known there, and where its browsers come back to. `url`: where it is from here, if elsewhere."""

    issuer: str
    client_id: str
    return_uri: str
    signed_out_uri: str
    secret: str = field(repr=False)
    algorithm: str
    has_discovery: bool
    timeout_seconds: float
    url: str = ""


class FranceConnect(OidcClient):
    """The provider of families, for a town that has it."""

    name = "franceconnect"

    @classmethod
    def at(cls, place: Place) -> "FranceConnect":
        """The provider there."""
        registration = Registration(
            provider=Provider.FRANCECONNECT,
            issuer=place.issuer,
            client_id=place.client_id,
            return_uri=place.return_uri,
            signed_out_uri=place.signed_out_uri,
            scope=SCOPE,
            refusals=REFUSALS,
            asked={"acr_values": LEVEL},
            levels=LEVELS,
            has_pkce=False,
            needs_iss=True,
        )
        access = ProviderAccess(
            root=place.issuer,
            url=place.url or place.issuer,
            secret=place.secret,
            algorithms=(place.algorithm,),
            timeout_seconds=place.timeout_seconds,
            has_discovery=place.has_discovery,
            endpoints=PUBLISHED,
            needed=frozenset(ENDPOINTS),
            is_person_signed=True,
        )
        return cls(registration, access)
