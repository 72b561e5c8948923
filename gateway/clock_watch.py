"""Watches whether the clock of the gateway's machine is that of the services, for it has no database to go by.

Each service that is ready compared its own clock with its database's just then, and says in `Date` what its clock shows (RFC 9110, 6.6.1). One
whose clock is wrong is not ready, and not believed. A gateway whose clock agrees with none of them is not ready either: it would go by
tokens that have ended, or refuse those that begin. It looks by itself, so that it comes back although nobody visits it.
"""

import asyncio
from collections.abc import Iterable
from email.utils import parsedate_to_datetime
from typing import Final

import httpx2

from chassis.clock_watch import OwnClock, seconds_ahead
from contracts.types import SERVICES

from .settings import GatewaySettings

ANSWER_SECONDS: Final = 2.0
READY: Final = "/health/ready"
DATE_STEP_SECONDS: Final = 1.0
"""How much a clock goes on while it shows the same second."""


class GatewayClock(OwnClock):
    """The clock of the gateway's process, beside those of the services."""

    def __init__(self, settings: GatewaySettings) -> None:
        super().__init__("gateway", settings.clock_error_seconds)
        addresses: Iterable[str] = (getattr(settings, f"{name}_url") for name in SERVICES)
        self._urls = tuple(url.strip() + READY for address in addresses for url in address.split(","))
        self._http = httpx2.AsyncClient(timeout=ANSWER_SECONDS, verify=False)

    async def look(self) -> bool:
        differences = [ahead for ahead in await asyncio.gather(*map(self._ahead_of, self._urls)) if ahead is not None]
        if not differences:
            return False
        self.noted(min(differences, key=abs), "the services'")
        return True

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def _ahead_of(self, url: str) -> float | None:
        """How far this clock is ahead of that of a process; None where that is not ready, or does not say."""
        asked_at = self.time()
        try:
            answer = await self._http.get(url)
            there = parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
        except (httpx2.HTTPError, ValueError):
            return None
        if answer.status_code != httpx2.codes.OK:
            return None
        return seconds_ahead(asked_at, there, there + DATE_STEP_SECONDS, self.time())
