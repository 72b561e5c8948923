"""When a sheet may be marked and closed, who may be added to it, and which marks are new to the rest of the town. Pure."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from contracts.booking.events import AttendanceRecorded
from contracts.types import Attendance

from ..errors import AttendanceIncomplete, DayNotCome, HouseholdAmbiguous

AHEAD_MAX: Final = timedelta(minutes=30)
"""By how much the clock of a device may be ahead of the town's: an arrival later than that has not happened."""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A child on a sheet: booked, or come unbooked (no `booking_id`). `attendance_id` is None until it is marked; `recorded` is the
    mark that the last closing published."""

    child_id: UUID
    household_id: UUID
    booking_id: UUID | None
    attendance_id: UUID | None = None
    attendance: Attendance | None = None
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    recorded: Attendance | None = None
    device_mark_ids: Set[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A day's sheet, as locked, its lines in the order in which they are shown."""

    slot_id: UUID
    activity_id: UUID
    unit_code: str
    service_on: date
    lines: Sequence[SheetLine]


@dataclass(frozen=True, slots=True)
class Mark:
    """What was seen of a child. `homes` are the references of the households for which a child may be added, by id: those that
    were named, or all that it has."""

    child_id: UUID
    attendance: Attendance
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    device_mark_id: UUID | None = None
    homes: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Marked:
    """The mark that counts for a line, which is new when the child came unbooked, and the marks of devices that are noted by it."""

    mark: Mark
    line: SheetLine
    device_mark_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Now:
    """The town's instant, and its date."""

    at: datetime
    day: date


def note_marks(sheet: Sheet, marks: Sequence[Mark], now: Now) -> list[Marked] | Refusal:
    """The marks to write, in order of children, or why they cannot be noted.

    The last mark of a child counts; a mark of a device that was noted before is left out.
    """
    if now.day < sheet.service_on:
        return DayNotCome(service_on=sheet.service_on)
    lines = {line.child_id: line for line in sheet.lines}
    unknown = [
        FieldRefusal(f"/marks/{position}/child_id", "child_unknown")
        for position, mark in enumerate(marks)
        if mark.child_id not in lines and not mark.homes
    ]
    if unknown:
        return NotFound(*unknown)
    for mark in marks:
        if mark.child_id not in lines and len(mark.homes) > 1:
            return HouseholdAmbiguous.between(mark.homes)
    faults = [
        replace(fault, pointer=f"/marks/{position}/{fault.pointer}")
        for position, mark in enumerate(marks)
        for fault in _faults(mark, lines.get(mark.child_id), now.at)
    ]
    if faults:
        return Invalid(*faults)
    noted: dict[UUID, Marked] = {}
    for mark in marks:
        line = lines.get(mark.child_id) or _unbooked(mark)
        if mark.device_mark_id in line.device_mark_ids:
            continue
        before = noted[mark.child_id].device_mark_ids if mark.child_id in noted else ()
        own = (mark.device_mark_id,) if mark.device_mark_id else ()
        noted[mark.child_id] = Marked(mark, line, (*before, *own))
    # Two devices that mark the same children in other orders write them in this one, and wait for each other.
    return [noted[child_id] for child_id in sorted(noted)]


def _faults(mark: Mark, line: SheetLine | None, now: datetime) -> Iterator[FieldRefusal]:
    """What a mark has against it, by its fields."""
    if line is not None and line.booking_id is not None:
        is_allowed = mark.attendance is not Attendance.UNBOOKED
    else:
        # A child whom nobody expected came unbooked, or it was added by mistake and is absent.
        is_allowed = mark.attendance is not Attendance.PRESENT if line else mark.attendance is Attendance.UNBOOKED
    if not is_allowed:
        yield FieldRefusal("attendance", "attendance_not_allowed")
    for name, at in (("arrived_at", mark.arrived_at), ("left_at", mark.left_at)):
        if at is not None and at > now + AHEAD_MAX:
            yield FieldRefusal(name, "time_ahead", (("minutes_max", AHEAD_MAX // timedelta(minutes=1)),))
    if mark.arrived_at is not None and mark.left_at is not None and mark.left_at < mark.arrived_at:
        yield FieldRefusal("left_at", "range_reversed")


def _unbooked(mark: Mark) -> SheetLine:
    (household_id,) = mark.homes
    return SheetLine(mark.child_id, household_id, None)


def close_sheet(sheet: Sheet, now: Now) -> list[AttendanceRecorded] | Refusal:
    """What closing a sheet publishes: each mark that differs from the one published before."""
    if now.day < sheet.service_on:
        return DayNotCome(service_on=sheet.service_on)
    unmarked = [
        FieldRefusal(f"/lines/{position}/attendance", "attendance_missing", (("child_id", line.child_id),))
        for position, line in enumerate(sheet.lines)
        if line.attendance is None
    ]
    if unmarked:
        return AttendanceIncomplete(*unmarked, count=len(unmarked))
    return [
        AttendanceRecorded(
            attendance_id=line.attendance_id,
            booking_id=line.booking_id,
            household_id=line.household_id,
            child_id=line.child_id,
            activity_id=sheet.activity_id,
            unit_code=sheet.unit_code,
            slot_id=sheet.slot_id,
            service_on=sheet.service_on,
            attendance=line.attendance.value,
            arrived_at=line.arrived_at,
            left_at=line.left_at,
            recorded_at=now.at,
        )
        for line in sheet.lines
        if line.attendance_id is not None and line.attendance is not None and line.attendance is not line.recorded
    ]


def overrun(capacity: int, taken: int, lines: Sequence[SheetLine]) -> int:
    """By how many the children who have a place, or came without one, exceed the places of a day."""
    unbooked = sum(line.attendance is Attendance.UNBOOKED for line in lines)
    return max(0, taken + unbooked - capacity)
