"""HTTP for the catalogue."""

from datetime import date
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.booking.api import Activity, ActivityCreate, Slot, SlotsOpen
from contracts.http import Page

from ..directory.queries import COUNTER
from . import commands, queries


@post("/activities", status_code=201, operation_id="create_activity", tags=["catalog"])
async def create_activity(
    db: NamedDependency[Database], actor: NamedDependency[Actor], data: JSONBody[ActivityCreate]
) -> Activity:
    """Add an activity to the catalogue."""
    return await commands.create_activity(db, actor, data)


@get("/activities", operation_id="list_activities", tags=["catalog"])
async def list_activities(db: NamedDependency[Database], cursor: FromQuery[UUID | None] = None) -> Page[Activity]:
    """The public catalogue."""
    return await queries.activities(db, cursor)


@post("/activities/{activity_id:uuid}/slots", status_code=200, operation_id="open_slots", tags=["catalog"])
async def open_slots(
    activity_id: FromPath[UUID],
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    data: JSONBody[SlotsOpen],
) -> Page[Slot]:
    """Open days of an activity, or change how many places they have."""
    return Page(items=tuple(await commands.open_slots(db, actor, activity_id, data)))


@get("/slots", operation_id="list_slots", tags=["catalog"])
async def list_slots(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    from_on: FromQuery[date],
    to_on: FromQuery[date],
    activity_id: FromQuery[UUID | None] = None,
    cursor: FromQuery[UUID | None] = None,
) -> Page[Slot]:
    """Days between two dates, for agents."""
    actor.require_agent(*COUNTER)
    return await queries.slots(db, activity_id, from_on, to_on, cursor)


ROUTES = (create_activity, list_activities, open_slots, list_slots)
