"""What waits for a lock beside a test. Of its own database alone: the suite's server holds those of other tests, which wait too."""

import asyncio
from typing import Any, Protocol

from tests.support.polling import eventually

WAITING_SQL = """
select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')
"""


class Database(Protocol):
    """What answers a query: a service's database, or a connection."""

    async def fetchval(self, query: str, /) -> Any: ...


async def waits_for_a_lock(db: Database) -> bool:
    """Whether a transaction of this database waits for another one."""
    return bool(await db.fetchval(WAITING_SQL))


async def as_far_as_it_can(db: Database, task: asyncio.Task[Any]) -> None:
    """Wait until `task` came to its end, or to a lock that another transaction holds."""

    async def is_done_or_waits() -> bool:
        return task.done() or await waits_for_a_lock(db)

    await eventually(is_done_or_waits)
