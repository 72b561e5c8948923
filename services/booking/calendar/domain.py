"""The state of a day, for one child in one activity: a table of rules, read from the top; the first that holds decides.

The calendar shows what this function derives and a booking is decided by the same function on the rows it has locked, so
that what is shown is what is decided. `docs/deadlines.md` works examples through; the tests run them. Pure.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum, auto
from typing import Final

from chassis.clock import age_on
from chassis.days import DateRange
from contracts.types import BookingStatus, DayState, EnrollmentStatus

from ..documents.domain import Gap
from ..places.domain import LIVE, Places, SlotFacts, Stay, came_unbooked, elsewhere, excluding


class DayReason(StrEnum):
    """Why a family can do nothing on a day; published as a code, so a member is never renamed."""

    NOT_IN_HOUSEHOLD = auto()
    NOT_ANSWERED_FOR = auto()
    NOT_ENROLLED = auto()
    ENROLLMENT_NOT_VALIDATED = auto()
    ENROLLMENT_REFUSED = auto()
    OUTSIDE_ENROLLMENT = auto()
    OTHER_GROUP = auto()
    AGE_NOT_ACCEPTED = auto()
    SLOT_CLOSED = auto()
    CUTOFF_PASSED = auto()
    ALREADY_PRESENT = auto()
    AT_ANOTHER_SITE = auto()
    MARKED_PRESENT = auto()
    ELSEWHERE = auto()
    UNIT_EXCLUDED = auto()
    SLOT_FULL = auto()
    DOCUMENT_MISSING = auto()
    DOCUMENT_WAITING = auto()


@dataclass(frozen=True, slots=True)
class EnrollmentFacts:
    """A child's enrollment in the activity. `is_in_group`: on the day, the child is in the group of the slot."""

    status: EnrollmentStatus
    days: DateRange
    is_in_group: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """On a day: whether the child belongs to the household, whether whoever asks answers for it there, an agent always, and whether
    they may give its booking back."""

    is_member: bool = True
    is_answered_for: bool = True
    may_give_back: bool = True


@dataclass(frozen=True, slots=True)
class DayFacts:
    """All that the state of a day depends on. `booking` is the child's latest one there; ages are in full years.

    `elsewhere` is what it has at the same minutes, `excluded_by` what it cannot have beside this; `sites` those that whoever asks
    may hear of, None for every one. `is_closed`: the sheet of the day is, or a closing said what became of the booking. `is_present`:
    the child was marked as there, booked or not. `standing` is what it is to the household, and whoever asks to it; `gap` what of
    the documents that the activity asks for is not there.
    """

    now: datetime
    service_on: date
    cutoff: datetime
    capacity: int
    taken: int
    is_closed: bool
    enrollment: EnrollmentFacts | None
    age: int
    age_min: int
    age_max: int
    booking: BookingStatus | None = None
    elsewhere: Stay | None = None
    excluded_by: Stay | None = None
    is_present: bool = False
    standing: Standing = Standing()
    gap: Gap | None = None
    sites: Set[str] | None = None

    @property
    def is_at_another_site(self) -> bool:
        """Whether what stands against the day is none of the business of whoever asks."""
        stays = (stay for stay in (self.elsewhere, self.excluded_by) if stay is not None)
        return self.sites is not None and any(stay.site_code not in self.sites for stay in stays)

    @property
    def is_booked(self) -> bool:
        """Whether the child has a place there now."""
        return self.booking in LIVE

    @property
    def is_late(self) -> bool:
        """Whether the cutoff is over; the instant of the cutoff itself is still in time."""
        return self.now > self.cutoff

    def has_enrollment(self, *statuses: EnrollmentStatus) -> bool:
        """Whether the child has an enrollment in one of these states."""
        return self.enrollment is not None and self.enrollment.status in statuses


@dataclass(frozen=True, slots=True)
class ChildOnDay:
    """A child on the day of a slot. `stays` are where it is that day; of its booking there, `is_recorded`: a closing published what
    became of it, `is_present`: the child is marked as there. `gap`: the documents that a family still has to bring, none for an agent."""

    birth_on: date
    enrollment: EnrollmentFacts | None
    booking: BookingStatus | None
    stays: Sequence[Stay]
    standing: Standing
    is_recorded: bool = False
    is_present: bool = False
    gap: Gap | None = None


def day_facts(
    now: datetime, slot: SlotFacts, places: Places, child: ChildOnDay, sites: Set[str] | None = None
) -> DayFacts:
    """What the state of a child's day depends on, for the calendar and for a booking alike."""
    return DayFacts(
        now=now,
        service_on=slot.service_on,
        cutoff=slot.cutoff,
        capacity=places.capacity,
        taken=places.taken,
        is_closed=slot.is_closed or child.is_recorded,
        enrollment=child.enrollment,
        age=age_on(child.birth_on, slot.service_on),
        age_min=slot.age_min,
        age_max=slot.age_max,
        booking=child.booking,
        elsewhere=elsewhere(slot.unit, child.stays),
        excluded_by=excluding(slot.activity_id, slot.unit, child.stays),
        is_present=child.is_present or came_unbooked(slot.slot_id, child.stays),
        standing=child.standing,
        gap=child.gap,
        sites=sites,
    )


