"""Somebody with passkeys in front of a screen, and the requests that they make."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.component.identity.walk import Walk
from tests.support.passkeys import HONEST, Manner, SoftAuthenticator, SoftPasskey


@dataclass
class Holder:
    """Whoever has an account: their session, their password, their authenticator and the secret that their browser keeps."""

    walk: Walk
    token: str
    password: str
    authenticator: SoftAuthenticator = field(default_factory=SoftAuthenticator)
    browser: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    async def post(self, path: str, **body: Any) -> httpx2.Response:
        headers = {"X-Session": self.token, **self.walk.browser}
        return await self.walk.service.client.post(path, json=body, headers=headers)

    async def get(self, path: str) -> httpx2.Response:
        return await self.walk.service.client.get(path, headers={"X-Session": self.token, **self.walk.browser})

    async def start(self, **body: Any) -> httpx2.Response:
        """Begin to add a passkey, with the right password unless told otherwise."""
        return await self.post("/me/passkeys/registrations", **{"current_password": self.password, **body})

    async def add(self, name: str = "Téléphone", manner: Manner = HONEST, **started: Any) -> httpx2.Response:
        """Add a passkey."""
        answer = await self.start(**started)
        assert answer.status_code == 201, answer.text
        made = self.authenticator.create(answer.json()["options"], manner)
        return await self.post("/me/passkeys", name=name, answer=made)

    async def added(self, name: str = "Téléphone", **started: Any) -> SoftPasskey:
        """A passkey that opens the account, and has done so for long."""
        answer = await self.add(name, **started)
        assert answer.status_code == 201, answer.text
        await self.walk.service.db.execute("update passkeys set counts_from = added_at")
        return self.authenticator.passkeys[-1]

    async def names(self) -> list[str]:
        """The passkeys of the account."""
        answer = await self.get("/me/passkeys")
        assert answer.status_code == 200, answer.text
        return [passkey["name"] for passkey in answer.json()["items"]]

    async def asked(self) -> str:
        """What this browser is asked to sign in."""
        answer = await self._anonymously("/passkeys/challenges", browser_token=self.browser)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["options"])

    async def answer(self, answered: str) -> httpx2.Response:
        """Send what an authenticator answered."""
        return await self._anonymously("/passkeys/sessions", browser_token=self.browser, answer=answered)

    async def sign_in(self, manner: Manner = HONEST, passkey: SoftPasskey | None = None) -> httpx2.Response:
        """Sign in with a passkey, the last one unless told otherwise."""
        return await self.answer(self.authenticator.get(await self.asked(), manner, passkey))

    async def signed_in(self) -> str:
        """The session token of a sign-in with a passkey that works."""
        answer = await self.sign_in()
        assert answer.status_code == 201, answer.text
        return str(answer.json()["session_token"])

    async def prove(self, manner: Manner = HONEST, passkey: SoftPasskey | None = None) -> httpx2.Response:
        """Prove who one is with a passkey."""
        started = await self.post("/me/step-up/passkey-challenges")
        assert started.status_code == 201, started.text
        answered = self.authenticator.get(started.json()["options"], manner, passkey)
        return await self.post("/me/step-up/passkey", answer=answered)

    async def _anonymously(self, path: str, **body: Any) -> httpx2.Response:
        return await self.walk.service.client.post(path, json=body, headers=self.walk.browser)
