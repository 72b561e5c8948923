"""When a sheet may be marked and closed, and which marks are new to the rest of the town. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from contracts.booking.events import AttendanceRecorded
from contracts.types import Attendance

from ..errors import AttendanceIncomplete, DayNotCome


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A booked child; `recorded` is the mark that the last closing published."""

    booking_id: UUID
    household_id: UUID
    child_id: UUID
    attendance: Attendance | None
    recorded: Attendance | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A day's sheet, as locked, its lines in the order in which they are shown."""

    slot_id: UUID
    activity_id: UUID
    service_on: date
    lines: Sequence[SheetLine]


def check_marks(sheet: Sheet, marks: Sequence[tuple[UUID, Attendance]], today: date) -> Refusal | None:
    """Why these marks of bookings cannot be noted, or None."""
    if today < sheet.service_on:
        return DayNotCome(service_on=sheet.service_on)
    booked = {line.booking_id for line in sheet.lines}
    unknown = [
        FieldRefusal(f"/marks/{position}/booking_id", "booking_unknown")
        for position, (booking_id, _) in enumerate(marks)
        if booking_id not in booked
    ]
    if unknown:
        return NotFound(*unknown)
    # "Unbooked" is said of a child who came without a booking, so never of a line of the sheet.
    impossible = [
        FieldRefusal(f"/marks/{position}/attendance", "attendance_not_allowed")
        for position, (_, attendance) in enumerate(marks)
        if attendance is Attendance.UNBOOKED
    ]
    return Invalid(*impossible) if impossible else None


def close_sheet(sheet: Sheet, now: datetime, today: date) -> list[AttendanceRecorded] | Refusal:
    """What closing a sheet publishes: each mark that differs from the one published before."""
    if today < sheet.service_on:
        return DayNotCome(service_on=sheet.service_on)
    unmarked = [
        FieldRefusal(f"/lines/{position}/attendance", "attendance_missing", (("booking_id", line.booking_id),))
        for position, line in enumerate(sheet.lines)
        if line.attendance is None
    ]
    if unmarked:
        return AttendanceIncomplete(*unmarked, count=len(unmarked))
    return [
        AttendanceRecorded(
            booking_id=line.booking_id,
            household_id=line.household_id,
            child_id=line.child_id,
            activity_id=sheet.activity_id,
            slot_id=sheet.slot_id,
            service_on=sheet.service_on,
            attendance=line.attendance,
            recorded_at=now,
        )
        for line in sheet.lines
        if line.attendance is not None and line.attendance is not line.recorded
    ]


def last_marks(marks: Sequence[tuple[UUID, Attendance]]) -> Mapping[UUID, Attendance]:
    """The mark that counts for each booking: the last one given."""
    return dict(marks)
