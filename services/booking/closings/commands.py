"""Closing the sheet of a day."""

from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.refusal import NotFound, Refusal

from ..attendance.domain import Now
from ..attendance.store import lock_sheet
from . import domain, store


@command
async def close_attendance(tx: Transaction, actor: Actor, slot_id: UUID, zone: ZoneInfo) -> None:
    """Close a sheet on which every child is marked; closing it again publishes what was corrected, and takes back
    what was said of a child who was booked since, or came for another home.

    Raises:
        DayNotCome: the day has not begun.
        AttendanceIncomplete: with one field for each child that is not marked.
    """
    sheet = await lock_sheet(tx, actor, slot_id)
    if sheet is None:
        raise NotFound
    now = Now(await tx.now(), zone)
    recorded = domain.close_sheet(sheet, await store.records_of(tx, sheet), now)
    if isinstance(recorded, Refusal):
        raise recorded
    await store.close_sheet(tx, sheet, recorded, now.at)
    tx.note(Act(actor, "attendance_closed", slot_id))
    tx.emit(*(record.event(sheet, now.at) for record in recorded))
