"""Bookings and attendance become charges.

Each event adds facts to the charge of its booking, or of the attendance of a child who came unbooked; what is owed is decided from all facts together, so that neither the
order of topics nor a late event changes the outcome. A day is priced when it is booked, again when it becomes due, and by
a job whenever a quotient, an activity or a tariff becomes known later, until it is on an invoice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from chassis.data.database import Transaction
from chassis.events.applying import Subscriptions
from contracts.booking.events import AttendanceRecorded, BookingCancelled, BookingConfirmed
from contracts.event import Envelope
from contracts.types import ChargeStatus

from . import store
from .commands import Traces, price_and_save, save
from .domain import Charge, Facts, next_correction, standing

DayEvent = BookingConfirmed | BookingCancelled | AttendanceRecorded
_Traced = tuple[store.Note, Mapping[str, str]]
"""Facts, and what leads back to who caused them."""


def subscribe(subscriptions: Subscriptions) -> None:
    """Listen to what makes, changes or ends a charge."""
    subscriptions.on_many(days_changed, BookingConfirmed, BookingCancelled, AttendanceRecorded)


async def days_changed(tx: Transaction, changes: Sequence[tuple[DayEvent, Envelope]]) -> None:
    """Days were booked, given back or attended: note it all, and price what changed as far as tariffs are known."""
    notes = [(_note(event), envelope.trace) for event, envelope in changes]
    while notes:
        firsts: dict[UUID | None, _Traced] = {}
        for traced in notes:
            firsts.setdefault(traced[0].source_id, traced)
        await _apply(tx, list(firsts.values()))
        # What else happened to a day is noted after that, in its order.
        notes = [traced for traced in notes if firsts[traced[0].source_id] is not traced]


def _note(event: DayEvent) -> store.Note:
    match event:
        case BookingConfirmed():
            return store.Note(event, Facts())
        case BookingCancelled():
            return store.Note(event, Facts(event.cancelled_at, event.is_chargeable))
        case AttendanceRecorded():
            facts = Facts(attendance=event.attendance, attendance_at=event.recorded_at)
            return store.Note(event, facts, None if event.booking_id else event.attendance_id)


async def _apply(tx: Transaction, notes: Sequence[_Traced]) -> None:
    """Apply facts of different days; after the invoice, a change becomes a signed line of the next one."""
    noted = await store.note_facts(tx, [note for note, _ in notes], await tx.now())
    frozen = await store.frozen(tx, [charge for charge, _ in noted])
    traces = {note.source_id: trace for note, trace in notes if note.source_id}
    decided: list[Charge] = []
    for charge, is_new in noted:
        if charge.charge_id in frozen:
            await _correct(tx, charge, traces)
            continue
        status = standing(charge.facts)
        if is_new or status is not charge.status:
            run_id = charge.run_id if status is ChargeStatus.DUE else None
            decided.append(replace(charge, status=status, run_id=run_id))
    await save(tx, [charge for charge in decided if charge.status is ChargeStatus.VOID], traces)
    owed = [charge for charge in decided if charge.status is not ChargeStatus.VOID]
    await price_and_save(tx, owed, is_changed=True, traces=traces)


async def _correct(tx: Transaction, day: Charge, traces: Traces) -> None:
    lines = await store.lock_lines(tx, day.source_id)
    correction = next_correction(lines, await store.frozen(tx, lines))
    if correction is None:
        return
    if correction.status is not ChargeStatus.VOID:
        await store.add_correction(tx, day, correction, await tx.now())
    await save(tx, [correction], traces)
