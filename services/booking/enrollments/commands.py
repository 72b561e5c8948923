"""Asking for an enrollment, and deciding one."""

from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import NotFound, Refusal
from contracts.booking.events import EnrollmentRefused, EnrollmentRequested, EnrollmentValidated
from contracts.booking.models import Enrollment, EnrollmentCreate, EnrollmentDecision
from contracts.types import EnrollmentStatus

from ..catalog.domain import Period
from ..directory.queries import child_for
from ..errors import AlreadyEnrolled
from . import queries, store
from .domain import ActivityFacts, EnrollableChild, EnrollmentWish, decide_enrollment, request_enrollment


@command
async def request_enrollment_for(
    tx: Transaction, actor: Actor, request: EnrollmentCreate, claim: Claim, zone: ZoneInfo
) -> Enrollment:
    """Ask for a child to be enrolled in an activity; an agent will decide.

    Raises:
        NotFound: the child is not one of this guardian's, or there is no such activity.
        AlreadyEnrolled, AgeNotAccepted: the rules of `domain.request_enrollment`.
    """
    if kept := await claim.replay(tx, Enrollment):
        return kept
    now = await tx.now()
    child = await child_for(tx, actor, request.child_id)
    activity = await store.activity_facts(tx, request.activity_id)
    wish = EnrollmentWish(
        today=civil_day(now, zone),
        child=EnrollableChild(child["household_id"], child["birth_on"]) if child else None,
        activity=ActivityFacts(
            Period(activity["starts_on"], activity["ends_on"]), activity["age_min"], activity["age_max"]
        )
        if activity
        else None,
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        has_live_enrollment=await store.has_live_enrollment(tx, request.child_id, request.activity_id),
    )
    plan = request_enrollment(wish)
    if isinstance(plan, Refusal):
        raise plan
    enrollment = store.NewEnrollment(
        enrollment_id=new_id(),
        household_id=plan.household_id,
        child_id=request.child_id,
        activity_id=request.activity_id,
        starts_on=plan.period.starts_on,
        ends_on=plan.period.ends_on,
        requested_by=actor.account_id,
        requested_at=now,
    )
    if not await store.insert_enrollment(tx, enrollment):
        raise AlreadyEnrolled
    asked = {
        "child_id": enrollment.child_id,
        "activity_id": enrollment.activity_id,
        "starts_on": enrollment.starts_on,
        "ends_on": enrollment.ends_on,
    }
    tx.note(Act(actor, "enrollment_requested", enrollment.enrollment_id, enrollment.household_id, after=asked))
    tx.emit(
        EnrollmentRequested(
            enrollment_id=enrollment.enrollment_id,
            household_id=enrollment.household_id,
            child_id=enrollment.child_id,
            activity_id=enrollment.activity_id,
            starts_on=enrollment.starts_on,
            ends_on=enrollment.ends_on,
            requested_at=now,
        )
    )
    return await claim.keep(tx, await queries.enrollment(tx, enrollment.enrollment_id))


@command
async def decide(tx: Transaction, actor: Actor, enrollment_id: UUID, request: EnrollmentDecision) -> Enrollment:
    """Validate or refuse an enrollment that awaits its decision.

    Raises:
        EnrollmentAlreadyDecided: another agent decided otherwise before.
    """
    row = await store.lock_enrollment(tx, enrollment_id)
    if row is None:
        raise NotFound
    status = decide_enrollment(EnrollmentStatus(row["status"]), request.is_validated, request.reason)
    if isinstance(status, Refusal):
        raise status
    if status.value != row["status"]:
        now = await tx.now()
        reason = None if request.is_validated else request.reason
        await store.save_decision(tx, enrollment_id, store.DecisionTaken(status, reason, actor.account_id, now))
        decided = "enrollment_validated" if request.is_validated else "enrollment_refused"
        before = {"status": row["status"]}
        after = {"status": status, "reason": reason, "child_id": row["child_id"], "activity_id": row["activity_id"]}
        tx.note(Act(actor, decided, enrollment_id, row["household_id"], before=before, after=after))
        ids = {name: row[name] for name in ("household_id", "child_id", "activity_id")}
        if request.is_validated:
            tx.emit(
                EnrollmentValidated(
                    enrollment_id=enrollment_id,
                    **ids,
                    starts_on=row["starts_on"],
                    ends_on=row["ends_on"],
                    validated_at=now,
                )
            )
        else:
            tx.emit(EnrollmentRefused(enrollment_id=enrollment_id, **ids, refused_at=now))
    return await queries.enrollment(tx, enrollment_id)
