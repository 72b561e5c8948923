"""When a sheet may be marked, who may be added to it, and what its marks change. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.clock import civil_day
from chassis.refusal import FieldRefusal, HouseholdAmbiguous, Invalid, NotFound, Refusal
from contracts.types import Attendance

from ..errors import DayNotCome, MarksRefused
from ..places.domain import Stay, UnitFacts, elsewhere

AHEAD_MAX: Final = timedelta(minutes=30)
"""By how much the clock of a device may be ahead of the town's: an arrival later than that has not happened."""
NIGHT_ENDS_AT: Final = time.fromisoformat("12:00")
"""Until when a child that stayed for the night may leave on the day after."""
HOURS: Final[Sequence[str]] = ("arrived_at", "left_at")
THERE: Final = frozenset({Attendance.PRESENT, Attendance.UNBOOKED})
"""The marks of a child who was there, and of whom there are hours."""
BOOKED_MARKS: Final = frozenset({Attendance.PRESENT, Attendance.ABSENT_EXCUSED, Attendance.ABSENT_UNEXCUSED})
UNBOOKED_MARKS: Final = frozenset({Attendance.UNBOOKED, Attendance.ABSENT_EXCUSED})
"""Of a child whom nobody expected: it came, or it was added by mistake, and nobody owes anything."""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A child on a sheet: booked, or come unbooked (no `booking_id`). `attendance` is None until it is marked; `version` is
    that of the sheet when its mark changed last, 0 when nothing was ever noted."""

    child_id: UUID
    household_id: UUID
    booking_id: UUID | None
    attendance: Attendance | None = None
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    device_mark_ids: Set[UUID] = frozenset()
    version: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A day's sheet, as locked, its lines in the order in which they are shown. `version` counts its changes."""

    slot_id: UUID
    activity_id: UUID
    activity_label: str
    unit: UnitFacts
    service_on: date
    lines: Sequence[SheetLine]
    version: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What was seen of a child. `household_id` is the home that was named; `homes` are the references of the households for which
    a child may be added, by id: that one, or all that it has. `hours` are those that were said, by name; None takes one away. `stays` are
    where the child is on the day, and `sites` those of which whoever marks may hear, None for every one. `version` is that of the line that
    was seen, 0 for none; None stands for whichever there is."""

    child_id: UUID
    attendance: Attendance
    household_id: UUID | None = None
    hours: Mapping[str, datetime | None] = field(default_factory=dict)
    device_mark_id: UUID | None = None
    version: int | None = None
    homes: Mapping[UUID, str] = field(default_factory=dict)
    stays: Sequence[Stay] = ()
    sites: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Marked:
    """A line as it is to be stored, and as it stood. One that `is_changed` says something else than before; otherwise it was seen
    once more."""

    line: SheetLine
    before: SheetLine | None

    @property
    def is_changed(self) -> bool:
        return _said(self.before) != _said(self.line)


@dataclass(frozen=True, slots=True)
class Now:
    """The town's instant, and its zone."""

    at: datetime
    zone: ZoneInfo

    @property
    def day(self) -> date:
        return civil_day(self.at, self.zone)


@dataclass(frozen=True, slots=True)
class Noted:
    """The lines to write, in order of children, and the marks of devices that cannot be noted, each with what stands against it."""

    marked: Sequence[Marked]
    refused: Sequence[tuple[UUID, Refusal]] = ()


