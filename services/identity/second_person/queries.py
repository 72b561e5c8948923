"""What waits for a second person, as those who keep accounts see it."""

from datetime import datetime
from uuid import UUID

from chassis.data.database import Database
from chassis.data.paging import page_of, read_cursor
from contracts.http import PAGE_SIZE, Page
from contracts.identity.agents import AwaitedChange

from ..agents.queries import AWAITED_SQL, awaited_change


async def awaited(db: Database, cursor: str | None) -> Page[AwaitedChange]:
    """A page of what waits, the oldest first."""
    after_at, after_id = read_cursor(cursor, datetime.fromisoformat, UUID) if cursor else (None, None)
    rows = await db.fetch(AWAITED_SQL, await db.now(), None, after_at, after_id, PAGE_SIZE + 1)
    return page_of([awaited_change(row) for row in rows], lambda change: (change.asked_at, change.change_id), PAGE_SIZE)
