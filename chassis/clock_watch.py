"""Watches whether the clock of this process is that of its database, which every process of a service and its rules go by.

Tokens live two minutes by the clocks of two machines. One whose clock is wrong would refuse what is good, or believe what has ended: it serves
nobody until its clock is right, and says why. What it accepted before goes on, for consumers, relay and jobs follow the database's clock.
"""

import asyncio
import time
from abc import ABC, abstractmethod
from typing import Final

import structlog

from chassis.actor import CLOCK_SKEW_SECONDS
from chassis.data.database import Database
from chassis.telemetry import CLOCK_AHEAD

LOOK_SECONDS: Final = 5.0

log = structlog.get_logger()


class OwnClock(ABC):
    """The clock of a process, and what is known of how wrong it is. `error_seconds` is what it is wrong by on purpose, in a rehearsal."""

    def __init__(self, service: str, error_seconds: float = 0.0) -> None:
        self._service = service
        self.error_seconds = error_seconds
        self.reason = ""
        """What is wrong with the clock, in words; empty while nothing is."""

    def time(self) -> float:
        """The instant, in seconds since 1970."""
        return time.time() + self.error_seconds

    async def run(self) -> None:
        """Look again and again."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    @abstractmethod
    async def look(self) -> bool:
        """Compare the clocks; whether another one could be read. While none can, what was seen last holds."""

    def noted(self, ahead: float, whose: str) -> None:
        """Keep, say and measure how many seconds this clock is ahead of another one."""
        reason = ""
        if abs(ahead) > CLOCK_SKEW_SECONDS:
            reason = f"this clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} {whose}"
        if reason and not self.reason:
            log.error("clock is wrong", cause=reason)
        elif self.reason and not reason:
            log.info("clock is right again")
        self.reason = reason
        CLOCK_AHEAD.labels(self._service).set(ahead)


def seconds_ahead(asked_at: float, first: float, last: float, answered_at: float) -> float:
    """How far a clock is ahead of another one, which was read between two instants of the first and showed one between `first` and `last`: only
    what no such instant explains is a difference."""
    return max(asked_at - last, 0.0) - max(first - answered_at, 0.0)


class ClockWatch(OwnClock):
    """The clock of a service's process, beside its database's."""

    def __init__(self, service: str, db: Database, error_seconds: float = 0.0) -> None:
        super().__init__(service, error_seconds)
        self._db = db

    async def look(self) -> bool:
        asked_at = self.time()
        there = await self._db.clock()
        if there is None:
            return False
        self.noted(seconds_ahead(asked_at, there, there, self.time()), "the database's")
        return True
