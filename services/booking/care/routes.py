"""HTTP routes of what children in care need."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.booking import care_api as api
from contracts.booking.care import ChildCare
from contracts.history import HistoryEntry
from contracts.http import Cursor, File, Page

from . import commands, queries


@serves(api.day_care)
async def day_care(slot_id: UUID, db: Database, actor: Actor) -> Page[ChildCare]:
    return await commands.look_at_care(db, actor, slot_id)


@serves(api.day_portrait)
async def day_portrait(slot_id: UUID, child_id: UUID, portrait_id: UUID, db: Database, actor: Actor) -> File:
    return await commands.look_at_portrait(db, actor, slot_id, child_id, portrait_id)


@serves(api.child_care_history)
async def child_care_history(
    child_id: UUID, db: Database, actor: Actor, cursor: Cursor | None = None
) -> Page[HistoryEntry]:
    return await queries.care_history(db, actor, child_id, cursor)


ROUTES = (day_care, day_portrait, child_care_history)
