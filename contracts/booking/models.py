"""What travels in the requests and answers of the booking service."""

from datetime import date, datetime, time
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints, model_validator

from contracts.event import Model
from contracts.http import Day, LongText, ShortText
from contracts.types import ActivityKind, Attendance, BookingStatus, DayState, EnrollmentStatus

BASKET_LINES_MAX = 100
CANCELLATIONS_MAX = 100
SITES_MAX = 50
GROUPS_MAX = 100
UNITS_MAX = 12
MARKS_MAX = 1000

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
"""A short name that agents give a site, a group or a unit, and that never changes."""


def _civil(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("a civil time has no offset: it is read on the town's clock")
    return at


CivilTime = Annotated[time, AfterValidator(_civil)]


class Site(Model):
    """A place of the town where children are received."""

    code: Code
    label: ShortText


class Unit(Model):
    """A part of the day that can be booked: morning, lunch, afternoon, whole day. The end is excluded.

    It takes places of the units that it `implies`, which imply none themselves; without any it has places of its own. A child
    cannot have it on one day with a unit that it `excludes`, whichever of the two says so.
    """

    code: Code
    label: ShortText
    starts_at: CivilTime
    ends_at: CivilTime
    implies: tuple[Code, ...] = Field(default=(), max_length=UNITS_MAX)
    excludes: tuple[Code, ...] = Field(default=(), max_length=UNITS_MAX)


class GroupCreate(Model):
    """Children of one age or class at a site."""

    site_code: Code
    code: Code
    label: ShortText


class Group(Model):
    """Children of one age or class at a site. Each site of an activity has a group in which a child is when nothing else was said."""

    group_id: UUID
    site_code: str
    code: str
    label: str
    is_default: bool


class Cutoff(Model):
    """Until when a family may act by itself: `days_before` the day, at `at` in the town's time zone."""

    days_before: Annotated[int, Field(ge=0, le=60)]
    at: CivilTime


class ActivityCreate(Model):
    """A new activity. Ages are in full years on the day of the activity, both included. Beside the groups that are named, each
    site gets its default one."""

    kind: ActivityKind
    label: ShortText
    site_codes: tuple[Code, ...] = Field(min_length=1, max_length=SITES_MAX)
    groups: tuple[GroupCreate, ...] = Field(default=(), max_length=GROUPS_MAX)
    units: tuple[Unit, ...] = Field(min_length=1, max_length=UNITS_MAX)
    tariff_code: ShortText
    age_min: Annotated[int, Field(ge=0, le=18)]
    age_max: Annotated[int, Field(ge=0, le=18)]
    starts_on: Day
    ends_on: Day
    cutoff: Cutoff


class Activity(Model):
    """An activity of the town's catalogue."""

    activity_id: UUID
    kind: ActivityKind
    label: str
    sites: tuple[Site, ...]
    groups: tuple[Group, ...]
    units: tuple[Unit, ...]
    tariff_code: str
    age_min: int
    age_max: int
    starts_on: date
    ends_on: date
    cutoff: Cutoff


class ActivityOffer(Model):
    """An activity as it stands for one child.

    `reason` is None when its enrollment can be asked for, else the refusal code that asking would meet, with its
    `params`.
    """

    activity: Activity
    reason: str | None
    params: dict[str, str]


PlaceCount = Annotated[int, Field(ge=0, le=10_000, strict=True)]
"""A number of places of a day."""


class SlotsOpen(Model):
    """Days on which an activity takes place, each with the same number of places; for an open day, its new number.

    The places are those of one group, or of each when none is named, in some of the units that imply no other, or in all of
    these. A unit that implies others is open once all of them are.
    """

    days: tuple[Day, ...] = Field(min_length=1, max_length=366)
    capacity: PlaceCount
    group_id: UUID | None = None
    unit_codes: tuple[Code, ...] = Field(default=(), max_length=UNITS_MAX)


class Slot(Model):
    """A unit of an activity on a day, for a group. `unit_label` and `group_label` are said where the activity has several.

    `capacity` and `taken` are those of the tightest of the pools that it takes places from. `is_closed`: its attendance sheet
    is closed.
    """

    slot_id: UUID
    activity_id: UUID
    activity_label: str
    site_code: str
    site_label: str
    group_id: UUID
    group_label: str | None
    unit_code: str
    unit_label: str | None
    service_on: date
    capacity: int
    taken: int
    is_closed: bool


class EnrollmentCreate(Model):
    """A child asks to join an activity between two wished dates (the activity's own by default).

    `household_id` is for whom; it goes without saying when whoever asks answers for one home of the child alone. So does
    `site_code` when the activity has one site.
    """

    child_id: UUID
    activity_id: UUID
    household_id: UUID | None = None
    site_code: Code | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None


class Placement(Model):
    """The group that an enrolled child is in between two dates, both included."""

    group_id: UUID
    group_label: str
    site_code: str
    starts_on: date
    ends_on: date


class Enrollment(Model):
    """An enrollment and where it stands; `reason` says why it was refused or cut. `child_first_name` is None once erased."""

    enrollment_id: UUID
    household_id: UUID
    child_id: UUID
    child_first_name: str | None
    child_last_name: str | None
    activity_id: UUID
    activity_label: str
    status: EnrollmentStatus
    starts_on: date
    ends_on: date
    requested_at: datetime
    decided_at: datetime | None
    reason: str | None
    placements: tuple[Placement, ...]


class EnrollmentDecision(Model):
    """What an agent decides; a refusal says why."""

    is_validated: bool
    reason: LongText | None = None


class EnrollmentEnd(Model):
    """From which day on a child is not enrolled any more, and why."""

    from_on: Day
    reason: LongText


class PlacementChange(Model):
    """Another group, from a day on until the enrollment ends."""

    group_id: UUID
    from_on: Day


class DayCell(Model):
    """A child, a unit of an activity and a day: its state and why.

    `reason` is a refusal code with `params` when the family can do nothing there; `until` is the cutoff, the instant
    until which a family may act on that day by itself. `free` is None when the town does not show it.
    """

    slot_id: UUID
    service_on: date
    state: DayState
    booking_id: UUID | None = None
    reason: str | None = None
    params: dict[str, str] = Field(default_factory=dict)
    until: datetime | None = None
    free: int | None = None


class CalendarRow(Model):
    """One child in one unit of an activity, which `unit_label` names where the activity has several. `child_name` tells the child
    from the others of its household. `marker` is the status of the enrollment, of a validated one if there are several; cells
    are closed until it is validated."""

    child_id: UUID
    child_first_name: str
    child_name: str
    activity_id: UUID
    activity_label: str
    unit_code: str
    unit_label: str | None
    site_label: str
    marker: EnrollmentStatus
    cells: tuple[DayCell, ...]


class Calendar(Model):
    """What a household may book between two dates, both included."""

    household_id: UUID
    from_on: date
    to_on: date
    rows: tuple[CalendarRow, ...]


class BasketLineCreate(Model):
    """A day wished for a child."""

    child_id: UUID
    slot_id: UUID


class BookingName(Model):
    """What names a booking: its id, and its day."""

    booking_id: UUID
    service_on: Day


class BookingChanges(Model):
    """Days to book for one or several children, and bookings to give back: all of it is done together, or nothing.

    `household_id` is for whom; it goes without saying when whoever asks answers for one home of each child alone.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": [name], "properties": {name: {"minItems": 1}}} for name in ("lines", "cancellations")
            ]
        }
    )

    lines: tuple[BasketLineCreate, ...] = Field(default=(), max_length=BASKET_LINES_MAX)
    cancellations: tuple[BookingName, ...] = Field(default=(), max_length=CANCELLATIONS_MAX)
    household_id: UUID | None = None

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.lines and not self.cancellations:
            raise ValueError("name at least one day to book or one booking to give back")
        return self


class Booking(Model):
    """A booked day."""

    booking_id: UUID
    basket_id: UUID
    household_id: UUID
    child_id: UUID
    child_first_name: str | None
    activity_id: UUID
    activity_label: str
    unit_code: str
    unit_label: str
    slot_id: UUID
    service_on: date
    status: BookingStatus
    attendance: Attendance | None
    confirmed_at: datetime
    cancelled_at: datetime | None


class BookingChangesMade(Model):
    """What was done: the days that were booked, under their basket, and each booking that was to be given back, as it is
    now. `basket_id` is None when no day was to be booked."""

    basket_id: UUID | None
    bookings: tuple[Booking, ...]
    cancelled: tuple[Booking, ...]


class AttendanceLine(Model):
    """A child on a sheet; `attendance` is None until marked, `booking_id` when it came unbooked. `child_birth_on` is said of
    namesakes alone."""

    child_id: UUID
    household_id: UUID
    booking_id: UUID | None
    child_first_name: str | None
    child_last_name: str | None
    child_birth_on: date | None = None
    attendance: Attendance | None
    arrived_at: datetime | None = None
    left_at: datetime | None = None


class AttendanceCandidate(Model):
    """An enrolled child who is not on the sheet, for a household that it may have come for."""

    child_id: UUID
    household_id: UUID
    child_first_name: str
    child_last_name: str
    child_birth_on: date | None = None


class AttendanceSheet(Model):
    """The sheet of a day. A mark on a closed sheet opens it again, until it is closed with its corrections.

    `overrun` is by how many the children who came or are expected exceed the places. `candidates` are the enrolled children who
    are not on the sheet.
    """

    slot: Slot
    lines: tuple[AttendanceLine, ...]
    candidates: tuple[AttendanceCandidate, ...]
    overrun: int
    closed_at: datetime | None


class AttendanceMark(Model):
    """What was seen of a child. A child who is not on the sheet is added to it, `unbooked`: for `household_id`, which goes without
    saying when the child has one home. A `device_mark_id` that was noted before is not noted again."""

    child_id: UUID
    attendance: Attendance
    household_id: UUID | None = None
    arrived_at: AwareDatetime | None = None
    left_at: AwareDatetime | None = None
    device_mark_id: UUID | None = None


class AttendanceMarks(Model):
    """Marks to note on a sheet; the others stay as they are."""

    marks: tuple[AttendanceMark, ...] = Field(min_length=1, max_length=MARKS_MAX)
