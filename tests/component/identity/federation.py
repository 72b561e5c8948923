"""Browsers on their way to FranceConnect's simulator and back to the identity service."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2

from tests.component.identity.walk import PERSONAL_PASSWORD, Walk
from tests.component.simulators.identification import FranceConnect


@dataclass
class Visitor:
    """A browser on its way to the provider and back; `session` is the session that it has, if any."""

    walk: Walk
    provider: FranceConnect
    session: str | None = None
    browser: str = field(default_factory=lambda: uuid4().hex)

    @property
    def headers(self) -> dict[str, str]:
        own = {"X-Session": self.session} if self.session else {}
        return {"X-Client-Address": self.walk.address, **own}

    async def post(self, path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> httpx2.Response:
        return await self.walk.service.client.post(path, json=body, headers={**self.headers, **(headers or {})})

    async def leave(self, **fields: Any) -> str:
        """Begin; where the browser is sent."""
        answer = await self.post("/franceconnect/authorizations", {"browser_token": self.browser, **fields})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["url"])

    async def come_back(self, back: dict[str, str]) -> httpx2.Response:
        """Hand in what the browser brought back."""
        named = {name: back[name] for name in ("state", "code", "error", "iss") if name in back}
        return await self.post("/franceconnect/returns", {"browser_token": self.browser, **named})

    async def go(self, person: str = "angela", choice: str = "continue") -> httpx2.Response:
        """The whole way."""
        return await self.come_back(await self.provider.walk(await self.leave(), person, choice))

    async def link(self, identity: str, password: str = PERSONAL_PASSWORD) -> httpx2.Response:
        """Link the identity that waits to the account of the session, as the gateway does once somebody is signed in."""
        body = {"browser_token": self.browser, "authorization_id": identity, "current_password": password}
        return await self.post("/me/franceconnect", body, await self.acting())

    async def acting(self) -> dict[str, str]:
        token = (await self.walk.session(str(self.session))).actor_token
        return {"Authorization": f"Bearer {token}"}

    async def linked(self, person: str = "angela") -> None:
        """Bring an identity and link it."""
        answer = await self.go(person)
        assert answer.json()["session"] is None, answer.text
        linked = await self.link(answer.json()["authorization_id"])
        assert linked.status_code == 201, linked.text


async def holder(walk: Walk, provider: FranceConnect, person: str = "angela") -> Visitor:
    """A parent whose account is linked."""
    parent = Visitor(walk, provider, session=await walk.ready())
    await parent.linked(person)
    return parent
