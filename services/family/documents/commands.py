"""Beginning a document, adding its pages, sending and deleting it, deciding on it, and what becomes of it by time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Row, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Invalid, NotFound
from contracts.family.document_events import DocumentAnswered
from contracts.family.document_words import DocumentAnswer, DocumentAudience, DocumentStatus
from contracts.family.documents import (
    Document,
    DocumentCreate,
    DocumentLetter,
    DocumentSending,
)
from contracts.http import File

from ..adapters.contents import Content, Contents, Unusable
from ..adapters.scanner import ScanFailed
from ..health.queries import child_for
from ..households.queries import household_id_for
from ..households.store import lock_household
from ..people.store import load_adult
from ..quotients.commands import lock_waiting_for, publish_quotients
from ..registrations.commands import LetterSeal
from ..requests.store import is_in_open_request
from ..settings import FamilyRules
from . import domain, queries, store
from .domain import ContentReason, kind_of
from .queries import PageAsked
from .store import NewDocument, Times

AT_ONCE: Final = 100
SWEPT_AFTER: Final = timedelta(hours=1)
"""How old a content without a row is before it is swept up: the row may be on its way."""


@dataclass(frozen=True, slots=True)
class PageSent:
    """A file that comes for a document, by the name that its sender gave it."""

    document_id: UUID
    page_id: UUID
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Papers:
    """What the town's rules say of documents, and what closes the letters about them."""

    rules: FamilyRules
    letters: LetterSeal


@command
async def begin_document(
    tx: Transaction, actor: Actor, claim: Claim, rules: FamilyRules, request: DocumentCreate
) -> Document:
    """Begin a document without pages. Raises NotFound, HouseholdAmbiguous, HouseholdMerged, Invalid."""
    if (answer := await claim.replay(tx, Document)) is not None:
        return answer
    household_id = await household_id_for(tx, actor, request.household_id, await tx.today())
    if not await lock_household(tx, household_id):
        raise NotFound
    audience = await _audience(tx, actor, household_id, request.person_id)
    if refusal := domain.check_new(rules.policy.documents, request.kind, audience):
        raise refusal
    if await store.count_open(tx, household_id) >= domain.OPEN_MAX:
        raise Invalid(FieldRefusal("/kind", "documents_too_many", (("count", domain.OPEN_MAX),)))
    new = NewDocument(new_id(), household_id, request.kind, audience, request.person_id)
    await store.add_document(tx, new, actor.require_guardian())
    return await claim.keep(tx, await queries.read_document(tx, actor, rules, new.document_id))


async def _audience(tx: Transaction, actor: Actor, household_id: UUID, person_id: UUID | None) -> DocumentAudience:
    """For whom a document is. Raises NotFound: no member of the household today, or a child whom the actor does not answer for."""
    if person_id is None:
        return DocumentAudience.HOUSEHOLD
    audience = await store.audience_of(tx, household_id, person_id, await tx.today())
    if audience is None:
        raise NotFound
    if audience is DocumentAudience.CHILD:
        await child_for(tx, actor, person_id)
    return audience


async def add_page(db: Database, actor: Actor, contents: Contents, page: PageSent) -> None:
    """Keep a file; the same page again changes nothing. The work on it is done before anything is held. Raises NotFound, Busy,
    Invalid: it is not kept, and why, or whether it is safe is not known; the document was sent, or is full.
    """
    row = await queries.find_document(db, actor, page.document_id)
    if _is_new(row, page.page_id):
        await _keep_page(db, actor, contents, page, await taken(contents, page.content))


def _is_new(row: Row, page_id: UUID) -> bool:
    """Whether a draft has not got a page. Raises Invalid."""
    pages = row["pages"] or ()
    if any(page["page_id"] == str(page_id) for page in pages):
        return False
    _check_draft(row)
    if len(pages) >= domain.PAGES_MAX:
        raise Invalid(FieldRefusal("/content", "document_full", (("count", domain.PAGES_MAX),)))
    return True


