"""Taking what a child has booked along to another of its households."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.days import DateRange, Days
from chassis.identifiers import new_id
from chassis.refusal import Refusal
from contracts.booking.events import EnrollmentEnded, EnrollmentRequested, EnrollmentValidated
from contracts.booking.models import Enrollment
from contracts.booking.moves import EnrollmentMove
from contracts.types import EnrollmentStatus

from ..bookings.domain import BasketDecision, BookedDay
from ..bookings.store import cancel_bookings, insert_bookings
from ..enrollments import queries
from ..enrollments import store as enrollments
from ..enrollments.commands import lock_from
from ..enrollments.domain import Enrolled, cut_enrollment
from ..errors import AlreadyEnrolled
from ..places.domain import BookingFacts
from .domain import days_along
from .store import child_at, load_destination


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
    enrollment, booked = await lock_from(tx, actor, enrollment_id, request.from_on, zone)
    to = await load_destination(tx, request.household_id, enrollment.child_id)
    along = days_along(enrollment, to, request.from_on, booked)
    if isinstance(along, Refusal):
        raise along
    now = await tx.now()
    cut = cut_enrollment(enrollment, along.first, civil_day(now, zone), booked)
    if isinstance(cut, Refusal):
        raise cut
    await cancel_bookings(tx, [(booking, actor.account_id) for booking in booked])
    await enrollments.save_cut(tx, enrollment_id, cut, enrollments.End(actor.account_id, now, request.reason))
    # Each household reads its own row: neither names the other.
    subject = {"child_id": enrollment.child_id, "activity_id": enrollment.activity_id, "count": len(booked)}
    subject["activity"] = await enrollments.activity_label(tx, enrollment.activity_id)
    leaves = subject | {"ends_on": cut.days.last if cut.days else None, "reason": request.reason}
    tx.note(Act(actor, "enrollment_moved", enrollment_id, enrollment.household_id, after=leaves))
    tx.note(Act(actor, "enrollment_moved", enrollment_id, request.household_id, after=subject | _days(along)))
    tx.emit(
        EnrollmentEnded(
            enrollment_id=enrollment_id,
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
    begun = await _begin(tx, actor, enrollment, request.household_id, along)
    await _book(tx, actor, request.household_id, booked)
    return await queries.enrollment(tx, actor, begun)


def _days(along: DateRange) -> dict[str, date]:
    return {"starts_on": along.first, "ends_on": along.last}


async def _begin(tx: Transaction, actor: Actor, former: Enrolled, household_id: UUID, along: DateRange) -> UUID:
    """Begin an enrollment in a household as it was in another one; its id."""
    now = await tx.now()
    new = enrollments.NewEnrollment(
        enrollment_id=new_id(),
        household_id=household_id,
        child_id=former.child_id,
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
        "child_id": former.child_id,
        "activity_id": former.activity_id,
    }
    tx.emit(EnrollmentRequested(**ids, starts_on=along.first, ends_on=along.last, requested_at=now))
    if former.status is EnrollmentStatus.VALIDATED:
        taken = enrollments.DecisionTaken(former.status, None, actor.account_id, now)
        await enrollments.save_decision(tx, new.enrollment_id, taken)
        tx.emit(EnrollmentValidated(**ids, starts_on=along.first, ends_on=along.last, validated_at=now))
    return new.enrollment_id


async def _book(tx: Transaction, actor: Actor, household_id: UUID, booked: list[BookingFacts]) -> None:
    """Book for a household what was booked for another one."""
    if not booked:
        return
    child = await child_at(tx, household_id, booked[0].child_id)
    days = tuple(BookedDay(new_id(), child, booking.slot) for booking in booked)
    basket = BasketDecision(new_id(), household_id, None, days, await tx.now())
    await insert_bookings(tx, [(basket, actor.account_id)])
    tx.emit(*basket.events())
