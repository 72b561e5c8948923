"""How the load speaks to services: with signed actors, to either replica, again and again until the answer is known."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

import httpx2
from joserfc.jwk import OKPKey

from chassis.actor import Actor, sign_actor
from contracts.permissions import PERMISSIONS
from contracts.types import ActorKind, StepUp

from .journal import Entry, Journal, Kind, Outcome
from .town import Town

TOKEN_LIFETIME: Final = timedelta(hours=6)
PATIENCE_SECONDS: Final = 240.0
PAUSE_SECONDS: Final = 0.3
AGENT: Final = Actor(
    UUID(int=1), ActorKind.AGENT, permissions=frozenset(PERMISSIONS), sites=None, opened=frozenset(StepUp)
)
# A refusal for now: the request is sent again with its key, as a person would.
NOT_NOW: Final = ("busy", "payment_under_way", "payment_provider_unavailable", "not_ready")


class Caller:
    """Sends requests and notes them in a journal. Keys and replicas are drawn from `chance`, so a seed repeats them."""

    def __init__(self, town: Town, journal: Journal, chance: Random) -> None:
        self.town = town
        self.journal = journal
        self._chance = chance
        secret = (town.stack.secrets_dir / "actor_private.json").read_text()
        self._key = OKPKey.import_key(json.loads(secret))

    def new_key(self) -> str:
        """A key that nobody used before, the same in every run of a seed."""
        return str(UUID(int=self._chance.getrandbits(128), version=4))

    def headers(self, actor: Actor, key: str) -> dict[str, str]:
        """Who asks, and the key of what is asked."""
        token, _ = sign_actor(actor, self._key, TOKEN_LIFETIME)
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": key}

    async def get(self, service: str, path: str, actor: Actor = AGENT) -> Any:
        """What a service answers to a question; asked until it answers."""
        entry = Entry(Kind.OTHER, service, self.new_key())
        return await self.insist(entry, "GET", path, actor)

    async def ask(
        self, entry: Entry, path: str, actor: Actor = AGENT, *, method: str = "POST", twice: bool = False
    ) -> Entry:
        """Send a request until its outcome is known; `twice` sends it to two replicas at the same time, as a double click."""
        self.journal.add(entry)
        sending = [self.insist(entry, method, path, actor) for _ in range(2 if twice else 1)]
        await asyncio.gather(*sending)
        return entry

    async def insist(self, entry: Entry, method: str, path: str, actor: Actor) -> Any:
        """Send a request that the journal need not know until its outcome is known; the answer of an accepted one."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        names = self.town.replicas(entry.service)
        first = self._chance.randrange(len(names))
        attempt = 0
        while True:
            name = names[(first + attempt) % len(names)]
            attempt += 1
            entry.sent_count += 1
            response = await self._send(name, entry, method, path, actor)
            if response is not None and self._is_known(entry, response):
                return response.json() if response.is_success else None
            if asyncio.get_running_loop().time() > deadline:
                return None
            await asyncio.sleep(PAUSE_SECONDS)

    async def _send(self, name: str, entry: Entry, method: str, path: str, actor: Actor) -> httpx2.Response | None:
        try:
            return await self.town.client.request(
                method,
                f"{self.town.stack.url(name)}{path}",
                json=entry.body if method != "GET" else None,
                headers=self.headers(actor, entry.key),
            )
        except httpx2.HTTPError:
            return None

    @staticmethod
    def _is_known(entry: Entry, response: httpx2.Response) -> bool:
        if response.is_success:
            entry.outcome = Outcome.ACCEPTED
            entry.answers.append(response.json() if response.content else None)
            return True
        problem: Mapping[str, Any] = response.json() if "json" in response.headers.get("content-type", "") else {}
        entry.code = str(problem.get("code", response.status_code))
        if response.status_code >= 500 or response.status_code == 429 or entry.code in NOT_NOW:
            return False
        if entry.outcome is not Outcome.ACCEPTED:
            entry.outcome = Outcome.REFUSED
        return True
