"""What travels in the requests and answers about enrollments, the calendar, bookings and attendance."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from contracts.booking.catalog import Code, Slot
from contracts.event import Model
from contracts.http import Day, FieldProblem, Instant, LongText
from contracts.types import Attendance, BookingStatus, DayState, EnrollmentStatus

BASKET_LINES_MAX = 100
CANCELLATIONS_MAX = 100
MARKS_MAX = 1000
VERSION_MAX = 2**31 - 1


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
    """An enrollment and where it stands; `reason` says why it was refused, `end_reason` why it was cut. `placements` are those at the sites
    that the reader reaches. `child_first_name` is None once erased. `has_namesake`: another child of the same name is enrolled at a site of it, so that
    agents tell them apart by their births; families are not told."""

    enrollment_id: UUID
    household_id: UUID
    child_id: UUID
    child_first_name: str | None
    child_last_name: str | None
    child_birth_on: date | None
    activity_id: UUID
    activity_label: str
    status: EnrollmentStatus
    starts_on: date
    ends_on: date
    requested_at: datetime
    decided_at: datetime | None
    reason: str | None
    ended_at: datetime | None
    end_reason: str | None
    placements: tuple[Placement, ...]
    has_namesake: bool = False


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
    """A child on a sheet; `attendance` is None until marked, `booking_id` when it came unbooked. `child_birth_on` is said of those alone who have a namesake on
    the sheet, `child_class` is the class of the day; `version` is another one after each change of what was marked, and never one that the sheet had before."""

    child_id: UUID
    household_id: UUID
    booking_id: UUID | None
    child_first_name: str | None
    child_last_name: str | None
    child_birth_on: date | None = None
    child_class: str | None = None
    attendance: Attendance | None
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    version: int


class ImpliedLine(Model):
    """A child who is there with a unit that implies this one, such as the whole day; it is marked on the sheet of that unit, `slot_id`,
    and nowhere else."""

    child_id: UUID
    child_first_name: str | None
    child_last_name: str | None
    child_birth_on: date | None = None
    child_class: str | None = None
    slot_id: UUID
    unit_label: str
    attendance: Attendance | None


class AttendanceCandidate(Model):
    """An enrolled child who is nowhere at these hours, for a household that it may have come for."""

    child_id: UUID
    household_id: UUID
    child_first_name: str
    child_last_name: str
    child_birth_on: date | None = None
    child_class: str | None = None


class MarkRefused(Model):
    """A mark of a device that cannot be noted, however often it is sent, and why; those sent with it were."""

    device_mark_id: UUID
    errors: tuple[FieldProblem, ...]


class AttendanceSheet(Model):
    """The sheet of a day. A mark that changes something on a closed sheet opens it again, until it is closed with its corrections.

    `overrun` is by how many the children who came or are expected exceed the places. `implied` are the children who are there
    with another unit, `candidates` the enrolled children who are nowhere at these hours. `refused` are the marks of devices, among
    those just sent, that were not noted.
    """

    slot: Slot
    lines: tuple[AttendanceLine, ...]
    implied: tuple[ImpliedLine, ...]
    candidates: tuple[AttendanceCandidate, ...]
    overrun: int
    closed_at: datetime | None
    refused: tuple[MarkRefused, ...] = ()


class AttendanceMark(Model):
    """What was seen of a child. A child who is not on the sheet is added to it, `unbooked`: for `household_id`, which goes without
    saying when the child has one home, and which another mark can correct. An hour that is left out stays as it is, and one that is null is
    taken away; an absent child has none. They are of the day of the sheet, by the town's clock; a departure may be of the morning after. A
    mark with the `version` of the line that was seen, 0 for a child that was not on the sheet, is refused when it would undo what was noted
    since.

    Marks with a `device_mark_id` are what a device kept: each is noted for itself, once, however often it is sent, and one that cannot be
    is named in the answer. The others are noted together or not at all.
    """

    child_id: UUID
    attendance: Attendance
    household_id: UUID | None = None
    arrived_at: Instant | None = None
    left_at: Instant | None = None
    device_mark_id: UUID | None = None
    version: Annotated[int, Field(ge=0, le=VERSION_MAX)] | None = None


class AttendanceMarks(Model):
    """Marks to note on a sheet; the others stay as they are."""

    marks: tuple[AttendanceMark, ...] = Field(min_length=1, max_length=MARKS_MAX)
