"""HTTP routes of the catalogue."""

from datetime import date
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.booking import api
from contracts.booking.catalog import Activity, ActivityCreate, Site, Slot, SlotsOpen
from contracts.http import Cursor, Page

from ..documents.domain import DocumentRules
from . import commands, queries


@serves(api.create_site)
async def create_site(body: Site, db: Database, actor: Actor) -> Site:
    return await commands.create_site(db, actor, body)


@serves(api.list_sites)
async def list_sites(db: Database, actor: Actor, cursor: Cursor | None = None) -> Page[Site]:
    return await queries.sites(db, actor, cursor)


@serves(api.create_activity)
async def create_activity(body: ActivityCreate, db: Database, actor: Actor, documents: DocumentRules) -> Activity:
    return await commands.create_activity(db, actor, documents, body)


@serves(api.list_activities)
async def list_activities(db: Database, cursor: Cursor | None = None) -> Page[Activity]:
    return await queries.activities(db, cursor)


@serves(api.open_slots)
async def open_slots(activity_id: UUID, body: SlotsOpen, db: Database, actor: Actor) -> Page[Slot]:
    return Page(items=tuple(await commands.open_slots(db, actor, activity_id, body)))


@serves(api.list_slots)
async def list_slots(
    from_on: date,
    to_on: date,
    db: Database,
    actor: Actor,
    activity_id: UUID | None = None,
    cursor: Cursor | None = None,
) -> Page[Slot]:
    return await queries.slots(db, actor, queries.SlotFilter(activity_id, from_on, to_on, cursor))


ROUTES = (create_site, list_sites, create_activity, list_activities, open_slots, list_slots)