def _check_draft(row: Row) -> None:
    if store.status_of(row) is not DocumentStatus.DRAFT:
        raise Invalid(FieldRefusal("/content", "document_sent"))


async def taken(contents: Contents, content: bytes, *, is_portrait: bool = False) -> Content:
    """A file as it is kept. Raises Invalid, Busy."""
    if not content:
        raise Invalid(FieldRefusal("/content", ContentReason.CONTENT_MISSING))
    try:
        return await contents.taken(content, is_portrait=is_portrait)
    except Unusable as fault:
        raise Invalid(FieldRefusal("/content", ContentReason(str(fault)))) from fault
    except ScanFailed as fault:
        raise Invalid(FieldRefusal("/content", "scanner_away")) from fault


@command
async def _keep_page(tx: Transaction, actor: Actor, contents: Contents, page: PageSent, content: Content) -> None:
    await store.lock_document(tx, page.document_id)
    row = await queries.find_document(tx, actor, page.document_id)
    if await store.is_page_of_others(tx, page.page_id, page.document_id):
        raise NotFound
    if _is_new(row, page.page_id):
        await store.add_page(tx, contents.blobs, page.document_id, page.page_id, content)


async def remove_page(db: Database, actor: Actor, contents: Contents, document_id: UUID, page_id: UUID) -> None:
    """Take a file out of a draft; one that is not there is gone already. Raises NotFound, Invalid."""
    if blob := await _remove_page(db, actor, document_id, page_id):
        await contents.blobs.delete([blob])


@command
async def _remove_page(tx: Transaction, actor: Actor, document_id: UUID, page_id: UUID) -> str | None:
    await store.lock_document(tx, document_id)
    _check_draft(await queries.find_document(tx, actor, document_id))
    return await store.remove_page(tx, document_id, page_id)


@command
async def send_document(
    tx: Transaction, actor: Actor, rules: FamilyRules, document_id: UUID, request: DocumentSending
) -> Document:
    """Send a document; one that was sent already stays as it is. Raises NotFound, Invalid."""
    await store.lock_document(tx, document_id)
    row = await queries.find_document(tx, actor, document_id)
    if store.status_of(row) is DocumentStatus.DRAFT:
        if not row["pages"]:
            raise Invalid(FieldRefusal("/content", "document_empty"))
        kind = kind_of(rules.policy.documents, row["kind"])
        if refusal := domain.check_mark(kind, request.marked_on, await tx.today()):
            raise refusal
        tx.note(Act(actor, "document_sent", **named(row)))
        await store.send(tx, document_id, request.marked_on)
        await store.publish_documents(tx, rules.policy.documents, [document_id])
    return await queries.read_document(tx, actor, rules, document_id)


async def delete_document(
    db: Database, actor: Actor, contents: Contents, rules: FamilyRules, document_id: UUID
) -> None:
    """Delete a document for good. Raises NotFound, Invalid."""
    await contents.blobs.delete(await _delete(db, actor, rules, document_id))


@command
async def _delete(tx: Transaction, actor: Actor, rules: FamilyRules, document_id: UUID) -> list[str]:
    waiting_id = await lock_waiting_for(tx, document_id)
    await store.lock_document(tx, document_id)
    row = await queries.find_document(tx, actor, document_id)
    if await is_in_open_request(tx, document_id):
        raise Invalid(FieldRefusal("/content", "document_in_request"))
    if refusal := domain.deletion(await queries.standing_of(tx, rules, row), await tx.today()):
        raise refusal
    tx.note(Act(actor, "document_deleted", **named(row)))
    blobs = await store.remove(tx, [document_id])
    if waiting_id is not None:
        await publish_quotients(tx, waiting_id)
    return blobs


