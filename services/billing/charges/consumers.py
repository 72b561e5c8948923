"""Bookings and attendance become charges.

Each event adds facts to its day: a booking, or the attendance of a child who came unbooked; who owes what is decided from all facts together, so that neither the
order of topics nor a late event changes the outcome. A day is decided when it is booked, again when it becomes due, and by
a job whenever a quotient, an activity, a tariff, a payer, a residence or a share becomes known later, until it is on an invoice.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis.data.database import Transaction
from chassis.events.applying import Subscriptions
from contracts.booking.events import AttendanceRecorded, BookingCancelled, BookingConfirmed
from contracts.event import Envelope

from ..tariffs.domain import ServiceDay
from .commands import note_days
from .domain import Facts, Source
from .store import KnownDay

DayEvent = BookingConfirmed | BookingCancelled | AttendanceRecorded
_Traced = tuple[KnownDay, Mapping[str, str]]
"""Facts, and what leads back to who caused them."""


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to what makes, changes or ends a charge."""
    subscriptions.on_many(days_changed, BookingConfirmed, BookingCancelled, AttendanceRecorded)


async def days_changed(tx: Transaction, changes: Sequence[tuple[DayEvent, Envelope]]) -> None:
    """Days were booked, given back or attended: note it all, and decide who owes what of it."""
    notes = [(_note(event), envelope.trace) for event, envelope in changes]
    while notes:
        firsts: dict[UUID, _Traced] = {}
        for traced in notes:
            firsts.setdefault(traced[0].source_id, traced)
        await note_days(
            tx, [note for note, _ in firsts.values()], {source_id: trace for source_id, (_, trace) in firsts.items()}
        )
        # What else happened to a day is noted after that, in its order.
        notes = [traced for traced in notes if firsts[traced[0].source_id] is not traced]


def _note(event: DayEvent) -> KnownDay:
    match event:
        case BookingConfirmed():
            source_id, facts = event.booking_id, Facts()
        case BookingCancelled():
            source_id, facts = event.booking_id, Facts(event.cancelled_at, event.is_chargeable)
        case AttendanceRecorded():
            source_id = event.booking_id or event.attendance_id
            facts = Facts(attendance=event.attendance, attendance_at=event.recorded_at)
    day = ServiceDay(event.household_id, event.activity_id, event.service_on)
    return KnownDay(Source(source_id, event.booking_id is not None, event.child_id, day), facts)
