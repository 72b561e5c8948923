"""Deciding a document, deciding many at once, and taking that back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.bulk_decisions import (
    TOLD_AFTER,
    Batch,
    add_batch,
    lock_batch,
    save_undone,
)
from chassis.data.database import Row, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import NotFound, Refusal
from contracts.family.document_events import DocumentReopened
from contracts.family.document_words import DocumentAnswer, DocumentStatus
from contracts.family.documents import Document, DocumentDecision, DocumentsDecision
from contracts.queue import DecisionReport

from ..documents.commands import Papers, named, tell
from ..documents.domain import Standing, Verdict, decided
from ..documents.queries import find_document, read_document, standing_of
from ..documents.store import lock_document, publish_documents, save_decision
from . import queries, store
from .domain import DocumentProves, check, followed

ACTS: Final = {DocumentStatus.VALIDATED: "document_validated", DocumentStatus.REFUSED: "document_refused"}


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides, by the town's rules; whoever sent a document is told from an instant on, or at once."""

    actor: Actor
    papers: Papers
    tellable_at: datetime | None = None


async def _settle(tx: Transaction, decider: Decider, row: Row, made: Standing) -> None:
    tx.note(Act(decider.actor, ACTS[made.status], **named(row)))
    await save_decision(tx, row["document_id"], made, decider.actor.account_id)
    await publish_documents(tx, decider.papers.rules.policy.documents, [row["document_id"]])
    await tell(tx, decider.papers, row["document_id"], DocumentAnswer(made.status.value), decider.tellable_at)


@command
async def decide_document(
    tx: Transaction, actor: Actor, papers: Papers, document_id: UUID, request: DocumentDecision
) -> Document:
    """Validate a document or refuse it, and have whoever sent it told; the same decision again changes nothing. Raises NotFound, Invalid, DocumentSettled, DocumentProves."""
    await lock_document(tx, document_id)
    row = await find_document(tx, actor, document_id)
    if row["declaration_id"] is not None:
        raise DocumentProves
    known = await standing_of(tx, papers.rules, row)
    made = decided(known, Verdict(**request.model_dump()), await tx.today())
    if isinstance(made, Refusal):
        raise made
    if made != known:
        await _settle(tx, Decider(actor, papers), row, made)
    return await read_document(tx, actor, papers.rules, document_id)


@command
async def decide_documents(
    tx: Transaction, actor: Actor, papers: Papers, claim: Claim, request: DocumentsDecision
) -> DecisionReport:
    """Decide many documents, each by itself; those that the actor does not reach are not there. Raises Invalid, NotFound: none is."""
    if (known := await claim.replay(tx, DecisionReport)) is not None:
        return known
    chosen, wish, now = list(dict.fromkeys(request.item_ids)), queries.wish_of(request), await tx.now()
    if refusal := check(wish):
        raise refusal
    await store.lock_documents(tx, sorted(chosen))
    if not (rows := await store.load_chosen(tx, actor, chosen)):
        raise NotFound
    decider = Decider(actor, papers, now + TOLD_AFTER)
    codes: dict[UUID, str | None] = {}
    for document_id, made in (await queries.judged(tx, papers.rules, rows, wish, await tx.today())).items():
        codes[document_id] = made if isinstance(made, str) else None
        if isinstance(made, Standing):
            await _settle(tx, decider, rows[document_id], made)
    lines = {document_id: codes[document_id] for document_id in chosen if document_id in codes}
    batch = Batch(new_id(), queries.KIND, wish.status, actor.account_id, now, lines, {})
    await add_batch(tx, batch)
    return await claim.keep(tx, batch.report(queries.lines_of(rows, papers.rules)))


@command
async def undo_decisions(tx: Transaction, actor: Actor, papers: Papers, batch_id: UUID) -> DecisionReport:
    """Take a decision on many documents back, but for what something followed from; asked again, nothing changes. Raises NotFound, UndoTooLate."""
    batch = await lock_batch(tx, queries.KIND, batch_id)
    await store.lock_documents(tx, batch.done_ids)
    if not (rows := await store.load_chosen(tx, actor, [*batch.lines])):
        raise NotFound
    if batch.undone_at is None:
        batch = await _undo(tx, actor, papers, batch, rows)
    return batch.report(queries.lines_of(await store.load_chosen(tx, actor, [*batch.lines]), papers.rules))


async def _undo(tx: Transaction, actor: Actor, papers: Papers, batch: Batch, rows: dict[UUID, Row]) -> Batch:
    taken, status = await store.load_taken(tx, batch.done_ids), DocumentStatus(batch.outcome)
    codes = {
        document_id: followed(taken.get(document_id), status, batch.decided_by, batch.decided_at)
        for document_id in batch.done_ids
    }
    reopened = [document_id for document_id, code in codes.items() if code is None and document_id in rows]
    await store.reopen(tx, reopened)
    now = await tx.now()
    for document_id in reopened:
        tx.note(Act(actor, "document_reopened", **named(rows[document_id])))
        tx.emit(DocumentReopened(document_id=document_id, reopened_at=now))
    await publish_documents(tx, papers.rules.policy.documents, reopened)
    return await save_undone(tx, batch, actor.account_id, {item_id: code for item_id, code in codes.items() if code})
