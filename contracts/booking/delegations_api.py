"""What the booking service answers to whoever holds a delegation: the calendar of its children, and their days."""

from datetime import date
from uuid import UUID

from contracts.booking.models import BookingChanges, BookingChangesMade, Calendar
from contracts.operation import delegates, get, post
from contracts.types import StepUp


@get("/delegations/{delegation_id}/calendar", delegates())
async def delegated_calendar(delegation_id: UUID, from_on: date, to_on: date) -> Calendar:
    """What may be booked for the children of a delegation between two dates, both included, from its first day until its last."""


@post("/delegations/{delegation_id}/bookings", delegates(), is_keyed=True, status=201, step_up=StepUp.BOOKINGS)
async def change_delegated_bookings(delegation_id: UUID, body: BookingChanges) -> BookingChangesMade:
    """Book days and give booked days back for the children of a delegation, as its parent could: all of it, or nothing."""