def note_marks(sheet: Sheet, marks: Sequence[Mark], now: Now) -> Noted | Refusal:
    """What is to be noted of marks, or why nothing is: all that stands against them, at once.

    Marks of one child follow each other; a mark of a device that was noted before is left out. Somebody looks at a page, whose marks are
    noted together or not at all; a device that sends what it kept is answered mark by mark, or one would hold up the others for ever.
    """
    if now.day < sheet.service_on:
        return DayNotCome(service_on=sheet.service_on)
    before = {line.child_id: line for line in sheet.lines}
    after = dict(before)
    refusals: list[tuple[Mark, Refusal]] = []
    for position, mark in enumerate(marks):
        known = after.get(mark.child_id)
        if known is not None and mark.device_mark_id in known.device_mark_ids:
            continue
        line = _refuse_stale(before.get(mark.child_id), mark) or _marked(sheet, known, mark, now)
        if isinstance(line, Refusal):
            refusals.append((mark, _placed(line, position)))
        else:
            after[mark.child_id] = line
    if any(mark.device_mark_id is None for mark, _ in refusals):
        return _together([refusal for _, refusal in refusals])
    # Two devices that mark the same children in other orders write them in this one, and wait for each other.
    marked = [Marked(after[child_id], before.get(child_id)) for child_id in sorted(after)]
    marked = [_counted(sheet, item) for item in marked if item.line != item.before]
    return Noted(marked, [(mark.device_mark_id, refusal) for mark, refusal in refusals if mark.device_mark_id])


def _counted(sheet: Sheet, item: Marked) -> Marked:
    """A change has a number that no line of the sheet ever had: one that went with its booking may have come back since."""
    return replace(item, line=replace(item.line, version=sheet.version + 1)) if item.is_changed else item


def changes(marked: Sequence[Marked]) -> Iterator[tuple[UUID, UUID, Attendance]]:
    """What is said now of each household's child (their ids, the mark) and was not before; who came for another home than was noted is
    excused for that one."""
    for item in marked:
        line, before = item.line, item.before
        if not item.is_changed or line.attendance is None:
            continue
        yield line.household_id, line.child_id, line.attendance
        if before and before.attendance and before.household_id != line.household_id:
            yield before.household_id, line.child_id, Attendance.ABSENT_EXCUSED


def _refuse_stale(line: SheetLine | None, mark: Mark) -> Refusal | None:
    """Whoever looks at a line that was changed since does not undo what they have not seen; what says the same is fine."""
    if line is None or mark.version in (None, line.version):
        return None
    changed = tuple(_changed_since(line, mark))
    return MarksRefused(*changed) if changed else None


def _changed_since(line: SheetLine, mark: Mark) -> Iterator[FieldRefusal]:
    """What a line says, and a mark that was made without seeing it says otherwise."""
    if line.attendance is None and mark.version:
        yield FieldRefusal("attendance", "mark_gone")
    if line.attendance not in (None, mark.attendance):
        yield FieldRefusal("attendance", "mark_changed", (("noted", line.attendance), ("sent", mark.attendance)))
    if line.booking_id is None and mark.household_id not in (None, line.household_id):
        yield FieldRefusal("household_id", "home_changed")
    for name, sent in mark.hours.items():
        noted = getattr(line, name)
        if noted is not None and sent is None:
            yield FieldRefusal(name, "hour_added", (("noted_at", noted),))
        elif noted not in (None, sent):
            yield FieldRefusal(name, "hour_changed", (("noted_at", noted), ("sent_at", sent)))


def _marked(sheet: Sheet, known: SheetLine | None, mark: Mark, now: Now) -> SheetLine | Refusal:
    """A line, None for a child who is not on the sheet, as it is with a mark; or what stands against the mark."""
    line = _line_of(known, mark)
    if isinstance(line, Refusal):
        return line
    is_there = mark.attendance in THERE
    line = replace(
        line,
        attendance=mark.attendance,
        arrived_at=mark.hours.get("arrived_at", line.arrived_at) if is_there else None,
        left_at=mark.hours.get("left_at", line.left_at) if is_there else None,
        device_mark_ids=line.device_mark_ids | {mark.device_mark_id} if mark.device_mark_id else line.device_mark_ids,
    )
    faults = list(_faults(sheet.service_on, mark, line, now))
    if known is None and mark.attendance is Attendance.ABSENT_EXCUSED:  # nobody was added
        faults.append(FieldRefusal("attendance", "attendance_not_allowed"))
    if faults:
        return Invalid(*faults)
    if known is None or known.attendance is not mark.attendance:
        return _refuse_stay(sheet, mark) or line
    return line


