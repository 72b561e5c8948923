"""Documents as the families who sent them, and agents, read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.clock import civil_day
from chassis.data.database import Database, Queries, Row, Transaction
from chassis.data.paging import page_of, read_cursor
from chassis.refusal import NotFound
from contracts.family.document_words import DocumentAudience, DocumentKind, DocumentStatus
from contracts.family.documents import Document, DocumentPage, DocumentWanted, OwnDocuments
from contracts.family.permissions import FamilyPermission
from contracts.http import File, FileType, Page
from contracts.types import ActorKind

from ..access import CHILD, DOCUMENT
from ..adapters.contents import Contents, Unusable
from ..errors import DocumentProtected
from ..households.queries import household_id_for
from ..settings import FamilyRules
from . import store
from .domain import Standing, deletion, kind_of, needs, proposed_end, unmet

OWN_ITEMS_MAX: Final = 200
BEFORE_ALL: Final = datetime(2000, 1, 1, tzinfo=UTC)
THERE: Final = (DocumentStatus.SENT, DocumentStatus.VALIDATED)


@dataclass(frozen=True, slots=True)
class DocumentsAsked:
    """Which documents an agent asks for: those of a state, a kind or a household, or all."""

    status: DocumentStatus | None
    kind: str | None
    household_id: UUID | None
    cursor: str | None
    limit: int


_SELECTED: Final = """
select f.*, h.reference, coalesce(c.first_name || ' ' || c.last_name, a.first_name || ' ' || a.last_name, '') as name, (
    select jsonb_agg(jsonb_build_object(
        'page_id', p.page_id, 'is_pdf', p.is_pdf, 'leaf_count', p.leaf_count, 'byte_count', p.byte_count) order by p.position)
    from document_pages p where p.document_id = f.document_id) as pages
from filed_documents f
join households h on h.household_id = f.file_id
left join children c on c.child_id = f.subject_id
left join adults a on a.adult_id = f.subject_id
"""

READ_SQL = reaching(f"{_SELECTED} where f.document_id = $4 and {{is_reached}}", is_reached=DOCUMENT.of("f.document_id"))

OWN_SQL = reaching(
    f"{_SELECTED} where f.file_id = $4 and {{is_reached}} order by f.created_at desc, f.document_id desc limit $5",
    is_reached=DOCUMENT.of("f.document_id"),
)

LIST_SQL = reaching(
    f"""
{_SELECTED}
where {{is_reached}} and f.sent_at is not null and ($5::text is null or f.kind = $5) and ($6::uuid is null or f.file_id = $6)
  and case $4::text
      when 'validated' then f.status = 'validated' and (f.ends_on is null or f.ends_on >= $3::date)
      when 'expired' then f.status = 'validated' and f.ends_on < $3::date
      else $4 is null or f.status = $4 end
  and (f.sent_at, f.document_id) > ($7::timestamptz, $8::uuid)
order by f.sent_at, f.document_id limit $9
""",
    is_reached=DOCUMENT.of("f.document_id"),
)

NEXT_SQL = reaching(
    """
select f.document_id from filed_documents f
where f.status = 'sent' and f.document_id <> $4 and {is_reached}
order by (f.sent_at, f.document_id) > ($5::timestamptz, $4::uuid) desc, f.sent_at, f.document_id limit 1
""",
    is_reached=DOCUMENT.of("f.document_id"),
)

PREVIOUS_SQL = reaching(
    """
select f.document_id from filed_documents f
where f.status = 'sent' and (f.sent_at, f.document_id) < ($5::timestamptz, $4::uuid) and {is_reached}
order by f.sent_at desc, f.document_id desc limit 1
""",
    is_reached=DOCUMENT.of("f.document_id"),
)


async def list_documents(db: Database, actor: Actor, rules: FamilyRules, asked: DocumentsAsked) -> Page[Document]:
    """Documents that were sent, the oldest first. Raises Invalid."""
    today = await db.today()
    start = (BEFORE_ALL, UUID(int=0))
    after = read_cursor(asked.cursor, datetime.fromisoformat, UUID) if asked.cursor else start
    filters = (asked.status, asked.kind, asked.household_id)
    rows = await db.fetch(LIST_SQL, *reach_of(actor, today), *filters, *after, asked.limit + 1)
    items = [await _answer(db, actor, rules, row) for row in rows]
    return page_of(items, lambda item: (item.sent_at, item.document_id), asked.limit)


async def find_document(db: Database | Transaction, actor: Actor, document_id: UUID) -> Row:
    """A document that the actor reaches. Raises NotFound."""
    row = await db.fetchrow(READ_SQL, *reach_of(actor, await db.today()), document_id)
    if row is None:
        raise NotFound
    return row


async def read_document(db: Database | Transaction, actor: Actor, rules: FamilyRules, document_id: UUID) -> Document:
    """A document, and for agents which ones wait after it and before. Raises NotFound."""
    row = await find_document(db, actor, document_id)
    document = await _answer(db, actor, rules, row)
    if actor.kind is not ActorKind.AGENT:
        return document
    place = (*reach_of(actor, await db.today()), document_id, row["sent_at"])
    beside = {"next_id": await db.fetchval(NEXT_SQL, *place), "previous_id": await db.fetchval(PREVIOUS_SQL, *place)}
    return document.model_copy(update=beside)


async def standing_of(db: Queries, rules: FamilyRules, row: Row) -> Standing:
    """How far a document has come."""
    kind = kind_of(rules.policy.documents, row["kind"])
    return Standing(kind, store.status_of(row), row["ends_on"], store.reason_of(row), await store.words_of(db, row))


async def _answer(db: Database | Transaction, actor: Actor, rules: FamilyRules, row: Row) -> Document:
    standing, today = await standing_of(db, rules, row), await db.today()
    sent_on = civil_day(row["sent_at"], db.zone) if row["sent_at"] else today
    return Document(
        document_id=row["document_id"],
        household_id=row["file_id"],
        reference=row["reference"],
        kind=standing.kind,
        audience=DocumentAudience(row["audience"]),
        person_id=row["subject_id"],
        name=row["name"],
        status=standing.status_on(today),
        marked_on=row["marked_on"],
        created_at=row["created_at"],
        sent_at=row["sent_at"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by"] if actor.kind is ActorKind.AGENT else None,
        ends_on=row["ends_on"],
        proposed_end_on=proposed_end(standing.kind, row["marked_on"], sent_on),
        reason=standing.reason,
        words=standing.words,
        pages=tuple(DocumentPage.model_validate(page) for page in row["pages"] or ()),
        is_deletable=deletion(standing, today) is None,
        declaration_id=row["declaration_id"],
    )


CHILDREN_SQL = reaching(
    """
