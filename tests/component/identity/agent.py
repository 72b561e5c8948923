"""An agent in front of a screen, and the requests of their second factor."""

from dataclasses import dataclass, field
from typing import Any

import httpx2

from chassis.actor import Actor, read_actor
from contracts.types import SessionStage
from tests.component.identity.walk import Walk
from tests.support.authenticator import Authenticator
from tests.support.roles import Role, agent_body

PASSWORD = "guichet-ouvert-1"


@dataclass
class Agent:
    """An agent in front of a screen, with a telephone once it is set up."""

    walk: Walk
    username: str
    token: str = ""
    phone: Authenticator = field(default_factory=lambda: Authenticator(""))

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Session": self.token, **self.walk.browser}

    async def sign_in(self, password: str = PASSWORD) -> SessionStage:
        """Sign in with the password; what is left to do."""
        self.token = await self.walk.signed_in(self.username, password)
        return (await self.walk.session(self.token)).stage

    async def post(self, path: str, **body: Any) -> httpx2.Response:
        return await self.walk.service.client.post(path, json=body, headers=self.headers)

    async def get(self, path: str) -> httpx2.Response:
        return await self.walk.service.client.get(path, headers=self.headers)

    async def candidate(self) -> Authenticator:
        """A telephone that was set up with what the page shows, and counts for nothing yet."""
        answer = await self.get("/me/second-factor/candidate")
        assert answer.status_code == 200, answer.text
        return Authenticator(answer.json()["secret"])

    async def enroll(self, **body: Any) -> httpx2.Response:
        """Set a telephone up with its present code and the right password, unless told otherwise."""
        phone = await self.candidate()
        answer = await self.post("/me/second-factor", **{"code": phone.code(), "current_password": PASSWORD, **body})
        if answer.status_code == 201:
            self.token = answer.json()["session"]["session_token"]
            self.phone = Authenticator(phone.secret, list(answer.json()["codes"]))
        return answer

    async def enter(self, code: str = "", recovery_code: str = "") -> httpx2.Response:
        """Take the second step."""
        answer = await self.post("/me/second-factor/entries", code=code, recovery_code=recovery_code)
        if answer.status_code == 201:
            self.token = answer.json()["session_token"]
        return answer

    async def actor(self) -> Actor:
        """Who other services are told that it is."""
        token = (await self.walk.session(self.token)).actor_token
        assert token
        return read_actor(token, self.walk.service.actor_key)

    async def forget_steps(self) -> None:
        """As if the last code had been accepted long ago."""
        await self.walk.service.db.execute("update second_factors set last_used_step = 0")


async def agent_of(walk: Walk, username: str = "camille.agent", **fields: Any) -> Agent:
    service = walk.service
    body = {**agent_body(username, *fields.pop("roles", (Role.DIRECTOR,))), "password": PASSWORD, **fields}
    answer = await service.client.post("/agents", json=body, headers=service.as_system() | service.key())
    assert answer.status_code == 201, answer.text
    return Agent(walk, username)


async def enrolled(walk: Walk, username: str = "camille.agent", **fields: Any) -> Agent:
    """An agent with a telephone that was set up long ago."""
    agent = await agent_of(walk, username, **fields)
    assert await agent.sign_in() is SessionStage.READY
    assert (await agent.enroll()).status_code == 201
    await walk.service.db.execute("update second_factors set counts_from = enrolled_at")
    return agent
