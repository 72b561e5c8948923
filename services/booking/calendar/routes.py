"""HTTP for the household calendar."""

from datetime import date
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from chassis.actor import Actor
from chassis.data.database import Database
from contracts.booking.api import Calendar

from ..directory.queries import household_for
from .queries import CalendarView, household_calendar


@get("/calendar", operation_id="household_calendar", tags=["calendar"])
async def show_calendar(
    db: NamedDependency[Database],
    actor: NamedDependency[Actor],
    calendar_view: NamedDependency[CalendarView],
    from_on: FromQuery[date],
    to_on: FromQuery[date],
    household_id: FromQuery[UUID | None] = None,
) -> Calendar:
    """What a household may book between two dates, both included."""
    household = await household_for(db, actor, household_id)
    return await household_calendar(db, household, from_on, to_on, calendar_view)


ROUTES = (show_calendar,)
