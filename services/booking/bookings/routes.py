"""HTTP routes of bookings."""

from datetime import date
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from chassis.telemetry import current_trace
from contracts.booking import api
from contracts.booking.models import Booking, BookingChanges, BookingChangesMade
from contracts.http import Cursor, Page

from ..directory.queries import household_for
from . import commands, queries


@serves(api.change_bookings)
async def change_bookings(
    body: BookingChanges, db: Database, actor: Actor, claim: Claim, batcher: commands.BookingBatcher
) -> BookingChangesMade:
    return await batcher.submit(db, commands.BookingRequest(actor, body, claim, current_trace()))


@serves(api.list_bookings)
async def list_bookings(
    from_on: date,
    to_on: date,
    db: Database,
    actor: Actor,
    household_id: UUID | None = None,
    cursor: Cursor | None = None,
) -> Page[Booking]:
    household = await household_for(db, actor, household_id)
    return await queries.bookings(db, actor, queries.BookingFilter(household, from_on, to_on, cursor))


ROUTES = (change_bookings, list_bookings)
