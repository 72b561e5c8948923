"""Whether a child may ask to join an activity, what an agent's decision changes, and where a cut or another group leaves it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.clock import age_on
from chassis.days import ALWAYS, ONE_DAY, DateRange, Days
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from chassis.timeline import Timeline
from contracts.types import EnrollmentStatus

from ..documents.domain import Needed
from ..errors import (
    AgeNotAccepted,
    AlreadyEnrolled,
    AttendanceClosed,
    BookingsRemain,
    ChildWasPresent,
    DocumentMissing,
    DocumentWaiting,
    EnrollmentAlreadyDecided,
    PlacedAtAnotherSite,
)
from ..places.domain import BookingFacts

LIVE = frozenset({EnrollmentStatus.REQUESTED, EnrollmentStatus.VALIDATED})
"""The states in which an enrollment has its days for itself."""


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """What an activity asks of a child: dates, ages in full years, all included; where it is held; and the codes of the documents that come first."""

    days: DateRange
    age_min: int
    age_max: int
    site_codes: tuple[str, ...]
    required_documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnrollableChild:
    """A child whom the actor may act for, in the household that the enrollment will belong to and on whose `days` it belongs there."""

    household_id: UUID
    birth_on: date
    days: Days = ALWAYS


@dataclass(frozen=True, slots=True)
class EnrollmentWish:
    """A wish as the service knows it: None stands for a child or an activity that is not there for this actor, and for a date or
    a site that was not said. `enrolled` are the days that the child's live enrollments there have, for the same household; `documents` what a family brings first."""

    today: date
    child: EnrollableChild | None
    activity: ActivityFacts | None
    starts_on: date | None = None
    ends_on: date | None = None
    site_code: str | None = None
    enrolled: Days = Days()  # noqa: RUF009 - it is frozen
    documents: Needed = Needed()  # noqa: RUF009 - it is frozen


def age_refusal(birth_on: date, activity: ActivityFacts, days: DateRange) -> Refusal | None:
    """Refuse a child who has not the age of the activity on any day of the period."""
    oldest, youngest = age_on(birth_on, days.last), age_on(birth_on, days.first)
    if oldest < activity.age_min or youngest > activity.age_max:
        return AgeNotAccepted(age_min=activity.age_min, age_max=activity.age_max)
    return None


@dataclass(frozen=True, slots=True)
class EnrollmentPlan:
    """An enrollment that may be asked for."""

    household_id: UUID
    days: DateRange
    site_code: str


def request_enrollment(wish: EnrollmentWish) -> EnrollmentPlan | Refusal:
    """The enrollment that may be asked for, or why it cannot be asked for."""
    if wish.child is None:
        return NotFound(FieldRefusal("/child_id", "child_unknown"))
    if wish.activity is None:
        return NotFound(FieldRefusal("/activity_id", "activity_unknown"))
    days = _days_of(wish, wish.activity.days)
    if isinstance(days, Refusal):
        return days
    days = _within_membership(wish, wish.child.days, days)
    if isinstance(days, Refusal):
        return days
    if not Days((days,)).is_disjoint(wish.enrolled):
        return AlreadyEnrolled()
    site_code = _site_of(wish.site_code, wish.activity.site_codes)
    if isinstance(site_code, Refusal):
        return site_code
    refusal = age_refusal(wish.child.birth_on, wish.activity, days) or _document_refusal(wish, days)
    return refusal or EnrollmentPlan(wish.child.household_id, days, site_code)


def _document_refusal(wish: EnrollmentWish, days: DateRange) -> Refusal | None:
    """Refuse what lacks a document on its first day; later days are judged one by one, as they are booked."""
    gap = wish.documents.gap_on(max(wish.today, days.first))
    if gap is None:
        return None
    return DocumentWaiting(documents=gap.words) if gap.is_sent else DocumentMissing(documents=gap.words)


def _days_of(wish: EnrollmentWish, offered: DateRange) -> DateRange | Refusal:
    starts_on, ends_on = wish.starts_on or offered.first, wish.ends_on or offered.last
    bounds = (("starts_on", offered.first), ("ends_on", offered.last))
    if ends_on < starts_on:
        return Invalid(FieldRefusal("/ends_on", "range_reversed", (("starts_on", starts_on),)))
    if starts_on not in offered:
        return Invalid(FieldRefusal("/starts_on", "outside_activity", bounds))
    if ends_on not in offered:
        return Invalid(FieldRefusal("/ends_on", "outside_activity", bounds))
    if ends_on < wish.today:
        return Invalid(FieldRefusal("/ends_on", "period_passed"))
    return DateRange(starts_on, ends_on)


