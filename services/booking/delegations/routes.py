"""HTTP routes of whoever holds a delegation."""

from datetime import date
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from chassis.telemetry import current_trace
from contracts.booking import delegations_api as api
from contracts.booking.models import BookingChanges, BookingChangesMade, Calendar

from ..bookings.commands import BookingBatcher, BookingRequest
from ..calendar.queries import CalendarDisplay
from . import queries


@serves(api.delegated_calendar)
async def delegated_calendar(
    delegation_id: UUID, from_on: date, to_on: date, db: Database, actor: Actor, calendar_view: CalendarDisplay
) -> Calendar:
    return await queries.delegated_calendar(db, actor, delegation_id, (from_on, to_on), calendar_view)


@serves(api.change_delegated_bookings)
async def change_delegated_bookings(
    delegation_id: UUID, body: BookingChanges, db: Database, actor: Actor, claim: Claim, batcher: BookingBatcher
) -> BookingChangesMade:
    return await batcher.submit(db, BookingRequest(actor, body, claim, current_trace(), delegation_id))


ROUTES = (delegated_calendar, change_delegated_bookings)
