"""Whether a child may ask to join an activity, and what an agent's decision changes. Pure."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.clock import age_on
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from contracts.types import EnrollmentStatus

from ..catalog.domain import Period
from ..errors import AgeNotAccepted, AlreadyEnrolled, EnrollmentAlreadyDecided


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """What an activity asks of a child: dates, and ages in full years, all included."""

    period: Period
    age_min: int
    age_max: int


@dataclass(frozen=True, slots=True)
class EnrollableChild:
    """A child whom the actor may act for, in the household that the enrollment will belong to."""

    household_id: UUID
    birth_on: date


@dataclass(frozen=True, slots=True)
class EnrollmentWish:
    """A wish as the service knows it: None stands for a child or an activity that is not there for this actor."""

    today: date
    child: EnrollableChild | None
    activity: ActivityFacts | None
    starts_on: date | None
    ends_on: date | None
    has_live_enrollment: bool


def age_refusal(birth_on: date, activity: ActivityFacts, period: Period) -> Refusal | None:
    """Refuse a child who has not the age of the activity on any day of the period."""
    oldest, youngest = age_on(birth_on, period.ends_on), age_on(birth_on, period.starts_on)
    if oldest < activity.age_min or youngest > activity.age_max:
        return AgeNotAccepted(age_min=activity.age_min, age_max=activity.age_max)
    return None


@dataclass(frozen=True, slots=True)
class EnrollmentPlan:
    """An enrollment that may be asked for."""

    household_id: UUID
    period: Period


def request_enrollment(wish: EnrollmentWish) -> EnrollmentPlan | Refusal:
    """The enrollment that may be asked for, or why it cannot be asked for."""
    if wish.child is None:
        return NotFound(FieldRefusal("/child_id", "child_unknown"))
    if wish.activity is None:
        return NotFound(FieldRefusal("/activity_id", "activity_unknown"))
    offered = wish.activity.period
    period = Period(wish.starts_on or offered.starts_on, wish.ends_on or offered.ends_on)
    bounds = (("starts_on", offered.starts_on), ("ends_on", offered.ends_on))
    if period.ends_on < period.starts_on:
        return Invalid(FieldRefusal("/ends_on", "range_reversed", (("starts_on", period.starts_on),)))
    if period.starts_on not in offered:
        return Invalid(FieldRefusal("/starts_on", "outside_activity", bounds))
    if period.ends_on not in offered:
        return Invalid(FieldRefusal("/ends_on", "outside_activity", bounds))
    if period.ends_on < wish.today:
        return Invalid(FieldRefusal("/ends_on", "period_passed"))
    if wish.has_live_enrollment:
        return AlreadyEnrolled()
    refusal = age_refusal(wish.child.birth_on, wish.activity, period)
    return refusal or EnrollmentPlan(wish.child.household_id, period)


def decide_enrollment(status: EnrollmentStatus, is_validated: bool, reason: str | None) -> EnrollmentStatus | Refusal:
    """The state that a decision brings about; taking the same decision again changes nothing."""
    if not is_validated and not reason:
        return Invalid(FieldRefusal("/reason", "missing"))
    target = EnrollmentStatus.VALIDATED if is_validated else EnrollmentStatus.REFUSED
    if status not in (EnrollmentStatus.REQUESTED, target):
        return EnrollmentAlreadyDecided(status=status.value)
    return target
