"""Sending a file of households, and confirming what it came to."""

import asyncio
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.housekeeping import remove_in_batches
from chassis.identifiers import new_id
from chassis.lists import ListUnreadable
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.family.imports import ImportCreate, ImportRun
from contracts.runs import RunStatus

from ..adapters.household_files import read_file
from ..cells.domain import ImportReason
from ..errors import ImportExamining, ImportRunning
from ..people.store import take_turns
from . import store
from .domain import KEPT, Row, households_of
from .queries import read_run
from .store import FORGET_RUNS_SQL, NewRun

CONFIRMING = "household import"


async def propose(db: Database, actor: Actor, claim: Claim, request: ImportCreate) -> ImportRun:
    """Keep the lines of a file, which the job looks at. Raises Invalid: it is missing or cannot be read; the refusal names its line."""
    if not request.content:
        raise Invalid(FieldRefusal("/content", "import_file_missing"))
    try:
        homes = await asyncio.to_thread(_homes, request.content)
    except ListUnreadable as fault:
        reason = ImportReason(f"import_{fault.reason.removeprefix('list_')}")
        raise Invalid(FieldRefusal("/content", reason, (("line", fault.line),))) from fault
    return await _keep_proposal(db, actor, claim, request, homes)


def _homes(content: bytes) -> list[tuple[Row, ...]]:
    return list(households_of(read_file(content)))


@command
async def _keep_proposal(
    tx: Transaction, actor: Actor, claim: Claim, request: ImportCreate, homes: list[tuple[Row, ...]]
) -> ImportRun:
    if (answer := await claim.replay(tx, ImportRun)) is not None:
        return answer
    choices = (request.is_updating, request.is_inviting)
    run = NewRun(new_id(), request.label, *choices, await tx.now(), actor.account_id)
    await store.add_run(tx, run, homes)
    after = {"household_count": len(homes), "is_updating": run.is_updating, "is_inviting": run.is_inviting}
    tx.note(Act(actor, "household_import_proposed", run.run_id, after=after))
    return await claim.keep(tx, await read_run(tx, run.run_id))


@command
async def confirm(tx: Transaction, actor: Actor, run_id: UUID) -> ImportRun:
    """Have the households opened that an import found; one that was confirmed already stays as it is.

    Raises:
        NotFound: there is no such import.
        ImportExamining: not all of its lines were looked at.
        ImportRunning: another import is at work.
    """
    await take_turns(tx, [CONFIRMING])
    status = await store.lock_run(tx, run_id)
    if status is None:
        raise NotFound
    if status is RunStatus.EXAMINING:
        raise ImportExamining
    if status is RunStatus.PROPOSED:
        if (other := await store.running(tx)) is not None:
            raise ImportRunning(label=other["label"], account_id=str(other["confirmed_by"]))
        await store.confirm_run(tx, run_id, actor.account_id)
        tx.note(Act(actor, "household_import_confirmed", run_id))
    return await read_run(tx, run_id)


async def forget_imports(db: Database) -> None:
    """Remove imports that are past their time, with their lines."""
    await remove_in_batches(db, FORGET_RUNS_SQL, await db.now() - KEPT)
