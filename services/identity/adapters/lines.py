"""Lines of attempts by source address: a few of one source are looked at together, and the others wait for their turn.

Attempts are counted before anybody knows whether they are right. A crowd that signs in at once from one address would fill its bucket
for a moment; in line, those that were right are taken back before the next ones are counted. Nor does a flood from one address
take the place of everybody else in the queue of hashing.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from chassis.refusal import Busy

AT_ONCE = 6
WAITING_MAX = 300


@dataclass(slots=True)
class _Line:
    """Those of one source: `count` of them, who wait or are being looked at."""

    turns: asyncio.Semaphore
    count: int = 0


@dataclass(slots=True)
class SourceLines:
    """The lines of this process. With several replicas each has its own, so `at_once` stays well below what a bucket holds."""

    at_once: int = AT_ONCE
    waiting_max: int = WAITING_MAX
    _lines: dict[str, _Line] = field(default_factory=dict, init=False)

    @asynccontextmanager
    async def turn(self, source: str) -> AsyncIterator[None]:
        """Wait for a turn of a source, in order of arrival, and hold it. Raises Busy when its line is too long."""
        line = self._lines.setdefault(source, _Line(asyncio.Semaphore(self.at_once)))
        if line.count >= self.waiting_max:
            raise Busy
        line.count += 1
        try:
            async with line.turns:
                yield
        finally:
            line.count -= 1
            if not line.count:
                self._lines.pop(source, None)
