"""Invariants: what always holds of a service's own rows, checked every night and whenever an operator asks.

An invariant is one statement that answers the keys of what violates it. It takes no lock and sees one moment, so it is true of a service at
work as of a quiet one. What the last check of each found is kept; pages, metrics and the tests' own tools read the same statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from time import monotonic
from typing import Final
from zoneinfo import ZoneInfo

import asyncpg
import structlog
from litestar.handlers import HTTPRouteHandler

from chassis.clock import civil_day, instant
from chassis.data.database import Database, Row
from chassis.data.outages import is_outage
from chassis.http.routes import serves
from chassis.jobs import Job
from contracts.http import Page
from contracts.invariants import InvariantCheck
from contracts.operation import Operation

CHECKED_AT: Final = time(3)
"""When the night's check is due, by the town's clock."""
LOOK_SECONDS: Final = 5.0
CHECK_SECONDS_MAX: Final = 900
ANSWER_SECONDS: Final = 10
"""How much longer than the server we wait, which then says itself that a check took too long."""
KEYS_MAX: Final = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Invariant:
    """What always holds. `violations_sql` answers one column `key`: the ids of what violates it, never what somebody is called."""

    code: str
    statement: str
    violations_sql: str

    @property
    def check_sql(self) -> str:
        """Answers the first keys, each beside the number of all of them."""
        violations = self.violations_sql
        return f"select key, count(*) over () as count from ({violations}) violations order by key limit {KEYS_MAX}"  # noqa: S608 - of our own


def changes_are_told(changes_sql: str, lasting: Sequence[str] = ()) -> Invariant:
    """I11 of a service. `changes_sql` answers `topic`, `key` and how many events its rows prove at least, as `count`; of the `lasting`
    topics nothing is ever removed, so that an event without a row is one without its change.
    """
    topics = ", ".join(f"'{topic}'" for topic in lasting) or "''"
    violations_sql = f"""
with changed as ({changes_sql})
select topic || ' ' || key || ' lacks events' as key
from changed left join outbox_keys emitted using (topic, key) where coalesce(emitted.sequence, 0) < changed.count
union all
select topic || ' ' || key || ' lacks its change' from outbox_keys emitted
where topic in ({topics}) and not exists (select from changed c where (c.topic, c.key) = (emitted.topic, emitted.key))
"""  # noqa: S608 - of our own
    return Invariant("I11", "There is no change without its event, and no event without its change.", violations_sql)


NOW_DUE_SQL = """
select code from unnest($1::text[]) code left join invariant_checks known on known.invariant = code
where known.checked_at is null or known.checked_at < $2 or known.asked_at > known.checked_at
"""

FORGET_CHECKS_SQL = "delete from invariant_checks where invariant <> all($1::text[])"


async def check_due(db: Database, invariants: Sequence[Invariant]) -> None:
    """Check the invariants that were not checked since the last night, or since somebody asked."""
    codes = [invariant.code for invariant in invariants]
    await db.execute(FORGET_CHECKS_SQL, codes)
    due = {row["code"] for row in await db.fetch(NOW_DUE_SQL, codes, last_night(await db.now(), db.zone))}
    for invariant in invariants:
        if invariant.code in due:
            await _check(db, invariant)


def last_night(moment: datetime, zone: ZoneInfo) -> datetime:
    """The instant from which on a check counts for this night."""
    today = civil_day(moment, zone)
    due_at = instant(today, CHECKED_AT, zone)
    return due_at if due_at <= moment else instant(today - timedelta(days=1), CHECKED_AT, zone)


KEEP_CHECK_SQL = """
insert into invariant_checks (invariant, checked_at, seconds, violation_count, keys, failure) values ($1, $2, $3, $4, $5, $6)
on conflict (invariant) do update
set checked_at = excluded.checked_at, seconds = excluded.seconds, violation_count = excluded.violation_count,
    keys = excluded.keys, failure = excluded.failure
"""


async def _check(db: Database, invariant: Invariant) -> None:
    """Check one and keep what came of it. Its instant is that of its beginning: whoever asks meanwhile gets another one."""
    began_at, began, rows, failure = await db.now(), monotonic(), [], None
    try:
        rows = await _violations(db, invariant)
    except asyncpg.PostgresError as error:
        if is_outage(error):
            raise
        failure = type(error).__name__
        log.error("invariant could not be checked", code=invariant.code, error=failure)
    count = None if failure else rows[0]["count"] if rows else 0
    if count:
        log.error("invariant is violated", code=invariant.code, count=count)
    keys = [row["key"] for row in rows]
    await db.execute(KEEP_CHECK_SQL, invariant.code, began_at, monotonic() - began, count, keys, failure)


STATEMENT_TIMEOUT_SQL = "select set_config('statement_timeout', $1, true)"


async def _violations(db: Database, invariant: Invariant) -> list[Row]:
    """The first violations, under a time limit that suits a look at every row."""
    async with db.pool.acquire() as connection, connection.transaction(readonly=True):
        await connection.execute(STATEMENT_TIMEOUT_SQL, f"{CHECK_SECONDS_MAX}s")
        return await connection.fetch(invariant.check_sql, timeout=CHECK_SECONDS_MAX + ANSWER_SECONDS)


ASK_SQL = """
insert into invariant_checks (invariant, asked_at) select code, $2 from unnest($1::text[]) code
on conflict (invariant) do update set asked_at = excluded.asked_at
"""

CHECKS_SQL = """
select code, known.checked_at is null or coalesce(known.asked_at > known.checked_at, false) as is_asked,
       known.checked_at, known.seconds, known.violation_count, coalesce(known.keys, '{}') as keys, known.failure
from unnest($1::text[]) with ordinality listed(code, position) left join invariant_checks known on known.invariant = code
order by position
"""


@dataclass(frozen=True, slots=True)
class Checking:
    """The invariants of a service as its parts: the job that checks them, and the routes on which operators read and ask."""

    listing: Operation[[], Page[InvariantCheck]]
    asking: Operation[[], None]
    invariants: Sequence[Invariant]

    @property
    def job(self) -> Job:
        """Looks every few seconds whether a check is due."""
        return Job("invariants", LOOK_SECONDS, partial(check_due, invariants=self.invariants))

    @property
    def routes(self) -> tuple[HTTPRouteHandler, ...]:
        """What was found last, and the wish for another check, which the job fulfils."""

        @serves(self.listing)
        async def list_checks(db: Database) -> Page[InvariantCheck]:
            rows = await db.fetch(CHECKS_SQL, self._codes)
            return Page(items=tuple(InvariantCheck(**row) for row in rows), next_cursor=None)

        @serves(self.asking)
        async def ask_for_checks(db: Database) -> None:
            await db.execute(ASK_SQL, self._codes, await db.now())

        return list_checks, ask_for_checks

    @property
    def _codes(self) -> list[str]:
        return [invariant.code for invariant in self.invariants]
