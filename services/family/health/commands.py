"""Saying what is known of a child's health, noting who looks at it, and forgetting a child's file."""

from dataclasses import replace
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act, forget_changes
from chassis.refusal import NotFound, Refusal
from contracts.family.child_events import Allergen
from contracts.family.health import Health, HealthChange, ProofSeen
from contracts.types import ActorKind

from ..authorizations.store import remove_answers
from ..care.store import forget_care, publish_care
from ..custody.domain import born_by
from ..derogations.store import remove_derogations
from ..documents.store import remove_of as remove_documents
from ..entourage.store import forget_entourage
from ..insurance.store import remove_insurances
from ..people.domain import Child, single_spaced
from ..people.store import lock_child
from ..requests.store import remove_of as remove_requests
from . import queries, store
from .domain import Said, changed_fields, proof_seen, said_instead

PER_RUN_MAX = 100


@command
async def read_health(tx: Transaction, actor: Actor, child_id: UUID) -> Health:
    """What is known of a child's health; that an agent looked is noted. Raises NotFound."""
    child = await queries.child_for(tx, actor, child_id)
    if actor.kind is ActorKind.AGENT:
        tx.note(Act(actor, "health_read", child_id))
    return queries.answer(child, await store.load_health(tx, child_id))


@command
async def change_health(tx: Transaction, actor: Actor, child_id: UUID, request: HealthChange) -> Health:
    """Say what is to be known of a child's health. Raises NotFound, HealthOutdated, Invalid."""
    child = await hold(tx, actor, child_id)
    known = await store.load_health(tx, child_id)
    statement = said_instead(known.revision, known.statement, _said(request), request.revision, await tx.today())
    if isinstance(statement, Refusal):
        raise statement
    if statement == known.statement and known.revision:
        return queries.answer(child, known)
    await store.save_said(tx, child_id, known.revision + 1, statement, actor.person_id)
    # The names of what changed: the words themselves stand in one place alone.
    tx.note(Act(actor, "health_changed", child_id, after={"fields": changed_fields(known.statement, statement)}))
    await publish_care(tx, child_id)
    return queries.answer(child, await store.load_health(tx, child_id))


def _said(request: HealthChange) -> Said:
    return Said(
        allergens=tuple(sorted(request.allergens, key=list(Allergen).index)),
        other_allergies=single_spaced(request.other_allergies),
        has_pai=request.has_pai,
        pai_ends_on=request.pai_ends_on,
        conduct=_lines(request.conduct),
        treatments=_lines(request.treatments),
        diet=request.diet,
        has_own_lunch=request.has_own_lunch,
        doctor_name=single_spaced(request.doctor_name),
        doctor_phone=request.doctor_phone,
    )


def _lines(text: str) -> str:
    """A text of several lines, whichever way a browser ends them."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()


@command
async def note_proof(tx: Transaction, actor: Actor, child_id: UUID, request: ProofSeen) -> Health:
    """Note what was seen today of a child's vaccinations. Raises NotFound, Invalid."""
    child = await hold(tx, actor, child_id)
    known = await store.load_health(tx, child_id)
    proof = proof_seen(request.status, request.valid_until_on, actor.account_id, await tx.today())
    if isinstance(proof, Refusal):
        raise proof
    if proof == known.proof:
        return queries.answer(child, known)
    await store.save_proof(tx, child_id, proof)
    tx.note(Act(actor, "vaccination_proof_noted", child_id, after={"status": proof.status.value}))
    return queries.answer(child, replace(known, proof=proof))


async def hold(tx: Transaction, actor: Actor, child_id: UUID) -> Child:
    """A child whose file the actor reaches, held until the transaction ends: whoever changes the file or the custody waits. Raises NotFound."""
    if await lock_child(tx, child_id) is None:
        raise NotFound
    return await queries.child_for(tx, actor, child_id)


@command
async def forget_file(tx: Transaction, child_id: UUID) -> None:
    """Erase a child's file: its rows, and the key without which no copy of them, wherever it is kept, says anything; and have the service that has
    the child in care forget it too."""
    if await lock_child(tx, child_id) is not None:
        await forget_child(tx, child_id)


async def forget_child(tx: Transaction, child_id: UUID) -> None:
    """Erase the file of a child that is held."""
    await store.remove_health(tx, child_id)
    await remove_answers(tx, child_id)
    await forget_entourage(tx, child_id)
    await remove_insurances(tx, child_id)
    await remove_derogations(tx, child_id)
    await remove_requests(tx, [], [child_id])
    await remove_documents(tx, [], [child_id])
    await forget_changes(tx, [child_id])
    await forget_care(tx, child_id)


async def forget_files_of_adults(db: Database) -> None:
    """Erase the files of children who came of age: nobody answers for them any more, and nobody may read them."""
    while len(child_ids := await store.of_age(db, born_by(await db.today()), PER_RUN_MAX)) > 0:
        for child_id in child_ids:
            await forget_file(db, child_id)
