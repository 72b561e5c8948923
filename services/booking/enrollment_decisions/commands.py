"""Deciding many requests at once, and taking that back."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.bulk_decisions import (
    TOLD_AFTER,
    Batch,
    add_batch,
    lock_batch,
    save_undone,
)
from chassis.data.database import Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.booking.decisions import EnrollmentsDecision
from contracts.booking.events import EnrollmentReopened
from contracts.queue import DecisionReport
from contracts.types import EnrollmentStatus

from ..enrollments.commands import Decision, ids_of, settle, subject_of
from ..enrollments.domain import Enrolled
from ..enrollments.store import hold_openings, lock_enrollment
from ..places.store import lock_places_of_placements
from . import queries, store
from .domain import decided_among, followed


@command
async def decide_enrollments(
    tx: Transaction, actor: Actor, claim: Claim, request: EnrollmentsDecision
) -> DecisionReport:
    """Decide many requests, each by itself; those that the actor does not reach are not there. Raises Invalid, NotFound: none is."""
    if (known := await claim.replay(tx, DecisionReport)) is not None:
        return known
    if not request.is_validated and not request.reason:
        raise Invalid(FieldRefusal("/reason", "missing"))
    chosen, now = list(dict.fromkeys(request.item_ids)), await tx.now()
    held = await _held(tx, actor, chosen)
    reason = None if request.is_validated else request.reason
    codes: dict[UUID, str | None] = {}
    for enrollment_id, enrollment in held.items():
        made = decided_among(enrollment.status, request.reason, is_validated=request.is_validated)
        codes[enrollment_id] = None if isinstance(made, EnrollmentStatus) else made
        if isinstance(made, EnrollmentStatus):
            await settle(tx, enrollment, Decision(actor, made, reason, now + TOLD_AFTER))
    outcome = EnrollmentStatus.VALIDATED if request.is_validated else EnrollmentStatus.REFUSED
    lines = {enrollment_id: codes[enrollment_id] for enrollment_id in chosen if enrollment_id in codes}
    batch = Batch(new_id(), queries.KIND, outcome, actor.account_id, now, lines, {})
    await add_batch(tx, batch)
    return await claim.keep(tx, batch.report(queries.lines_of(await store.load_chosen(tx, actor, chosen))))


async def _held(tx: Transaction, actor: Actor, enrollment_ids: list[UUID]) -> dict[UUID, Enrolled]:
    """Those of these enrollments that the actor reaches, held in the order of their ids. Raises NotFound: none is."""
    held = {one: enrollment for one in sorted(enrollment_ids) if (enrollment := await lock_enrollment(tx, actor, one))}
    if not held:
        raise NotFound
    return held


@command
async def undo_decisions(tx: Transaction, actor: Actor, batch_id: UUID) -> DecisionReport:
    """Take a decision on many requests back, but for what something followed from; asked again, nothing changes. Raises NotFound, UndoTooLate."""
    batch = await lock_batch(tx, queries.KIND, batch_id)
    held = await _held(tx, actor, [*batch.lines])
    if batch.undone_at is None:
        batch = await _undo(tx, actor, batch, {one: held[one] for one in batch.done_ids if one in held})
    return batch.report(queries.lines_of(await store.load_chosen(tx, actor, [*batch.lines])))


async def _undo(tx: Transaction, actor: Actor, batch: Batch, held: dict[UUID, Enrolled]) -> Batch:
    # Nobody books on the word of an enrollment whose decision is taken back: their places are held, as when one ends.
    for activity_id in sorted({enrollment.activity_id for enrollment in held.values()}):
        await hold_openings(tx, activity_id)
    await lock_places_of_placements(tx, [*held], await tx.today())
    taken, status = await store.load_taken(tx, [*held]), EnrollmentStatus(batch.outcome)
    codes = {one: followed(taken[one], status, batch.decided_by, batch.decided_at) for one in held}
    reopened = [one for one, code in codes.items() if code is None]
    await store.reopen(tx, reopened)
    now = await tx.now()
    for enrollment_id in reopened:
        enrollment = held[enrollment_id]
        after = await subject_of(tx, enrollment) | {"status": EnrollmentStatus.REQUESTED}
        before = {"status": enrollment.status}
        tx.note(Act(actor, "enrollment_reopened", enrollment_id, enrollment.household_id, before=before, after=after))
        days = enrollment.days
        tx.emit(EnrollmentReopened(**ids_of(enrollment), starts_on=days.first, ends_on=days.last, reopened_at=now))
    return await save_undone(tx, batch, actor.account_id, {one: code for one, code in codes.items() if code})
