"""Agents whose town has its own provider: their browsers on the way there and back, and what managers do with their accounts."""

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import httpx2

from chassis.actor import Actor, read_actor
from contracts.identity.models import CurrentSession
from tests.component.identity.walk import Walk
from tests.component.simulators.town_provider import TownBrowser, TownProvider
from tests.support.roles import Role, agent_body

PASSWORD: Final = "guichet-ouvert-1"
OFFICE: Final[dict[str, Any]] = {
    "is_open": True,
    "client_id": "portail-famille",
    "password_roles": ["operations"],
    "strong_amr": ["otp"],
}
"""A town with its own provider: what a code showed there counts as the second factor, and operators have passwords too."""


@dataclass
class Clerk:
    """A browser of an agent; `session` is the session that it has, if any."""

    walk: Walk
    provider: TownProvider
    session: str | None = None
    browser: str = field(default_factory=lambda: uuid4().hex)
    there: TownBrowser = None  # type: ignore[assignment]  # made of the provider

    def __post_init__(self) -> None:
        self.there = self.there or TownBrowser(self.provider)

    def another(self) -> "Clerk":
        """Another browser, of the same place."""
        return Clerk(self.walk, self.provider)

    @property
    def headers(self) -> dict[str, str]:
        own = {"X-Session": self.session} if self.session else {}
        return {**self.walk.browser, **own}

    async def post(self, path: str, body: dict[str, Any]) -> httpx2.Response:
        return await self.walk.service.client.post(path, json=body, headers=self.headers)

    async def leave(self, **fields: Any) -> str:
        """Begin; where the browser is sent."""
        answer = await self.post("/agent-provider/authorizations", {"browser_token": self.browser, **fields})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["url"])

    async def come_back(self, back: dict[str, str]) -> httpx2.Response:
        """Hand in what the browser brought back."""
        named = {name: back[name] for name in ("state", "code", "error", "iss") if name in back}
        answer = await self.post("/agent-provider/returns", {"browser_token": self.browser, **named})
        if answer.status_code == 200 and answer.json()["session"]:
            self.session = answer.json()["session"]["session_token"]
        return answer

    async def go(self, person: str = "m.perrot", choice: str = "continue", **fields: Any) -> httpx2.Response:
        """The whole way."""
        return await self.come_back(await self.there.walk(await self.leave(**fields), person, choice))

    async def return_silently(self) -> httpx2.Response:
        """Have the provider's word again, without any page."""
        return await self.go(is_silent=True)

    async def current(self) -> CurrentSession:
        """The session of this browser."""
        return await self.walk.session(str(self.session))

    async def is_signed_in(self) -> bool:
        """Whether it still has one."""
        answer = await self.walk.service.client.get("/sessions/current", headers={"X-Session": str(self.session)})
        return answer.status_code == 200

    async def actor(self) -> Actor:
        """Who other services are told that it is."""
        token = (await self.current()).actor_token
        assert token
        return read_actor(token, self.walk.service.actor_key)

    async def ordered(self, token: str) -> httpx2.Response:
        """The provider orders sessions to end."""
        return await self.walk.service.client.post("/agent-provider/logouts", json={"logout_token": token})


async def employed(walk: Walk, name: str = "m.perrot", *roles: Role, **fields: Any) -> dict[str, Any]:
    """The account of an agent whom the provider knows, made as managers do: without a password, unless the fields say else."""
    service = walk.service
    body = {**agent_body(name, *(roles or (Role.FRONT_DESK,))), "email": f"{name}@belfort.example", **fields}
    answer = await service.client.post("/agents", json=body, headers=service.as_system() | service.key())
    assert answer.status_code == 201, answer.text
    agent: dict[str, Any] = answer.json()
    return agent
