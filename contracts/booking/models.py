"""What travels in the requests and answers of the booking service."""

from datetime import date, datetime, time
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from contracts.event import Model
from contracts.http import Day, LongText, ShortText
from contracts.types import ActivityKind, Attendance, BookingStatus, DayState, EnrollmentStatus

BASKET_LINES_MAX = 100
CANCELLATIONS_MAX = 100


def _civil(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("a civil time has no offset: it is read on the town's clock")
    return at


class Cutoff(Model):
    """Until when a family may act by itself: `days_before` the day, at `at` in the town's time zone."""

    days_before: Annotated[int, Field(ge=0, le=60)]
    at: Annotated[time, AfterValidator(_civil)]


class ActivityCreate(Model):
    """A new activity. Ages are in full years on the day of the activity, both included."""

    kind: ActivityKind
    label: ShortText
    site_label: ShortText
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
    site_label: str
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
    """Days on which an activity takes place, each with the same number of places; for an open day, its new number."""

    days: tuple[Day, ...] = Field(min_length=1, max_length=366)
    capacity: PlaceCount


class Slot(Model):
    """An activity on a day. `is_closed`: its attendance sheet is closed."""

    slot_id: UUID
    activity_id: UUID
    activity_label: str
    service_on: date
    capacity: int
    taken: int
    is_closed: bool


class EnrollmentCreate(Model):
    """A child asks to join an activity between two wished dates (the activity's own by default)."""

    child_id: UUID
    activity_id: UUID
    starts_on: Day | None = None
    ends_on: Day | None = None


class Enrollment(Model):
    """An enrollment and where it stands; `reason` says why it was refused. `child_first_name` is None once erased."""

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


class EnrollmentDecision(Model):
    """What an agent decides; a refusal says why."""

    is_validated: bool
    reason: LongText | None = None


class DayCell(Model):
    """A child, an activity and a day: its state and why.

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
    """One child in one activity. `child_name` tells the child from the others of its household. `marker` is the status of the enrollment; cells are closed until it is validated."""

    child_id: UUID
    child_first_name: str
    child_name: str
    enrollment_id: UUID
    activity_id: UUID
    activity_label: str
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


class BookingChanges(Model):
    """Days to book for one or several children, and bookings to give back: all of it is done together, or nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": [name], "properties": {name: {"minItems": 1}}} for name in ("lines", "cancellations")
            ]
        }
    )

    lines: tuple[BasketLineCreate, ...] = Field(default=(), max_length=BASKET_LINES_MAX)
    cancellations: tuple[UUID, ...] = Field(default=(), max_length=CANCELLATIONS_MAX)

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
    """A booked child on a sheet; `attendance` is None until marked. `child_birth_on` is said of namesakes alone."""

    booking_id: UUID
    child_id: UUID
    child_first_name: str | None
    child_last_name: str | None
    child_birth_on: date | None = None
    attendance: Attendance | None


class AttendanceSheet(Model):
    """The sheet of a day. A mark on a closed sheet opens it again, until it is closed with its corrections."""

    slot: Slot
    lines: tuple[AttendanceLine, ...]
    closed_at: datetime | None


class AttendanceMark(Model):
    """What was seen of a booked child."""

    booking_id: UUID
    attendance: Attendance


class AttendanceMarks(Model):
    """Marks to note on a sheet; the others stay as they are."""

    marks: tuple[AttendanceMark, ...] = Field(min_length=1, max_length=1000)