select m.person_id, c.first_name || ' ' || c.last_name as name
from household_members m join children c on c.child_id = m.person_id
where m.household_id = $4 and m.during @> $3::date and {is_reached} order by m.position
""",
    is_reached=CHILD.of("m.person_id"),
)

OWN_NAME_SQL = "select first_name || ' ' || last_name from adults where adult_id = $1"


async def own_documents(db: Database, actor: Actor, rules: FamilyRules, household_id: UUID | None) -> OwnDocuments:
    """What a household sent, as far as the adult who asks may see it. Raises NotFound, HouseholdAmbiguous."""
    guardian_id, today = actor.require_guardian(), await db.today()
    own_id = await household_id_for(db, actor, household_id, today)
    rows = await db.fetch(OWN_SQL, *reach_of(actor, today), own_id, OWN_ITEMS_MAX)
    items = tuple([await _answer(db, actor, rules, row) for row in rows])
    children = await db.fetch(CHILDREN_SQL, *reach_of(actor, today), own_id)
    names = {row["person_id"]: row["name"] for row in children}
    people = {DocumentAudience.CHILD: [*names], DocumentAudience.ADULT: [guardian_id]}
    names[guardian_id] = await db.fetchval(OWN_NAME_SQL, guardian_id)
    return OwnDocuments(
        household_id=own_id,
        kinds=rules.policy.documents,
        items=items,
        wanted=_wanted(rules.policy.documents, people, items, names),
    )


def _wanted(
    kinds: Sequence[DocumentKind],
    people: dict[DocumentAudience, list[UUID]],
    items: Sequence[Document],
    names: dict[UUID, str],
) -> tuple[DocumentWanted, ...]:
    there = {(item.kind.code, item.person_id) for item in items if item.status in THERE}
    return tuple(
        DocumentWanted(kind=need.kind, person_id=need.person_id, name=names[need.person_id] if need.person_id else "")
        for need in unmet(needs(kinds, people), there)
    )


IS_PROTECTED_SQL = """
select exists (select from address_protections where household_id in ($1, $2) and ended_at is null)
"""


async def is_of_protected(db: Queries, actor: Actor, row: Row) -> bool:
    """Whether an agent asks for what may say where a protected household lives. Raises DocumentProtected: this one may not know."""
    if actor.kind is not ActorKind.AGENT:
        return False
    is_protected = bool(await db.fetchval(IS_PROTECTED_SQL, row["file_id"], row["household_id"]))
    if is_protected and FamilyPermission.READ_PROTECTED_ADDRESSES not in actor.permissions:
        raise DocumentProtected
    return is_protected


@dataclass(frozen=True, slots=True)
class PageAsked:
    """A picture of a document: of a file, and of a PDF the page of this number, from 1."""

    document_id: UUID
    page_id: UUID
    leaf: int


async def read_page(db: Database, contents: Contents, asked: PageAsked) -> File:
    """A file of a document that was opened, as a picture. Raises NotFound, Busy."""
    kept = await store.load_content(db, contents.blobs, asked.document_id, asked.page_id)
    if kept is None or not 1 <= asked.leaf <= kept.leaf_count:
        raise NotFound
    try:
        picture = await contents.workshop.leaf(kept.content, asked.leaf) if kept.is_pdf else kept.content
    except Unusable as fault:  # a page that nobody can draw; the whole document is there all the same
        raise NotFound from fault
    return File(picture, FileType.JPEG, f"page-{asked.leaf}.jpg")


async def read_whole(db: Database, contents: Contents, document_id: UUID, kind: str) -> File:
    """All files of a document that was opened, as one PDF. Raises NotFound, Busy."""
    if not (pages := await store.load_contents(db, contents.blobs, document_id)):
        raise NotFound
    return File(await contents.workshop.whole(pages), FileType.PDF, f"{kind}.pdf")
