"""Calls of the services' own interfaces, as the town's own tool."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

import httpx2
from joserfc.jwk import OKPKey

from chassis.actor import Actor, sign_actor
from contracts.types import ActorKind

T = TypeVar("T")

SYSTEM = Actor(UUID(int=0), ActorKind.SYSTEM)
LIFETIME = timedelta(minutes=1)
ACCEPTED = (200, 201, 204)
WAIT_SECONDS = 60.0
POLL_SECONDS = 0.1
SERVICES = ("identity", "family", "booking", "billing")


class SeedFailed(Exception):
    """A service refused a step of the seed, or did not learn something in time; the text says which and why."""


class Calls:
    """The services of the town at the addresses of an environment."""

    def __init__(self, clients: Mapping[str, httpx2.AsyncClient], key: OKPKey) -> None:
        self._clients = clients
        self._key = key

    @classmethod
    @asynccontextmanager
    async def open(cls, env: Mapping[str, str]) -> AsyncIterator["Calls"]:
        key = OKPKey.import_key(json.loads((Path(env["SECRETS_DIR"]) / "actor_private.json").read_text()))
        clients = {name: httpx2.AsyncClient(base_url=env[f"{name.upper()}_URL"], timeout=20) for name in SERVICES}
        try:
            yield cls(clients, key)
        finally:
            for client in clients.values():
                await client.aclose()

    async def send(
        self, service: str, method: str, path: str, body: Mapping[str, Any] | None = None, **options: str
    ) -> Any:
        """The answer of a service; None when it refuses with `known_code`. `key` is an idempotency key, `guardian_id` who asks instead of
        the town's own tool."""
        token, _ = sign_actor(
            _parent(asking) if (asking := options.get("guardian_id")) else SYSTEM, self._key, LIFETIME
        )
        headers = {"Authorization": f"Bearer {token}"}
        if key := options.get("key"):
            headers["Idempotency-Key"] = quote(key)
        if session := options.get("session"):
            headers["X-Session"] = session
        response = await self._clients[service].request(method, path, json=body, headers=headers)
        if response.status_code in ACCEPTED:
            return response.json() if response.content else None
        problem = response.json()
        codes = {problem.get("code"), *(error["code"] for error in problem.get("errors", ()))}
        if options.get("known_code") in codes:
            return None
        raise SeedFailed(
            f"{service} {method} {path}: {response.status_code} {problem.get('code')} {sorted(map(str, codes))}"
        )

    async def list(self, service: str, path: str, **query: object) -> list[Any]:
        """Everything of a list, whatever the number of its pages."""
        items: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            asked = {name: str(value) for name, value in query.items()} | ({"cursor": cursor} if cursor else {})
            page = await self.send(service, "GET", f"{path}?{urlencode(asked)}")
            items += page["items"]
            cursor = page["next_cursor"]
        return items


def _parent(guardian_id: str) -> Actor:
    return Actor(UUID(guardian_id), ActorKind.PARENT, guardian_id=UUID(guardian_id))


async def until(ask: Callable[[], Awaitable[T | None]], what: str) -> T:
    """The first answer: a service learns of another one's doings a moment later. Raises SeedFailed when none comes."""
    deadline = time.monotonic() + WAIT_SECONDS
    while (answer := await ask()) is None:
        if time.monotonic() > deadline:
            raise SeedFailed(f"nothing after {WAIT_SECONDS:.0f} s: {what}")
        await asyncio.sleep(POLL_SECONDS)
    return answer
