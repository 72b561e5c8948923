"""When a sheet may be closed, and which of its marks are new to the rest of the town. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid5

from chassis.refusal import FieldRefusal, Refusal
from contracts.booking.events import AttendanceRecorded
from contracts.types import Attendance

from ..attendance.domain import Now, Sheet, SheetLine
from ..errors import AttendanceIncomplete, DayNotCome


@dataclass(frozen=True, slots=True)
class Record:
    """What the closings of a sheet said last of a child under one source: its booking, or else the home for which it came unbooked."""

    attendance_id: UUID
    child_id: UUID
    household_id: UUID
    booking_id: UUID | None
    attendance: Attendance
    arrived_at: datetime | None = None
    left_at: datetime | None = None

    def event(self, sheet: Sheet, at: datetime) -> AttendanceRecorded:
        return AttendanceRecorded(
            attendance_id=self.attendance_id,
            booking_id=self.booking_id,
            household_id=self.household_id,
            child_id=self.child_id,
            activity_id=sheet.activity_id,
            unit_code=sheet.unit.code,
            slot_id=sheet.slot_id,
            service_on=sheet.service_on,
            attendance=self.attendance.value,
            arrived_at=self.arrived_at,
            left_at=self.left_at,
            recorded_at=at,
        )


def close_sheet(sheet: Sheet, records: Sequence[Record], now: Now) -> list[Record] | Refusal:
    """What closing a sheet publishes: each source of which it says something else than the `records` of the closings before.

    A source that is not on the sheet any more, because the child was booked or came for another home, is taken back.
    """
    if now.day < sheet.service_on:
        return DayNotCome(service_on=sheet.service_on)
    unmarked = [
        FieldRefusal(f"/lines/{position}/attendance", "attendance_missing", (("child_id", line.child_id),))
        for position, line in enumerate(sheet.lines)
        if line.attendance is None
    ]
    if unmarked:
        return AttendanceIncomplete(*unmarked, count=len(unmarked))
    before = {record.attendance_id: record for record in records}
    after = {record.attendance_id: record for record in _records(sheet)}
    taken_back = [
        replace(record, attendance=Attendance.ABSENT_EXCUSED, arrived_at=None, left_at=None)
        for record in records
        if record.attendance_id not in after
    ]
    return [record for record in (*taken_back, *after.values()) if record != before.get(record.attendance_id)]


def _records(sheet: Sheet) -> Iterator[Record]:
    """What a sheet says of its children, each under its source."""
    for line in sheet.lines:
        if line.attendance is not None:
            yield Record(
                attendance_id_of(sheet.slot_id, line),
                line.child_id,
                line.household_id,
                line.booking_id,
                line.attendance,
                line.arrived_at,
                line.left_at,
            )


def attendance_id_of(slot_id: UUID, line: SheetLine) -> UUID:
    """The attendance of a child under its source: the same one, should the source come back."""
    return uuid5(slot_id, f"{line.child_id} {line.booking_id or line.household_id}")
