"""HTTP routes of the household calendar."""

from datetime import date
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.http.routes import serves
from contracts.booking import api
from contracts.booking.models import Calendar

from ..directory.queries import household_for
from .queries import CalendarDisplay, CalendarFilter, household_calendar


@serves(api.household_calendar)
async def show_calendar(
    from_on: date,
    to_on: date,
    db: Database,
    actor: Actor,
    calendar_view: CalendarDisplay,
    household_id: UUID | None = None,
) -> Calendar:
    household = await household_for(db, actor, household_id)
    return await household_calendar(db, actor, CalendarFilter(household, from_on, to_on), calendar_view)


ROUTES = (show_calendar,)