@dataclass(frozen=True, slots=True)
class DayVerdict:
    """The state of a day; when the family can do nothing there, why (`reason`) and the facts of it (`params`)."""

    state: DayState
    reason: DayReason | None = None
    params: Mapping[str, str] = field(default_factory=dict)


Rule = tuple[Callable[[DayFacts], bool], DayState, DayReason | None]

# For a day on which the child has no place.
RULES: Final[tuple[Rule, ...]] = (
    (lambda day: not day.standing.is_member, DayState.CLOSED, DayReason.NOT_IN_HOUSEHOLD),
    (lambda day: not day.standing.is_answered_for, DayState.CLOSED, DayReason.NOT_ANSWERED_FOR),
    (
        lambda day: day.has_enrollment(EnrollmentStatus.REQUESTED),
        DayState.PENDING,
        DayReason.ENROLLMENT_NOT_VALIDATED,
    ),
    (lambda day: day.has_enrollment(EnrollmentStatus.REFUSED), DayState.CLOSED, DayReason.ENROLLMENT_REFUSED),
    (lambda day: not day.has_enrollment(EnrollmentStatus.VALIDATED), DayState.CLOSED, DayReason.NOT_ENROLLED),
    (lambda day: not _is_within_enrollment(day), DayState.CLOSED, DayReason.OUTSIDE_ENROLLMENT),
    (lambda day: not _is_in_group(day), DayState.CLOSED, DayReason.OTHER_GROUP),
    (lambda day: not day.age_min <= day.age <= day.age_max, DayState.CLOSED, DayReason.AGE_NOT_ACCEPTED),
    (lambda day: day.is_closed, DayState.CLOSED, DayReason.SLOT_CLOSED),
    (lambda day: day.is_late, DayState.CLOSED, DayReason.CUTOFF_PASSED),
    (lambda day: day.is_present, DayState.CLOSED, DayReason.ALREADY_PRESENT),
    (lambda day: day.is_at_another_site, DayState.CLOSED, DayReason.AT_ANOTHER_SITE),
    (lambda day: day.elsewhere is not None, DayState.CLOSED, DayReason.ELSEWHERE),
    (lambda day: day.excluded_by is not None, DayState.CLOSED, DayReason.UNIT_EXCLUDED),
    (lambda day: day.taken >= day.capacity, DayState.FULL, DayReason.SLOT_FULL),
    (lambda day: day.gap is not None and not day.gap.is_sent, DayState.CLOSED, DayReason.DOCUMENT_MISSING),
    (lambda day: day.gap is not None, DayState.CLOSED, DayReason.DOCUMENT_WAITING),
    (lambda day: day.booking is BookingStatus.CANCELLED, DayState.CANCELLED, None),
    (lambda _day: True, DayState.BOOKABLE, None),
)

OPEN_STATES: Final = frozenset({DayState.BOOKABLE, DayState.CANCELLED})
"""The states in which a place can be booked."""


def derive_booked_state(now: datetime, cutoff: datetime, is_closed: bool, is_present: bool) -> DayVerdict:
    """The state of a day on which the child has a place: whether the family may still give it back."""
    if is_closed:
        return DayVerdict(DayState.BOOKED_LOCKED, DayReason.SLOT_CLOSED)
    if is_present:
        return DayVerdict(DayState.BOOKED_LOCKED, DayReason.MARKED_PRESENT)
    if now > cutoff:
        return DayVerdict(DayState.BOOKED_LOCKED, DayReason.CUTOFF_PASSED, {"until": cutoff.isoformat()})
    return DayVerdict(DayState.BOOKED)


def derive_day_state(day: DayFacts) -> DayVerdict:
    """The state of a day and why."""
    if day.is_booked and not day.standing.may_give_back:
        return DayVerdict(DayState.BOOKED_LOCKED, DayReason.NOT_ANSWERED_FOR)
    if day.is_booked:
        return derive_booked_state(day.now, day.cutoff, day.is_closed, day.is_present)
    for holds, state, reason in RULES:
        if holds(day):
            return DayVerdict(state, reason, _params(day, reason))
    raise AssertionError("the last rule holds for every day")


def _is_within_enrollment(day: DayFacts) -> bool:
    return day.enrollment is not None and day.service_on in day.enrollment.days


def _is_in_group(day: DayFacts) -> bool:
    return day.enrollment is not None and day.enrollment.is_in_group


def _params(day: DayFacts, reason: DayReason | None) -> Mapping[str, str]:
    match reason:
        case DayReason.CUTOFF_PASSED:
            return {"until": day.cutoff.isoformat()}
        case DayReason.AGE_NOT_ACCEPTED:
            return {"age_min": str(day.age_min), "age_max": str(day.age_max), "age": str(day.age)}
        case DayReason.OUTSIDE_ENROLLMENT if day.enrollment is not None:
            return {
                "starts_on": day.enrollment.days.first.isoformat(),
                "ends_on": day.enrollment.days.last.isoformat(),
            }
        case DayReason.ELSEWHERE if day.elsewhere is not None:
            return {"other_activity": day.elsewhere.activity_label, "other_unit": day.elsewhere.unit.label}
        case DayReason.UNIT_EXCLUDED if day.excluded_by is not None:
            return {"other_unit": day.excluded_by.unit.label}
        case DayReason.DOCUMENT_MISSING | DayReason.DOCUMENT_WAITING if day.gap is not None:
            return {"documents": day.gap.words}
        case _:
            return {}
