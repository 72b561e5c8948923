"""Recording what a family asks for, deciding it, and recording that it is given up."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.housekeeping import remove_in_batches
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, NotFound, Refusal
from contracts.family.derogations import Derogation, DerogationCreate, DerogationDecision
from contracts.family.sector_words import DerogationStatus

from ..errors import DerogationWaits
from ..health.queries import child_for
from ..people.store import lock_child
from ..schools.domain import school_year_of
from ..schools.store import unknown_school
from ..sectors.queries import read_child_sectors, schools_of
from . import domain, queries, store
from .store import FORGET_DEROGATIONS_SQL, Kept

ACTS: Final = {
    DerogationStatus.WAITING: "derogation_recorded",
    DerogationStatus.GRANTED: "derogation_granted",
    DerogationStatus.REFUSED: "derogation_refused",
    DerogationStatus.WITHDRAWN: "derogation_withdrawn",
}
"""What is noted of a request that has come so far."""


@command
async def record_derogation(
    tx: Transaction, actor: Actor, claim: Claim, child_id: UUID, request: DerogationCreate
) -> Derogation:
    """Record a family's request. Raises NotFound, Invalid, DerogationWaits."""
    if (answer := await claim.replay(tx, Derogation)) is not None:
        return answer
    await _hold(tx, actor, child_id)
    if await unknown_school(tx, [request.school]):
        raise Invalid(FieldRefusal("/school", "school_unknown"))
    schools = tuple(schools_of(await read_child_sectors(tx, actor, child_id, request.school_year)))
    if refusal := domain.check_request(request.school, schools, request.asked_on, await tx.today()):
        raise refusal
    if await store.is_waiting(tx, child_id, request.school_year):
        raise DerogationWaits
    kept = Kept(
        *(new_id(), child_id, request.school_year, request.school, schools, request.reason),
        *(DerogationStatus.WAITING, request.asked_on, await tx.now(), actor.account_id),
        note=request.note,
    )
    await store.add_derogation(tx, kept)
    _note(tx, actor, kept)
    return await claim.keep(tx, await queries.read_derogation(tx, actor, kept.derogation_id))


@command
async def decide_derogation(
    tx: Transaction, actor: Actor, derogation_id: UUID, request: DerogationDecision
) -> Derogation:
    """Grant a request or refuse it; the same decision again changes nothing. Raises NotFound, Invalid, DerogationSettled."""
    kept = await _held(tx, actor, derogation_id)
    status = domain.decided(kept.status, is_granted=request.is_granted, reason=request.reason)
    if isinstance(status, Refusal):
        raise status
    if status is not kept.status:
        decision = replace(kept, status=status, decided_at=await tx.now(), decided_by=actor.account_id)
        decision = replace(decision, decision_reason=request.reason)
        await store.save_decision(tx, decision)
        _note(tx, actor, decision)
    return await queries.read_derogation(tx, actor, derogation_id)


@command
async def withdraw_derogation(tx: Transaction, actor: Actor, derogation_id: UUID) -> Derogation:
    """Record that a family gives its request up. Raises NotFound, DerogationSettled."""
    kept = await _held(tx, actor, derogation_id)
    status = domain.withdrawn(kept.status)
    if isinstance(status, Refusal):
        raise status
    if status is not kept.status:
        given_up = replace(kept, status=status)
        await store.save_decision(tx, given_up)
        _note(tx, actor, given_up)
    return await queries.read_derogation(tx, actor, derogation_id)


async def _held(tx: Transaction, actor: Actor, derogation_id: UUID) -> Kept:
    """A request, held with its child until the transaction ends."""
    _, kept = await queries.find_derogation(tx, actor, derogation_id)
    await _hold(tx, actor, kept.child_id)
    return (await queries.find_derogation(tx, actor, derogation_id))[1]


async def _hold(tx: Transaction, actor: Actor, child_id: UUID) -> None:
    if await lock_child(tx, child_id) is None:
        raise NotFound
    await child_for(tx, actor, child_id)


def _note(tx: Transaction, actor: Actor, kept: Kept) -> None:
    after = {"school_year": kept.school_year, "school": kept.school}
    tx.note(Act(actor, ACTS[kept.status], kept.child_id, after=after))


async def forget_derogations(db: Database) -> None:
    """Remove requests whose school year is long past."""
    oldest = domain.oldest_kept(school_year_of(await db.today()))
    await remove_in_batches(db, FORGET_DEROGATIONS_SQL, oldest)
