"""HTTP routes of what agents decide of documents."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import documents_api, queue_api
from contracts.family.documents import Document, DocumentDecision, DocumentsDecision
from contracts.queue import DecisionPreview, DecisionReport

from ..documents.commands import Papers
from ..settings import FamilyRules
from . import commands, queries


@serves(documents_api.decide_document)
async def decide_document(
    document_id: UUID, body: DocumentDecision, db: Database, actor: Actor, papers: Papers
) -> Document:
    return await commands.decide_document(db, actor, papers, document_id, body)


@serves(queue_api.preview_document_decisions)
async def preview_document_decisions(
    body: DocumentsDecision, db: Database, actor: Actor, rules: FamilyRules
) -> DecisionPreview:
    return await queries.preview(db, actor, rules, body)


@serves(queue_api.decide_documents)
async def decide_documents(
    body: DocumentsDecision, db: Database, actor: Actor, papers: Papers, claim: Claim
) -> DecisionReport:
    return await commands.decide_documents(db, actor, papers, claim, body)


@serves(queue_api.read_document_decisions)
async def read_document_decisions(batch_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> DecisionReport:
    return await queries.read_decisions(db, actor, rules, batch_id)


@serves(queue_api.undo_document_decisions)
async def undo_document_decisions(batch_id: UUID, db: Database, actor: Actor, papers: Papers) -> DecisionReport:
    return await commands.undo_decisions(db, actor, papers, batch_id)


ROUTES = (
    decide_document,
    preview_document_decisions,
    decide_documents,
    read_document_decisions,
    undo_document_decisions,
)
