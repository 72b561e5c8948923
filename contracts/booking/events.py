"""Events of the booking service."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from contracts.event import Event, Model


class ActivitySite(Model):
    """A place where an activity is held."""

    code: str
    label: str


class ActivityUnit(Model):
    """A part of the day in which an activity can be booked."""

    code: str
    label: str


class ActivityState(Event):
    """An activity as others need it: what it is called, where and in which units it is held, and which tariff prices it.

    `kind` is one of `contracts.types.ActivityKind`, which grows.
    """

    event_type: ClassVar[str] = "booking.activity_state.v1"
    topic: ClassVar[str] = "booking.activities"
    key_field: ClassVar[str] = "activity_id"

    activity_id: UUID
    kind: str
    label: str
    sites: tuple[ActivitySite, ...]
    units: tuple[ActivityUnit, ...]
    tariff_code: str


class EnrollmentRequested(Event):
    """A family asked for a child to be enrolled in an activity (marker "?")."""

    event_type: ClassVar[str] = "booking.enrollment_requested.v1"
    topic: ClassVar[str] = "booking.enrollments"
    key_field: ClassVar[str] = "household_id"

    enrollment_id: UUID
    household_id: UUID
    child_id: UUID
    activity_id: UUID
    starts_on: date
    ends_on: date
    requested_at: datetime


class EnrollmentValidated(Event):
    """An agent validated the enrollment: its days are open to booking (marker "V"). `tellable_at`: the family is not told before, for until then the decision
    may be taken back."""

    event_type: ClassVar[str] = "booking.enrollment_validated.v1"
    topic: ClassVar[str] = "booking.enrollments"
    key_field: ClassVar[str] = "household_id"

    enrollment_id: UUID
    household_id: UUID
    child_id: UUID
    activity_id: UUID
    starts_on: date
    ends_on: date
    validated_at: datetime
    tellable_at: datetime | None = None


class EnrollmentRefused(Event):
    """An agent refused the enrollment. The reason stays in the booking service: it may say something personal. `tellable_at`: as of one that is validated."""

    event_type: ClassVar[str] = "booking.enrollment_refused.v1"
    topic: ClassVar[str] = "booking.enrollments"
    key_field: ClassVar[str] = "household_id"

    enrollment_id: UUID
    household_id: UUID
    child_id: UUID
    activity_id: UUID
    refused_at: datetime
    tellable_at: datetime | None = None


class EnrollmentReopened(Event):
    """A decision on the enrollment was taken back before the family was told: it waits again."""

    event_type: ClassVar[str] = "booking.enrollment_reopened.v1"
    topic: ClassVar[str] = "booking.enrollments"
    key_field: ClassVar[str] = "household_id"

    enrollment_id: UUID
    household_id: UUID
    child_id: UUID
    activity_id: UUID
    starts_on: date
    ends_on: date
    reopened_at: datetime


class EnrollmentEnded(Event):
    """An enrollment was cut: it ends on `ends_on`, or never was when that is None. Bookings beyond are cancelled, each with its event;
    `cancelled_count` is their number. The reason stays in the booking service: it may say something personal."""

    event_type: ClassVar[str] = "booking.enrollment_ended.v1"
    topic: ClassVar[str] = "booking.enrollments"
    key_field: ClassVar[str] = "household_id"

    enrollment_id: UUID
    household_id: UUID
    child_id: UUID
    activity_id: UUID
    starts_on: date
    ends_on: date | None
    cancelled_count: int
    ended_at: datetime


class BookingConfirmed(Event):
    """A child has a place in an activity on a day."""

    event_type: ClassVar[str] = "booking.booking_confirmed.v1"
    topic: ClassVar[str] = "booking.bookings"
    key_field: ClassVar[str] = "household_id"

    booking_id: UUID
    basket_id: UUID
    household_id: UUID
    child_id: UUID
    activity_id: UUID
    unit_code: str
    slot_id: UUID
    service_on: date
    confirmed_at: datetime


class BookingCancelled(Event):
    """A place was given back. `is_chargeable`: the cancellation came too late to be free."""

    event_type: ClassVar[str] = "booking.booking_cancelled.v1"
    topic: ClassVar[str] = "booking.bookings"
    key_field: ClassVar[str] = "household_id"

    booking_id: UUID
    household_id: UUID
    child_id: UUID
    activity_id: UUID
    unit_code: str
    slot_id: UUID
    service_on: date
    is_chargeable: bool
    cancelled_at: datetime


class BasketLine(Model):
    """One booked day of a basket."""

    booking_id: UUID
    child_id: UUID
    activity_id: UUID
    unit_code: str
    service_on: date


class BasketConfirmed(Event):
    """Every day of a basket was booked, together; it comes after the `BookingConfirmed` of each of its days. `guardian_id` is the adult of
    the household who did it, `delegation_id` says that somebody did it whom a parent let act for them."""

    event_type: ClassVar[str] = "booking.basket_confirmed.v1"
    topic: ClassVar[str] = "booking.bookings"
    key_field: ClassVar[str] = "household_id"

    basket_id: UUID
    household_id: UUID
    guardian_id: UUID | None
    lines: tuple[BasketLine, ...]
    confirmed_at: datetime
    delegation_id: UUID | None = None


class AttendanceRecorded(Event):
    """The attendance sheet of a day was closed with this mark for this child; a later one with its `attendance_id` replaces it.

    An attendance is of one booking, or, `booking_id` being None, of a child who came unbooked for this household. When such a child turns
    out to be booked, or of another home, that is another attendance, and the former is `absent_excused`. `attendance` is one of `contracts.types.Attendance`, which grows.
    """

    event_type: ClassVar[str] = "booking.attendance_recorded.v1"
    topic: ClassVar[str] = "booking.bookings"
    key_field: ClassVar[str] = "household_id"

    attendance_id: UUID
    booking_id: UUID | None
    household_id: UUID
    child_id: UUID
    activity_id: UUID
    unit_code: str
    slot_id: UUID
    service_on: date
    attendance: str
    arrived_at: datetime | None
    left_at: datetime | None
    recorded_at: datetime


class CareKeyState(Event):
    """The public key (a JWK of X25519) with which what must be known of a child in care is sealed for the booking service. There is one while the child
    is enrolled; a tombstone says that nothing need be known of it any more."""

    event_type: ClassVar[str] = "booking.care_key_state.v1"
    topic: ClassVar[str] = "booking.care_keys"
    key_field: ClassVar[str] = "child_id"

    child_id: UUID
    public_key: str
