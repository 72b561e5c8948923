"""HTTP routes about a household as a whole."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.history import history_of
from chassis.http.routes import serves
from contracts.billing import api
from contracts.history import HistoryEntry
from contracts.http import Cursor, Page

from .queries import as_far_as_open, household_for


@serves(api.billing_history)
async def billing_history(
    db: Database, actor: Actor, household_id: UUID | None = None, cursor: Cursor | None = None
) -> Page[HistoryEntry]:
    history = await history_of(db, await household_for(db, actor, household_id), cursor)
    return await as_far_as_open(db, actor, history)


ROUTES = (billing_history,)