def _within_membership(wish: EnrollmentWish, member: Days, days: DateRange) -> DateRange | Refusal:
    """The days wished, of which those that were not said end where the child no longer belongs to the household."""
    parts = [part for part in Days((days,)) & member if part.last >= wish.today]
    if not parts or (wish.starts_on is not None and parts[0].first > days.first):
        return Invalid(FieldRefusal("/starts_on", "outside_membership"))
    if wish.ends_on is not None and parts[0].last < days.last:
        return Invalid(FieldRefusal("/ends_on", "outside_membership"))
    return parts[0]


def _site_of(wished: str | None, site_codes: Sequence[str]) -> str | Refusal:
    """The site wished, or the only one there is."""
    if wished is None:
        return site_codes[0] if len(site_codes) == 1 else Invalid(FieldRefusal("/site_code", "missing"))
    return wished if wished in site_codes else NotFound(FieldRefusal("/site_code", "site_unknown"))


def decide_enrollment(status: EnrollmentStatus, is_validated: bool, reason: str | None) -> EnrollmentStatus | Refusal:
    """The state that a decision brings about; taking the same decision again changes nothing."""
    if not is_validated and not reason:
        return Invalid(FieldRefusal("/reason", "missing"))
    target = EnrollmentStatus.VALIDATED if is_validated else EnrollmentStatus.REFUSED
    if status not in (EnrollmentStatus.REQUESTED, target):
        return EnrollmentAlreadyDecided(status=status.value)
    return target


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An enrollment, as locked, and the groups that the child is in, day by day; on the days `of_others` these are at sites that
    whoever acts does not reach."""

    enrollment_id: UUID
    household_id: UUID
    child_id: UUID
    activity_id: UUID
    status: EnrollmentStatus
    days: DateRange
    groups: Timeline[UUID]
    of_others: Days = Days()  # noqa: RUF009 - it is frozen


@dataclass(frozen=True, slots=True)
class Cut:
    """What an enrollment is once it ends: its days, None when none is left, and the groups of these days."""

    status: EnrollmentStatus
    days: DateRange | None
    groups: Timeline[UUID]


def cut_enrollment(enrollment: Enrolled, from_on: date, today: date, booked: Sequence[BookingFacts]) -> Cut | Refusal:
    """What is left of an enrollment that ends before a day, and that has these days booked from that day on."""
    if refusal := _refuse_change(enrollment, from_on, today):
        return refusal
    if closed := [booking.slot.service_on for booking in booked if booking.is_closed]:
        return AttendanceClosed(service_on=max(closed))
    if present := [booking.slot.service_on for booking in booked if booking.is_present]:
        return ChildWasPresent(service_on=max(present))
    if from_on <= enrollment.days.first:
        return Cut(EnrollmentStatus.ENDED, None, Timeline())
    kept = DateRange(enrollment.days.first, from_on - ONE_DAY)
    return Cut(enrollment.status, kept, enrollment.groups.within(Days((kept,))))


def change_group(
    enrollment: Enrolled, group_id: UUID, from_on: date, today: date, booked: Sequence[BookingFacts]
) -> Timeline[UUID] | Refusal:
    """The groups of an enrolled child who changes to another one on a day, and who has these days booked from that day on."""
    if refusal := _refuse_change(enrollment, from_on, today):
        return refusal
    during = DateRange(max(from_on, enrollment.days.first), enrollment.days.last)
    groups = enrollment.groups.put(during, group_id)
    moved = Days.of(change.during for change in enrollment.groups.changes_to(groups))
    if remaining := sorted(booking.slot.service_on for booking in booked if booking.slot.service_on in moved):
        return BookingsRemain(count=len(remaining), service_on=remaining[0])
    return groups


def _refuse_change(enrollment: Enrolled, from_on: date, today: date) -> Refusal | None:
    if enrollment.status not in LIVE:
        return EnrollmentAlreadyDecided(status=enrollment.status.value)
    if from_on < today:
        return Invalid(FieldRefusal("/from_on", "period_passed"))
    if from_on > enrollment.days.last:
        bounds = (("starts_on", enrollment.days.first), ("ends_on", enrollment.days.last))
        return Invalid(FieldRefusal("/from_on", "outside_enrollment", bounds))
    if placed := enrollment.of_others & Days((DateRange(from_on, enrollment.days.last),)):
        return PlacedAtAnotherSite(service_on=next(iter(placed)).first)
    return None
