"""Bookings and attendance become charges.

Each event adds facts to the charge of its booking; what is owed is decided from all facts together, so that neither the
order of topics nor a late event changes the outcome. A day is priced when it is booked, again when it becomes due, and by
a job whenever a quotient, an activity or a tariff becomes known later, until it is on an invoice.
"""

from dataclasses import replace

from chassis.applying import Subscriptions
from chassis.database import Transaction
from contracts.booking.events import AttendanceRecorded, BookingCancelled, BookingConfirmed
from contracts.event import Envelope
from contracts.types import ChargeStatus

from . import store
from .commands import price_and_save, save
from .domain import Charge, Facts, next_correction, standing


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to what makes, changes or ends a charge."""
    subscriptions.on(BookingConfirmed, booking_confirmed)
    subscriptions.on(BookingCancelled, booking_cancelled)
    subscriptions.on(AttendanceRecorded, attendance_recorded)


async def booking_confirmed(tx: Transaction, event: BookingConfirmed, _envelope: Envelope) -> None:
    """A day is planned, and priced as far as its activity, tariff and quotient are known."""
    await _note(tx, event, Facts())


async def booking_cancelled(tx: Transaction, event: BookingCancelled, _envelope: Envelope) -> None:
    """A day given back in time is owed no more; one given back too late is due."""
    await _note(tx, event, Facts(cancelled_at=event.cancelled_at, is_cancellation_chargeable=event.is_chargeable))


async def attendance_recorded(tx: Transaction, event: AttendanceRecorded, _envelope: Envelope) -> None:
    """A day took place; a correction after its invoice becomes a signed line of the next one."""
    await _note(tx, event, Facts(attendance=event.attendance, attendance_at=event.recorded_at))


async def _note(tx: Transaction, day: store.BookedDay, facts: Facts) -> None:
    charge, is_new = await store.note_facts(tx, day, facts, await tx.now())
    if await store.frozen(tx, [charge]):
        await _correct(tx, charge)
        return
    status = standing(charge.facts)
    if status is charge.status and not is_new:
        return
    run_id = charge.run_id if status is ChargeStatus.DUE else None
    decided = replace(charge, status=status, run_id=run_id)
    if status is ChargeStatus.VOID:
        await save(tx, [decided])
    else:
        await price_and_save(tx, [decided], is_changed=True)


async def _correct(tx: Transaction, day: Charge) -> None:
    lines = await store.lock_lines(tx, day.booking_id)
    correction = next_correction(lines, await store.frozen(tx, lines))
    if correction is None:
        return
    if correction.status is not ChargeStatus.VOID:
        await store.add_correction(tx, day, correction, await tx.now())
    await save(tx, [correction])
