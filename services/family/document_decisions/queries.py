"""What a decision on many documents would do, and what it did."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.bulk_decisions import load_batch, previewed
from chassis.data.database import Database, Row, Transaction
from chassis.refusal import NotFound
from contracts.family.documents import DocumentsDecision
from contracts.queue import DecisionLine, DecisionPreview, DecisionReport

from ..documents.domain import Standing, kind_of
from ..documents.queries import standing_of
from ..settings import FamilyRules
from .domain import DocumentProves, Wish, decided_among
from .store import load_chosen

KIND = "document"


def wish_of(request: DocumentsDecision) -> Wish:
    """What is decided."""
    return Wish(request.is_valid, request.reason, request.words)


async def judged(
    db: Database | Transaction, rules: FamilyRules, rows: Mapping[UUID, Row], wish: Wish, today: date
) -> dict[UUID, Standing | str]:
    """What becomes of documents. What proves a declaration that waits is decided with it."""
    return {
        document_id: DocumentProves.code()
        if row["declaration_id"]
        else decided_among(
            await standing_of(db, rules, row), wish, (row["marked_on"], civil_day(row["sent_at"], db.zone)), today
        )
        for document_id, row in rows.items()
    }


def lines_of(rows: Mapping[UUID, Row], rules: FamilyRules) -> list[DecisionLine]:
    """What documents are, for whoever decides or decided them."""
    return [
        DecisionLine(
            item_id=document_id,
            label=kind_of(rules.policy.documents, row["kind"]).label,
            name=row["name"],
            household_id=row["file_id"],
            reference=row["reference"],
            code=None,
            decided_by=row["decided_by"],
            recipients=(row["told"],) if row["told"] else (),
        )
        for document_id, row in rows.items()
    ]


async def preview(db: Database, actor: Actor, rules: FamilyRules, request: DocumentsDecision) -> DecisionPreview:
    """What a decision would do, in the order in which documents were chosen; what the actor does not reach is not there. Raises NotFound: none is."""
    if not (rows := await load_chosen(db, actor, request.item_ids)):
        raise NotFound
    made = await judged(db, rules, rows, wish_of(request), await db.today())
    codes = {document_id: one if isinstance(one, str) else None for document_id, one in made.items()}
    return previewed(request.item_ids, lines_of(rows, rules), codes)


async def read_decisions(db: Database, actor: Actor, rules: FamilyRules, batch_id: UUID) -> DecisionReport:
    """What a decision did. Raises NotFound."""
    batch = await load_batch(db, KIND, batch_id)
    if not (rows := await load_chosen(db, actor, [*batch.lines])):
        raise NotFound
    return batch.report(lines_of(rows, rules))
