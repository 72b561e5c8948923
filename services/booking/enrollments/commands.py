"""Asking for an enrollment, deciding one, ending it, and placing its child in another group."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.days import DateRange
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, NotFound, Refusal
from contracts.booking.events import EnrollmentEnded, EnrollmentRefused, EnrollmentRequested, EnrollmentValidated
from contracts.booking.models import Enrollment, EnrollmentCreate, EnrollmentDecision, EnrollmentEnd, PlacementChange
from contracts.types import EnrollmentStatus

from ..bookings.store import cancel_bookings, load_bookings_beyond
from ..directory.queries import child_for
from ..documents.domain import DocumentRules, Needed
from ..documents.store import load_papers
from ..errors import AlreadyEnrolled
from ..places.domain import BookingFacts
from ..places.store import lock_places_of_placements
from . import queries, store
from .domain import (
    ActivityFacts,
    Enrolled,
    EnrollmentWish,
    change_group,
    cut_enrollment,
    decide_enrollment,
    request_enrollment,
)


@command
async def request_enrollment_for(
    tx: Transaction, actor: Actor, rules: DocumentRules, request: EnrollmentCreate, claim: Claim
) -> Enrollment:
    """Ask for a child to be enrolled in an activity; an agent will decide.

    Raises:
        NotFound: the child is not one of this guardian's, or there is no such activity.
        HouseholdAmbiguous, AlreadyEnrolled, AgeNotAccepted, DocumentMissing, DocumentWaiting: the rules of `child_for` and `domain.request_enrollment`.
    """
    kept = await claim.replay(tx, Enrollment)
    now, today = await tx.now(), await tx.today()
    activity = await store.activity_facts(tx, actor, request.activity_id)
    first = max(today, request.starts_on or (activity.days.first if activity else today))
    child = await child_for(tx, actor, request.child_id, request.household_id, DateRange(first, first))
    if kept and child and activity:
        return kept
    household_id = child["household_id"] if child else None
    wish = EnrollmentWish(
        today=today,
        child=store.enrollable(child) if child else None,
        activity=activity,
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        site_code=request.site_code,
        enrolled=await store.enrolled_days(tx, request.child_id, request.activity_id, household_id),
        documents=await _documents_of(tx, rules.asked_of(actor.kind), (request.child_id, household_id), activity),
    )
    plan = request_enrollment(wish)
    if isinstance(plan, Refusal):
        raise plan
    enrollment = store.NewEnrollment(
        enrollment_id=new_id(),
        household_id=plan.household_id,
        child_id=request.child_id,
        activity_id=request.activity_id,
        site_code=plan.site_code,
        days=plan.days,
        requested_by=actor.account_id,
        requested_at=now,
    )
    if not await store.insert_enrollment(tx, enrollment):
        raise AlreadyEnrolled
    asked = await subject_of(tx, enrollment) | {"starts_on": enrollment.days.first, "ends_on": enrollment.days.last}
    tx.note(Act(actor, "enrollment_requested", enrollment.enrollment_id, enrollment.household_id, after=asked))
    tx.emit(
        EnrollmentRequested(
            enrollment_id=enrollment.enrollment_id,
            household_id=enrollment.household_id,
            child_id=enrollment.child_id,
            activity_id=enrollment.activity_id,
            starts_on=enrollment.days.first,
            ends_on=enrollment.days.last,
            requested_at=now,
        )
    )
    return await claim.keep(tx, await queries.enrollment(tx, actor, enrollment.enrollment_id))


async def _documents_of(
    tx: Transaction, rules: DocumentRules, child: tuple[UUID, UUID | None], activity: ActivityFacts | None
) -> Needed:
    child_id, household_id = child
    if activity is None or household_id is None:
        return Needed()
    codes = activity.required_documents
    papers = await load_papers(tx, rules, [(child_id, household_id)], codes)
    return papers.needed((child_id, household_id), codes)


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides of an enrollment; `reason` says why it is refused. The family is told from an instant on, or at once."""

    actor: Actor
    status: EnrollmentStatus
    reason: str | None
    tellable_at: datetime | None = None


async def settle(tx: Transaction, enrollment: Enrolled, decision: Decision) -> None:
    """Carry a decision out on an enrollment that is held and awaits it."""
    now, actor, status = await tx.now(), decision.actor, decision.status
    taken = store.DecisionTaken(status, decision.reason, actor.account_id, now)
    await store.save_decision(tx, enrollment.enrollment_id, taken)
    is_validated = status is EnrollmentStatus.VALIDATED
    action = "enrollment_validated" if is_validated else "enrollment_refused"
    before = {"status": enrollment.status}
    after = await subject_of(tx, enrollment) | {"status": status, "reason": decision.reason}
    tx.note(Act(actor, action, enrollment.enrollment_id, enrollment.household_id, before=before, after=after))
    facts = {**ids_of(enrollment), "tellable_at": decision.tellable_at}
    if is_validated:
        days = enrollment.days
        tx.emit(EnrollmentValidated(**facts, starts_on=days.first, ends_on=days.last, validated_at=now))
    else:
        tx.emit(EnrollmentRefused(**facts, refused_at=now))


