"""HTTP routes of documents."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database
from chassis.data.idempotency import Claim
from chassis.http.routes import serves
from contracts.family import documents_api as api
from contracts.family.document_words import DocumentKind, DocumentStatus, KindCode
from contracts.family.documents import (
    Document,
    DocumentCreate,
    DocumentPageCreate,
    DocumentSending,
    Leaf,
    OwnDocuments,
)
from contracts.http import PAGE_SIZE, Cursor, File, Page, PageSize

from ..adapters.contents import Contents
from ..settings import FamilyRules
from . import commands, queries
from .commands import PageSent
from .queries import DocumentsAsked, PageAsked


@serves(api.own_documents)
async def own_documents(
    db: Database, actor: Actor, rules: FamilyRules, household_id: UUID | None = None
) -> OwnDocuments:
    return await queries.own_documents(db, actor, rules, household_id)


@serves(api.begin_document)
async def begin_document(
    body: DocumentCreate, db: Database, actor: Actor, claim: Claim, rules: FamilyRules
) -> Document:
    return await commands.begin_document(db, actor, claim, rules, body)


@serves(api.add_document_page)
async def add_document_page(
    document_id: UUID, page_id: UUID, body: DocumentPageCreate, db: Database, actor: Actor, contents: Contents
) -> None:
    await commands.add_page(db, actor, contents, PageSent(document_id, page_id, body.content))


@serves(api.remove_document_page)
async def remove_document_page(
    document_id: UUID, page_id: UUID, db: Database, actor: Actor, contents: Contents
) -> None:
    await commands.remove_page(db, actor, contents, document_id, page_id)


@serves(api.send_document)
async def send_document(
    document_id: UUID, body: DocumentSending, db: Database, actor: Actor, rules: FamilyRules
) -> Document:
    return await commands.send_document(db, actor, rules, document_id, body)


@serves(api.delete_document)
async def delete_document(
    document_id: UUID, db: Database, actor: Actor, contents: Contents, rules: FamilyRules
) -> None:
    await commands.delete_document(db, actor, contents, rules, document_id)


@serves(api.read_document)
async def read_document(document_id: UUID, db: Database, actor: Actor, rules: FamilyRules) -> Document:
    return await queries.read_document(db, actor, rules, document_id)


@serves(api.read_document_page)
async def read_document_page(
    document_id: UUID, page_id: UUID, db: Database, actor: Actor, contents: Contents, leaf: Leaf = 1
) -> File:
    return await commands.read_page(db, actor, contents, PageAsked(document_id, page_id, leaf))


@serves(api.read_whole_document)
async def read_whole_document(document_id: UUID, db: Database, actor: Actor, contents: Contents) -> File:
    return await commands.read_whole(db, actor, contents, document_id)


@serves(api.document_kinds)
async def document_kinds(rules: FamilyRules) -> Page[DocumentKind]:
    return Page(items=rules.policy.documents)


@serves(api.list_documents)
async def list_documents(
    db: Database,
    actor: Actor,
    rules: FamilyRules,
    status: DocumentStatus | None = None,
    kind: KindCode | None = None,
    household_id: UUID | None = None,
    cursor: Cursor | None = None,
    limit: PageSize = PAGE_SIZE,
) -> Page[Document]:
    asked = DocumentsAsked(status, kind, household_id, cursor, limit)
    return await queries.list_documents(db, actor, rules, asked)


ROUTES = (
    own_documents,
    begin_document,
    add_document_page,
    remove_document_page,
    send_document,
    delete_document,
    read_document,
    read_document_page,
    read_whole_document,
    document_kinds,
    list_documents,
)
