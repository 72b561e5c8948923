"""Noting who came, and closing the sheet of a day."""

from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.refusal import NotFound, Refusal
from contracts.booking.models import AttendanceMarks, AttendanceSheet

from . import domain, queries, store


@command
async def mark_attendance(
    tx: Transaction, actor: Actor, slot_id: UUID, request: AttendanceMarks, zone: ZoneInfo
) -> AttendanceSheet:
    """Note marks on a sheet, from the day itself on; a closed sheet is open again until it is closed with them."""
    sheet = await _lock(tx, slot_id)
    marks = [(mark.booking_id, mark.attendance) for mark in request.marks]
    if refusal := domain.check_marks(sheet, marks, civil_day(await tx.now(), zone)):
        raise refusal
    last_marks = domain.last_marks(marks)
    await store.save_marks(tx, slot_id, last_marks)
    marked = {str(booking_id): mark for booking_id, mark in last_marks.items()}
    tx.note(Act(actor, "attendance_marked", slot_id, after={"marks": marked}))
    return await queries.sheet(tx, slot_id)


@command
async def close_attendance(tx: Transaction, actor: Actor, slot_id: UUID, zone: ZoneInfo) -> AttendanceSheet:
    """Close a sheet on which every booked child is marked; closing it again publishes what was corrected.

    Raises:
        DayNotCome: the day has not begun.
        AttendanceIncomplete: with one field for each child that is not marked.
    """
    sheet = await _lock(tx, slot_id)
    now = await tx.now()
    recorded = domain.close_sheet(sheet, now, civil_day(now, zone))
    if isinstance(recorded, Refusal):
        raise recorded
    await store.close_sheet(tx, slot_id, now, [event.booking_id for event in recorded])
    tx.note(Act(actor, "attendance_closed", slot_id, after={"count": len(recorded)}))
    tx.emit(*recorded)
    return await queries.sheet(tx, slot_id)


async def _lock(tx: Transaction, slot_id: UUID) -> domain.Sheet:
    sheet = await store.lock_sheet(tx, slot_id)
    if sheet is None:
        raise NotFound
    return sheet