@command
async def decide(tx: Transaction, actor: Actor, enrollment_id: UUID, request: EnrollmentDecision) -> Enrollment:
    """Validate or refuse an enrollment that awaits its decision.

    Raises:
        EnrollmentAlreadyDecided: another agent decided otherwise before.
    """
    enrollment = await _lock(tx, actor, enrollment_id)
    status = decide_enrollment(enrollment.status, request.is_validated, request.reason)
    if isinstance(status, Refusal):
        raise status
    if status is not enrollment.status:
        reason = None if request.is_validated else request.reason
        await settle(tx, enrollment, Decision(actor, status, reason))
    return await queries.enrollment(tx, actor, enrollment_id)


@command
async def end(tx: Transaction, actor: Actor, enrollment_id: UUID, request: EnrollmentEnd, zone: ZoneInfo) -> Enrollment:
    """End an enrollment before a day: from there on the child has no group, and what was booked is cancelled.

    Raises:
        AttendanceClosed: a day that would be lost took place, and its sheet was closed.
        ChildWasPresent: on a day that would be lost the child is marked as there.
    """
    enrollment, booked = await lock_from(tx, actor, enrollment_id, request.from_on, zone)
    now = await tx.now()
    cut = cut_enrollment(enrollment, request.from_on, civil_day(now, zone), booked)
    if isinstance(cut, Refusal):
        raise cut
    await cancel_bookings(tx, [(booking, actor.account_id) for booking in booked])
    await store.save_cut(tx, enrollment_id, cut, store.End(actor.account_id, now, request.reason))
    before = {"starts_on": enrollment.days.first, "ends_on": enrollment.days.last}
    after = await subject_of(tx, enrollment) | {
        "ends_on": cut.days.last if cut.days else None,
        "reason": request.reason,
        "count": len(booked),
    }
    tx.note(Act(actor, "enrollment_ended", enrollment_id, enrollment.household_id, before=before, after=after))
    ended = EnrollmentEnded(
        **ids_of(enrollment),
        starts_on=enrollment.days.first,
        ends_on=cut.days.last if cut.days else None,
        cancelled_count=len(booked),
        ended_at=now,
    )
    tx.emit(ended, *(booking.cancellation(now) for booking in booked))
    return await queries.enrollment(tx, actor, enrollment_id)


@command
async def change_placement(
    tx: Transaction, actor: Actor, enrollment_id: UUID, request: PlacementChange, zone: ZoneInfo
) -> Enrollment:
    """Place an enrolled child in another group of its activity, from a day on.

    Raises:
        BookingsRemain: days are booked in the group that it would leave.
    """
    enrollment, booked = await lock_from(tx, actor, enrollment_id, request.from_on, zone)
    if not await store.is_group_of(tx, actor, request.group_id, enrollment.activity_id):
        raise NotFound(FieldRefusal("/group_id", "group_unknown"))
    today = civil_day(await tx.now(), zone)
    groups = change_group(enrollment, request.group_id, request.from_on, today, booked)
    if isinstance(groups, Refusal):
        raise groups
    await store.replace_placements(tx, enrollment_id, groups)
    placed = await subject_of(tx, enrollment) | {"group_id": request.group_id, "from_on": request.from_on}
    tx.note(Act(actor, "enrollment_placed", enrollment_id, enrollment.household_id, after=placed))
    return await queries.enrollment(tx, actor, enrollment_id)


async def _lock(tx: Transaction, actor: Actor, enrollment_id: UUID) -> Enrolled:
    enrollment = await store.lock_enrollment(tx, actor, enrollment_id)
    if enrollment is None:
        raise NotFound
    return enrollment


async def lock_from(
    tx: Transaction, actor: Actor, enrollment_id: UUID, from_on: date, zone: ZoneInfo
) -> tuple[Enrolled, list[BookingFacts]]:
    """An enrollment and what is booked on its days from one on, locked so that nothing is booked there meanwhile."""
    enrollment = await _lock(tx, actor, enrollment_id)
    await store.hold_openings(tx, enrollment.activity_id)
    await lock_places_of_placements(tx, [enrollment_id], from_on)
    return enrollment, await load_bookings_beyond(tx, enrollment, from_on, zone)


async def subject_of(tx: Transaction, enrollment: Enrolled | store.NewEnrollment) -> dict[str, Any]:
    """Whom and what an act was about, as the history keeps it: an activity by the name that it had then."""
    return {
        "child_id": enrollment.child_id,
        "activity_id": enrollment.activity_id,
        "activity": await store.activity_label(tx, enrollment.activity_id),
    }


def ids_of(enrollment: Enrolled) -> dict[str, UUID]:
    return {
        "enrollment_id": enrollment.enrollment_id,
        "household_id": enrollment.household_id,
        "child_id": enrollment.child_id,
        "activity_id": enrollment.activity_id,
    }
