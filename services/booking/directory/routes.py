"""HTTP routes about a household as a whole."""

from uuid import UUID

from chassis.access import sites_of
from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.history import as_families_read, history_of, without_words_on
from chassis.documents import shelf
from chassis.http.routes import serves
from chassis.refusal import NotFound
from contracts.booking import api
from contracts.history import HistoryEntry
from contracts.http import Cursor, Page

from .queries import household_for, unread_children


@serves(api.booking_history)
async def booking_history(
    db: Database, actor: Actor, household_id: UUID | None = None, cursor: Cursor | None = None
) -> Page[HistoryEntry]:
    if sites_of(actor) is not None:
        raise NotFound  # what was done for a household was done at every site
    known_id = await household_for(db, actor, household_id)
    unread = await unread_children(db, actor, known_id, await db.today())
    history = await history_of(db, known_id, cursor)
    others = await shelf.others_of(db, actor, history, unread)
    return as_families_read(actor, without_words_on(history, unread | others))


ROUTES = (booking_history,)
