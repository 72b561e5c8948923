"""Taking what a child has booked along to another of its households."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.days import DateRange, Days
from chassis.identifiers import new_id
from chassis.refusal import Refusal
from contracts.booking.events import EnrollmentEnded, EnrollmentRequested, EnrollmentValidated
from contracts.booking.models import Enrollment
from contracts.booking.moves import DaysMove, DaysMoved, EnrollmentMove
from contracts.types import EnrollmentStatus

from ..bookings.domain import BasketDecision, BookedDay
from ..bookings.store import cancel_bookings, insert_bookings
from ..enrollments import queries
from ..enrollments import store as enrollments
from ..enrollments.commands import lock_from
from ..enrollments.domain import Enrolled, cut_enrollment
from ..errors import AlreadyEnrolled, ChildIsBooked, DaysMoveOutdated, NothingGoesAlong
from ..places.domain import BookingFacts
from ..places.store import lock_places_of_placements
from .domain import Along, Leaving, days_along, fingerprint
from .queries import going_along, references_of
from .store import booked_elsewhere, child_at, load_destination


@dataclass(frozen=True, slots=True)
class Going:
    """An enrollment that goes to a household from a day on, for the child whom it is of or, where two children are one, for the other one."""

    enrollment_id: UUID
    household_id: UUID
    from_on: date
    reason: str = ""
    child_id: UUID | None = None


@command
async def move(
    tx: Transaction, actor: Actor, enrollment_id: UUID, request: EnrollmentMove, zone: ZoneInfo
) -> Enrollment:
    """End an enrollment before a day and begin it in another household of the child, in the same groups, with what is booked: places never
    are free in between.

    Raises:
        NotFound, Invalid, AlreadyEnrolled.
        AttendanceClosed, ChildWasPresent: a day that would go along took place.
    """
    going = Going(enrollment_id, request.household_id, request.from_on, request.reason)
    _, begun_id = await take_along(tx, actor, going, zone)
    return await queries.enrollment(tx, actor, begun_id)


@command
async def move_days(
    tx: Transaction, actor: Actor, claim: Claim, household_id: UUID, request: DaysMove, zone: ZoneInfo
) -> DaysMoved:
    """Have everything of some children go along at once, as it was shown, or nothing.

    Raises:
        NotFound, AlreadyEnrolled.
        DaysMoveOutdated: something was booked, given back or decided since.
        NothingGoesAlong: there is nothing to take along, or something cannot go.
        AttendanceClosed, ChildWasPresent: a day that would go along took place.
    """
    if (answer := await claim.replay(tx, DaysMoved)) is not None:
        return answer
    await references_of(tx, household_id, request.household_id)
    seen = await going_along(tx, actor, household_id, request)
    await _hold(tx, actor, seen, request.from_on)
    going = await going_along(tx, actor, household_id, request)
    if fingerprint(request.household_id, request.from_on, going) != request.fingerprint:
        raise DaysMoveOutdated
    if not going or any(isinstance(item.outcome, Refusal) for item in going):
        raise NothingGoesAlong
    for item in going:
        wish = Going(item.enrollment_id, request.household_id, request.from_on, request.reason)
        await take_along(tx, actor, wish, zone)
    moved = DaysMoved(enrollment_count=len(going), day_count=sum(len(item.leaving.booked_on) for item in going))
    return await claim.keep(tx, moved)


async def _hold(tx: Transaction, actor: Actor, going: Sequence[Along], from_on: date) -> None:
    """Hold all of these enrollments and their places as one who takes several does: enrollments, then activities, then places, each in the order of ids."""
    for item in going:
        await enrollments.lock_enrollment(tx, actor, item.enrollment_id)
    for activity_id in sorted({item.activity_id for item in going}):
        await enrollments.hold_openings(tx, activity_id)
    await lock_places_of_placements(tx, [item.enrollment_id for item in going], from_on)


async def take_along(tx: Transaction, actor: Actor, going: Going, zone: ZoneInfo) -> tuple[Enrolled, UUID]:
    """`move`, in a transaction that does more: the enrollment as it was, and the id of the one that was begun. Raises ChildIsBooked, too."""
    enrollment, booked = await lock_from(tx, actor, going.enrollment_id, going.from_on, zone)
    child_id = going.child_id or enrollment.child_id
    to = await load_destination(tx, going.household_id, child_id)
    leaving = Leaving(enrollment.household_id, enrollment.days, [booking.slot.service_on for booking in booked])
    along = days_along(leaving, to, going.from_on)
    if isinstance(along, Refusal):
        raise along
    now = await tx.now()
    cut = cut_enrollment(enrollment, along.first, civil_day(now, zone), booked)
    if isinstance(cut, Refusal):
        raise cut
    if child_id != enrollment.child_id and (service_on := await booked_elsewhere(tx, child_id, booked)):
        raise ChildIsBooked(service_on=service_on)
    await cancel_bookings(tx, [(booking, actor.account_id) for booking in booked])
    await enrollments.save_cut(tx, going.enrollment_id, cut, enrollments.End(actor.account_id, now, going.reason))
    # Each household reads its own row: neither names the other.
    subject = {"child_id": enrollment.child_id, "activity_id": enrollment.activity_id, "count": len(booked)}
    subject["activity"] = await enrollments.activity_label(tx, enrollment.activity_id)
    leaves = subject | {"ends_on": cut.days.last if cut.days else None, "reason": going.reason}
    comes = subject | {"child_id": child_id} | _days(along)
    tx.note(Act(actor, "enrollment_moved", going.enrollment_id, enrollment.household_id, after=leaves))
    tx.note(Act(actor, "enrollment_moved", going.enrollment_id, going.household_id, after=comes))
    tx.emit(
        EnrollmentEnded(
            enrollment_id=going.enrollment_id,
            household_id=enrollment.household_id,
            child_id=enrollment.child_id,
            activity_id=enrollment.activity_id,
            starts_on=enrollment.days.first,
            ends_on=cut.days.last if cut.days else None,
            cancelled_count=len(booked),
            ended_at=now,
        ),
        *(booking.cancellation(now) for booking in booked),
    )
    begun_id = await _begin(tx, actor, enrollment, (going.household_id, child_id), along)
    await _book(tx, actor, (going.household_id, child_id), booked)
    return enrollment, begun_id


def _days(along: DateRange) -> dict[str, date]:
    return {"starts_on": along.first, "ends_on": along.last}


async def _begin(tx: Transaction, actor: Actor, former: Enrolled, whose: tuple[UUID, UUID], along: DateRange) -> UUID:
    """Begin an enrollment in a household, for a child, as it was in another one; its id."""
    (household_id, child_id), now = whose, await tx.now()
    new = enrollments.NewEnrollment(
        enrollment_id=new_id(),
        household_id=household_id,
        child_id=child_id,
        activity_id=former.activity_id,
        site_code="",
        days=along,
        requested_by=actor.account_id,
        requested_at=now,
    )
    if not await enrollments.insert_enrollment(tx, new):
        raise AlreadyEnrolled
    await enrollments.replace_placements(tx, new.enrollment_id, former.groups.within(Days((along,))))
    ids = {
        "enrollment_id": new.enrollment_id,
        "household_id": household_id,
        "child_id": child_id,
        "activity_id": former.activity_id,
    }
    tx.emit(EnrollmentRequested(**ids, starts_on=along.first, ends_on=along.last, requested_at=now))
    if former.status is EnrollmentStatus.VALIDATED:
        taken = enrollments.DecisionTaken(former.status, None, actor.account_id, now)
        await enrollments.save_decision(tx, new.enrollment_id, taken)
        tx.emit(EnrollmentValidated(**ids, starts_on=along.first, ends_on=along.last, validated_at=now))
    return new.enrollment_id


async def _book(tx: Transaction, actor: Actor, whose: tuple[UUID, UUID], booked: list[BookingFacts]) -> None:
    """Book for a household, for a child, what was booked for another one."""
    if not booked:
        return
    household_id, child_id = whose
    child = await child_at(tx, household_id, child_id)
    days = tuple(BookedDay(new_id(), child, booking.slot) for booking in booked)
    basket = BasketDecision(new_id(), household_id, None, days, await tx.now())
    await insert_bookings(tx, [(basket, actor.account_id)])
    tx.emit(*basket.events())
