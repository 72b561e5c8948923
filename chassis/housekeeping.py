"""Housekeeping: what is past its time is removed in bounded batches, so that no delete holds locks, or the vacuum back, for long;
and the months that come get their tables."""

from chassis.data.database import Database
from chassis.data.history import MAKE_MONTHS_SQL
from chassis.data.idempotency import FORGET_OLD_KEYS_SQL
from chassis.data.idempotency import RETENTION_DAYS as KEYS_RETENTION_DAYS
from chassis.events.inbox import FORGET_OLD_EVENTS_SQL
from chassis.events.inbox import RETENTION_DAYS as INBOX_RETENTION_DAYS
from chassis.jobs import Job

EVERY_SECONDS = 3600.0
BATCH_ROWS_MAX = 5_000
HISTORY_MONTHS = 4
"""How many months of the history have a table of their own from now on, this one among them."""


async def remove_in_batches(db: Database, sql: str, *parameters: object) -> int:
    """Run a delete until nothing is left for it, each time as a transaction of its own; how many rows went.

    The last parameter of its text is the number of rows that it may remove at once.
    """
    removed = 0
    while True:
        tag = await db.execute(sql, *parameters, BATCH_ROWS_MAX)
        count = int(tag.rpartition(" ")[2])
        removed += count
        if count < BATCH_ROWS_MAX:
            return removed


async def _forget_old_rows(db: Database) -> None:
    await remove_in_batches(db, FORGET_OLD_KEYS_SQL, KEYS_RETENTION_DAYS)
    await remove_in_batches(db, FORGET_OLD_EVENTS_SQL, INBOX_RETENTION_DAYS)


async def make_history_months(db: Database) -> int:
    """Make the tables of the months that come; how many were missing."""
    made: int = await db.fetchval(MAKE_MONTHS_SQL, await db.now(), HISTORY_MONTHS)
    return made


async def _keep_house(db: Database) -> None:
    await _forget_old_rows(db)
    await make_history_months(db)


HOUSEKEEPING = Job("housekeeping", EVERY_SECONDS, _keep_house)
