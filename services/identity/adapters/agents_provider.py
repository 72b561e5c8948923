"""The town's own provider of its agents, as one provider of OpenID Connect among others: what a town says of it, and what differs of it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from chassis.town import TownSection
from contracts.identity.agent_provider import RETURN_PATH, SIGNED_OUT_PATH

from ..agent_provider.domain import EMAIL, ProviderRules
from ..errors import (
    ProviderDenied,
    ProviderReturnExpired,
    ProviderReturnUnknown,
    ProviderSessionOver,
    ProviderTooWeak,
    ProviderUnavailable,
    ProviderUnverified,
)
from ..oidc.domain import Doubt, Provider, Registration
from .oidc import OidcClient, ProviderAccess

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
Said = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
"""A value of a claim or scope, as the provider writes it."""
REFUSALS: Final = {
    Doubt.AWAY: ProviderUnavailable,
    Doubt.DENIED: ProviderDenied,
    Doubt.OVER: ProviderSessionOver,
    Doubt.RETURN_UNKNOWN: ProviderReturnUnknown,
    Doubt.RETURN_EXPIRED: ProviderReturnExpired,
    Doubt.UNVERIFIED: ProviderUnverified,
    Doubt.TOO_WEAK: ProviderTooWeak,
}


class AgentProviderSection(TownSection):
    """Whether agents sign in with the town's own provider, where that is, and what the town wants of it.

    `claim` names an agent the first time: their address, or an employee number of theirs; `verified_by` is the claim that must be true then, which
    only a number can do without. Agents with one of `password_roles` sign in with a password, too. One of `required_acr`, and one of
    `required_amr`, is needed where there are any; one of `strong_acr` or `strong_amr` counts as the second factor. A sign-in at the provider is
    no older than `max_age_minutes`, and its word counts for `session_minutes`.
    """

    is_open: bool = False
    issuer: str = ""
    client_id: str = ""
    scope: Annotated[str, Field(pattern=r"^openid( [!-~]+)*$")] = "openid email"
    claim: Said = EMAIL
    verified_by: str = "email_verified"
    password_roles: tuple[str, ...] = ()
    required_acr: tuple[Said, ...] = ()
    required_amr: tuple[Said, ...] = ()
    strong_acr: tuple[Said, ...] = ()
    strong_amr: tuple[Said, ...] = ()
    max_age_minutes: Annotated[int, Field(ge=5, le=1440)] = 720
    session_minutes: Annotated[int, Field(ge=5, le=1440)] = 240
    algorithms: Annotated[tuple[Algorithm, ...], Field(min_length=1)] = ("RS256", "ES256")

    @model_validator(mode="after")
    def _verified(self) -> Self:
        if self.claim == EMAIL and not self.verified_by:
            raise ValueError(
                "an address that the provider did not verify names nobody: say which claim tells (verified_by)"
            )
        return self

    def rules(self) -> ProviderRules | None:
        """What the domain needs of it; None for a town without."""
        if not self.is_open:
            return None
        return ProviderRules(
            claim=self.claim,
            verified_by=self.verified_by,
            password_roles=frozenset(self.password_roles),
            strong_levels=frozenset(self.strong_acr),
            strong_methods=frozenset(self.strong_amr),
            proof_life=timedelta(minutes=self.session_minutes),
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where the provider is and how the town is known there; `url`: where it is from here, if not at its own origin."""

    issuer: str
    client_id: str
    portal_url: str
    secret: str = field(repr=False)
    timeout_seconds: float
    url: str = ""


class AgentsProvider(OidcClient):
    """The provider of agents, for a town that has one."""

    name = "agent_provider"

    @classmethod
    def at(cls, place: Place, section: AgentProviderSection) -> "AgentsProvider":
        """The provider there. All that it is asked at stands at the origin of its issuer."""
        levels = section.required_acr or section.strong_acr
        max_age = timedelta(minutes=section.max_age_minutes)
        registration = Registration(
            provider=Provider.AGENTS,
            issuer=place.issuer,
            client_id=place.client_id,
            return_uri=place.portal_url + RETURN_PATH,
            signed_out_uri=place.portal_url + SIGNED_OUT_PATH,
            scope=section.scope,
            refusals=REFUSALS,
            asked={
                "max_age": str(int(max_age.total_seconds())),
                **({"acr_values": " ".join(levels)} if levels else {}),
            },
            levels=frozenset(section.required_acr),
            methods=frozenset(section.required_amr),
            auth_age_max=max_age,
        )
        parts = urlsplit(place.issuer)
        root = f"{parts.scheme}://{parts.netloc}"
        access = ProviderAccess(
            root=root,
            url=place.url or root,
            secret=place.secret,
            algorithms=section.algorithms,
            timeout_seconds=place.timeout_seconds,
            person_claims=frozenset({section.claim, *([section.verified_by] if section.verified_by else [])}),
        )
        return cls(registration, access)