async def tell(
    tx: Transaction, papers: Papers, document_id: UUID, answer: DocumentAnswer, tellable_at: datetime | None = None
) -> None:
    """Have whoever sent a document told what becomes of it, not before an instant, if they have an address; the letter names the kind, and nothing of the content."""
    row = await store.load_sent(tx, document_id)
    adult = await load_adult(tx, row["created_by"])
    if adult is None or not adult.email:
        return
    standing = await queries.standing_of(tx, papers.rules, row)
    letter = DocumentLetter(
        email=adult.email,
        kind=standing.kind.label,
        name=row["name"],
        ends_on=standing.ends_on,
        reason=standing.reason,
        words=standing.words,
    )
    sealed = papers.letters.close(letter)
    now = await tx.now()
    tx.emit(
        DocumentAnswered(
            document_id=document_id, answer=answer, sealed=sealed, answered_at=now, tellable_at=tellable_at
        )
    )


def named(row: Row) -> dict[str, Any]:
    """What an act on a document says: which it is, for which household, and the kind alone."""
    return {"subject": row["document_id"], "household_id": row["file_id"], "after": {"kind": row["kind"]}}


async def read_page(db: Database, actor: Actor, contents: Contents, asked: PageAsked) -> File:
    """A file of a document as a picture. Raises NotFound, DocumentProtected, Busy."""
    await _open(db, actor, asked.document_id)
    return await queries.read_page(db, contents, asked)


async def read_whole(db: Database, actor: Actor, contents: Contents, document_id: UUID) -> File:
    """All files of a document as one PDF. Raises NotFound, DocumentProtected, Busy."""
    return await queries.read_whole(db, contents, document_id, await _open(db, actor, document_id))


@command
async def _open(tx: Transaction, actor: Actor, document_id: UUID) -> str:
    """The kind of a document whose contents the actor may see; that an agent saw what may say where a protected household lives is noted."""
    row = await queries.find_document(tx, actor, document_id)
    if await queries.is_of_protected(tx, actor, row):
        tx.note(Act(actor, "protected_document_seen", **named(row)))
    return str(row["kind"])


@dataclass(frozen=True, slots=True)
class DocumentWork:
    """What time does with documents: a reminder some weeks before the end, and the end of what is kept."""

    papers: Papers
    contents: Contents

    async def remind(self, db: Database) -> None:
        """Have families told of documents that end soon and that nothing replaces, each once."""
        while await _remind(db, self.papers) == AT_ONCE:
            continue

    async def forget(self, db: Database) -> None:
        """Delete documents that are past their time."""
        while len(blobs := await _forget(db, self.papers.rules)) > 0:
            await self.contents.blobs.delete(blobs)

    async def sweep(self, db: Database) -> None:
        """Remove contents that no row names: of a page that was not kept in the end, or whose row went with its household."""
        oldest = await db.now() - db.clock_offset - SWEPT_AFTER
        async for some in self.contents.blobs.listed():
            names = [name for name, written_at in some if written_at < oldest]
            known = await store.known_blobs(db, names)
            await self.contents.blobs.delete([name for name in names if name not in known])


@command
async def _remind(tx: Transaction, papers: Papers) -> int:
    today = await tx.today()
    ending = await store.take_ending(tx, today, today + timedelta(days=domain.REMINDED_DAYS), AT_ONCE)
    for document_id in ending:
        await tell(tx, papers, document_id, DocumentAnswer.EXPIRING)
    return len(ending)


@command
async def _forget(tx: Transaction, rules: FamilyRules) -> list[str]:
    now = await tx.now()
    times = Times(
        kept_days={kind.code: kind.kept_days for kind in rules.policy.documents},
        rest_days=domain.REST_DAYS,
        draft_before=now - domain.DRAFTS_KEPT,
        refused_before=now - domain.REFUSED_KEPT,
        today=await tx.today(),
    )
    return await store.remove(tx, await store.take_past(tx, times, AT_ONCE))
