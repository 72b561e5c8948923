"""Gauges that are sampled on a scrape: the connection pool, the backlog of the outbox, the open dead letters, what invariants found.

They are sampled when metrics are scraped, the database at most every few seconds and within a time limit. When it does not answer
they are not a number, and `database_answers` says why.
"""

import asyncio
import math

from chassis.data.database import Database
from chassis.telemetry import (
    DATABASE_ANSWERS,
    DEAD_LETTERS_OPEN,
    INVARIANT_AGE,
    INVARIANT_VIOLATIONS,
    OUTBOX_AGE,
    OUTBOX_EVENTS,
    POOL_IN_USE,
    POOL_MAX,
    POOL_OPEN,
    POOL_WAITING,
)

FRESH_SECONDS = 5.0
ANSWER_SECONDS = 1.0
OUTBOX_COUNT_MAX = 100_000

OUTBOX_SQL = """
select (select count(*) from (select from outbox limit $1) counted) as events,
       coalesce((select extract(epoch from clock_timestamp() - created_at) from outbox order by id limit 1), 0)::float8 as age
"""

DEAD_LETTERS_SQL = "select topic, count(*) as letters from dead_letters where resolved_at is null group by topic"

INVARIANTS_SQL = """
select invariant, coalesce(violation_count::float8, 'NaN') as violations,
       extract(epoch from clock_timestamp() + $1::interval - checked_at)::float8 as age
from invariant_checks where checked_at is not null
"""


class Sampling:
    """Brings the gauges of one service's database up to date."""

    def __init__(self, service: str, db: Database) -> None:
        self._service = service
        self._db = db
        self._taken_at = -math.inf

    async def measure(self) -> None:
        """Sample the pool now, and the database unless its sample is fresh."""
        pool = self._db.pool
        for gauge, value in (
            (POOL_IN_USE, pool.get_size() - pool.get_idle_size()),
            (POOL_OPEN, pool.get_size()),
            (POOL_MAX, pool.get_max_size()),
            (POOL_WAITING, len(pool._queue._getters)),  # type: ignore[attr-defined]  # the pool has no public word for it
        ):
            gauge.labels(self._service).set(value)
        now = asyncio.get_running_loop().time()
        if now - self._taken_at >= FRESH_SECONDS:
            self._taken_at = now
            await self._ask()

    async def _ask(self) -> None:
        events = age = math.nan
        for gauge in (DEAD_LETTERS_OPEN, INVARIANT_VIOLATIONS, INVARIANT_AGE):
            gauge.clear()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                outbox = await self._db.fetchrow(OUTBOX_SQL, OUTBOX_COUNT_MAX)
                for row in await self._db.fetch(DEAD_LETTERS_SQL):
                    DEAD_LETTERS_OPEN.labels(row["topic"]).set(row["letters"])
                for row in await self._db.fetch(INVARIANTS_SQL, self._db.clock_offset):
                    INVARIANT_VIOLATIONS.labels(row["invariant"]).set(row["violations"])
                    INVARIANT_AGE.labels(row["invariant"]).set(row["age"])
            events, age = (outbox["events"], outbox["age"]) if outbox else (math.nan, math.nan)
        except Exception:  # whatever the reason, metrics are answered without these
            events = age = math.nan
        DATABASE_ANSWERS.labels(self._service).set(not math.isnan(events))
        OUTBOX_EVENTS.labels(self._service).set(events)
        OUTBOX_AGE.labels(self._service).set(age)