def _refuse_stay(sheet: Sheet, mark: Mark) -> Refusal | None:
    """A child who is there is in one place at a time, booked or not."""
    stays = [stay for stay in mark.stays if stay.slot_id != sheet.slot_id]
    if mark.attendance not in THERE or not (stay := elsewhere(sheet.unit, stays)):
        return None
    if mark.sites is not None and stay.site_code not in mark.sites:
        return MarksRefused(FieldRefusal("attendance", "at_another_site"))
    where = (("other_activity", stay.activity_label), ("other_unit", stay.unit.label))
    return MarksRefused(FieldRefusal("attendance", "elsewhere", where))


def _line_of(known: SheetLine | None, mark: Mark) -> SheetLine | Refusal:
    """The line that a mark is about. Whoever came unbooked came for the home that is named last."""
    if known is not None and (known.booking_id is not None or mark.household_id in (None, known.household_id)):
        return known
    if not mark.homes:
        return NotFound(FieldRefusal("child_id", "child_unknown"))
    if len(mark.homes) > 1:
        return HouseholdAmbiguous.between(mark.homes)
    (household_id,) = mark.homes
    return replace(known, household_id=household_id) if known else SheetLine(mark.child_id, household_id, None)


def _faults(service_on: date, mark: Mark, line: SheetLine, now: Now) -> Iterator[FieldRefusal]:
    """What a mark has against it, by its fields; `line` is as it would be."""
    if mark.attendance not in (BOOKED_MARKS if line.booking_id else UNBOOKED_MARKS):
        yield FieldRefusal("attendance", "attendance_not_allowed")
    for name, at in mark.hours.items():
        if at is not None and not _is_of_day(name, at, service_on, now.zone):
            yield FieldRefusal(name, "hour_of_another_day", (("service_on", service_on),))
        elif at is not None and at > now.at + AHEAD_MAX:
            yield FieldRefusal(name, "time_ahead", (("minutes_max", AHEAD_MAX // timedelta(minutes=1)),))
    if line.arrived_at is not None and line.left_at is not None and line.left_at < line.arrived_at:
        yield FieldRefusal("left_at" if mark.hours.get("left_at") else "arrived_at", "range_reversed")


def _is_of_day(name: str, at: datetime, service_on: date, zone: ZoneInfo) -> bool:
    """Whether an hour is of a day by the town's clock; whoever stayed for the night leaves on the day after."""
    ends_at = NIGHT_ENDS_AT if name == "left_at" else time.min
    end = datetime.combine(service_on + timedelta(days=1), ends_at)
    return datetime.combine(service_on, time.min) <= at.astimezone(zone).replace(tzinfo=None) < end


def _placed(refusal: Refusal, position: int) -> Refusal:
    """The refusal of a mark, its fields being those of the mark at this position; one of the whole request stays as it is."""
    if isinstance(refusal, HouseholdAmbiguous):
        return refusal
    return type(refusal)(*(replace(fault, pointer=f"/marks/{position}/{fault.pointer}") for fault in refusal.fields))


def _together(refusals: Sequence[Refusal]) -> Refusal:
    """Several refusals as one: what is not there goes before what cannot be so."""
    order = (NotFound, HouseholdAmbiguous, Invalid, MarksRefused)
    first = min(refusals, key=lambda refusal: order.index(type(refusal)))
    if isinstance(first, HouseholdAmbiguous):
        return first
    return type(first)(*(fault for refusal in refusals for fault in refusal.fields))


def _said(line: SheetLine | None) -> tuple[object, ...]:
    return (line.household_id, line.attendance, line.arrived_at, line.left_at) if line else ()


def overrun(capacity: int, taken: int, lines: Sequence[SheetLine]) -> int:
    """By how many the children who have a place, or came without one, exceed the places of a day."""
    unbooked = sum(line.attendance is Attendance.UNBOOKED for line in lines)
    return max(0, taken + unbooked - capacity)
