"""FranceConnect's simulator as a real process, with the browser of a person and the server of a client."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import httpx2

from tests.component.simulators.oidc import OidcSimulator


@dataclass
class FranceConnect(OidcSimulator):
    """The simulator."""

    MODULE: ClassVar[str] = "simulators.franceconnect"
    PREFIX: ClassVar[str] = "FRANCECONNECT"
    PATH: ClassVar[str] = "/api/v2"
    RETURN_PATH: ClassVar[str] = "/franceconnect/retour"
    SIGNED_OUT_PATH: ClassVar[str] = "/franceconnect/deconnecte"
    END_SESSION_PATH: ClassVar[str] = "/session/end"
    ASKED: ClassVar[Mapping[str, str]] = {"scope": "openid given_name family_name", "acr_values": "eidas1"}

    async def authorize(self, **changes: str | None) -> httpx2.Response:
        """Send a person's browser there."""
        return await self.http.get(f"{self.PATH}/authorize", params=self.request(**changes))

    async def walk(
        self, url: str, person: str = "angela", choice: str = "continue", browser: httpx2.AsyncClient | None = None
    ) -> dict[str, str]:
        return await super().walk(url, person, choice, browser)

    async def come_back(self, person: str = "angela", **changes: str | None) -> dict[str, str]:
        """What a person brings back from a request of this client."""
        return await self.walk(self.address(**changes), person)
