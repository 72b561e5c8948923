"""The simulator of a town's own provider as a real process, and the browsers that go there: each has its own cookies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import httpx2

from tests.component.simulators.oidc import OidcSimulator

REALM: Final = "/realms/mairie"
VERIFIER: Final = "v" * 43
CHALLENGE: Final = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
"""The S256 of the verifier."""


@dataclass
class TownProvider(OidcSimulator):
    """The simulator."""

    MODULE: ClassVar[str] = "simulators.agent_provider"
    PREFIX: ClassVar[str] = "AGENT_PROVIDER"
    PATH: ClassVar[str] = REALM
    RETURN_PATH: ClassVar[str] = "/connexion/agents/retour"
    SIGNED_OUT_PATH: ClassVar[str] = "/connexion/agents/deconnecte"
    END_SESSION_PATH: ClassVar[str] = "/logout"
    ASKED: ClassVar[Mapping[str, str]] = {
        "scope": "openid email",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    HANDED_IN: ClassVar[Mapping[str, str]] = {"code_verifier": VERIFIER}

    async def walk(
        self, url: str, person: str = "m.perrot", choice: str = "continue", browser: httpx2.AsyncClient | None = None
    ) -> dict[str, str]:
        return await super().walk(url, person, choice, browser)

    async def logout_token(self, name: str, by: str = "sid", **claims: Any) -> str:
        """A logout token about the latest session of somebody, with claims put over it."""
        answer = await self.order("logout-tokens", {"name": name, "by": by, "claims": claims})
        return str(answer["logout_token"])


@dataclass
class TownBrowser:
    """A browser as the provider knows it."""

    provider: TownProvider
    http: httpx2.AsyncClient = field(default_factory=httpx2.AsyncClient)

    async def walk(self, url: str, person: str = "m.perrot", choice: str = "continue") -> dict[str, str]:
        """Its way to the provider and back."""
        return await self.provider.walk(url, person, choice, self.http)
