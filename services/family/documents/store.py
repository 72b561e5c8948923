"""Storage of documents: their rows, and their contents in the document store, sealed with a key of each document's own."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from chassis.clock import civil_day
from chassis.data.database import Queries, Row, Transaction
from chassis.data.history import forget_changes
from chassis.data.sealed_values import seal_bytes, seal_value, unseal_bytes, unseal_value
from chassis.refusal import NotFound
from contracts.family.document_events import DocumentState
from contracts.family.document_words import DocumentAudience, DocumentKind, DocumentReason, DocumentStatus

from ..adapters.blobs import Blobs
from ..adapters.contents import Content
from .domain import Standing, kind_of, proposed_end

WORDS: Final = b"words"


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document that begins."""

    document_id: UUID
    household_id: UUID
    kind: str
    audience: DocumentAudience
    person_id: UUID | None


ADD_DOCUMENT_SQL = """
insert into documents (document_id, household_id, kind, audience, person_id, status, created_at, created_by)
values ($1, $2, $3, $4, $5, 'draft', $6, $7)
"""


async def add_document(tx: Transaction, new: NewDocument, by: UUID) -> None:
    """Store a document that begins."""
    values = (new.document_id, new.household_id, new.kind, new.audience, new.person_id)
    await tx.execute(ADD_DOCUMENT_SQL, *values, await tx.now(), by)


MEMBER_SQL = """
select kind from household_members where household_id = $1 and person_id = $2 and during @> $3::date limit 1
"""


async def audience_of(db: Queries, household_id: UUID, person_id: UUID, today: date) -> DocumentAudience | None:
    """What a member of a household is; None for who is none today."""
    kind = await db.fetchval(MEMBER_SQL, household_id, person_id, today)
    return DocumentAudience(kind) if kind else None


COUNT_OPEN_SQL = """
select count(*) from filed_documents where file_id = $1 and status in ('draft', 'sent')
"""


async def count_open(tx: Transaction, household_id: UUID) -> int:
    """How many documents a household began, or waits for; decided on under its lock."""
    count: int = await tx.fetchval(COUNT_OPEN_SQL, household_id)
    return count


LOCK_DOCUMENT_SQL = "select from documents where document_id = $1 for update"


async def lock_document(tx: Transaction, document_id: UUID) -> None:
    """Hold a document, if there is one, until the transaction ends."""
    await tx.execute(LOCK_DOCUMENT_SQL, document_id)


ADD_PAGE_SQL = """
insert into document_pages (page_id, document_id, position, is_pdf, leaf_count, byte_count, blob)
values ($1, $2, (select coalesce(max(position), 0) + 1 from document_pages where document_id = $2), $3, $4, $5, $6)
"""


async def add_page(tx: Transaction, blobs: Blobs, document_id: UUID, page_id: UUID, page: Content) -> None:
    """Keep a file of a document that is held. Its content is there before the row says so; where the row fails, the content is swept up."""
    sealed = await seal_bytes(tx, document_id, page_id.bytes, page.content)
    blob = secrets.token_hex(20)
    await blobs.put(blob, sealed)
    await tx.execute(ADD_PAGE_SQL, page_id, document_id, page.is_pdf, page.leaf_count, len(page.content), blob)


PAGE_OF_OTHERS_SQL = "select exists (select from document_pages where page_id = $1 and document_id <> $2)"


async def is_page_of_others(tx: Transaction, page_id: UUID, document_id: UUID) -> bool:
    """Whether a page of another document has this id."""
    return bool(await tx.fetchval(PAGE_OF_OTHERS_SQL, page_id, document_id))


REMOVE_PAGE_SQL = "delete from document_pages where page_id = $1 and document_id = $2 returning blob"


async def remove_page(tx: Transaction, document_id: UUID, page_id: UUID) -> str | None:
    """Take a file out of a document; the name of its content, None when it has none of this id."""
    blob: str | None = await tx.fetchval(REMOVE_PAGE_SQL, page_id, document_id)
    return blob


PAGES_SQL = "select page_id, is_pdf, blob from document_pages where document_id = $1 order by position"


async def load_contents(db: Queries, blobs: Blobs, document_id: UUID) -> list[bytes]:
    """The contents of a document in their order, without those that are gone with its key."""
    contents = [await _content(db, blobs, document_id, row) for row in await db.fetch(PAGES_SQL, document_id)]
    return [content for content in contents if content is not None]


PAGE_SQL = "select page_id, is_pdf, leaf_count, blob from document_pages where document_id = $1 and page_id = $2"


async def load_content(db: Queries, blobs: Blobs, document_id: UUID, page_id: UUID) -> Content | None:
    """A content as it is kept; None when it is not there."""
    row = await db.fetchrow(PAGE_SQL, document_id, page_id)
    content = await _content(db, blobs, document_id, row) if row else None
    return None if row is None or content is None else Content(content, row["is_pdf"], row["leaf_count"])


async def _content(db: Queries, blobs: Blobs, document_id: UUID, row: Row) -> bytes | None:
    return await unseal_bytes(db, document_id, row["page_id"].bytes, await blobs.get(row["blob"]))


SEND_SQL = "update documents set status = 'sent', sent_at = $2, marked_on = $3 where document_id = $1"


async def send(tx: Transaction, document_id: UUID, marked_on: date | None) -> None:
    """Write that a document is sent, with the day that it bears."""
    await tx.execute(SEND_SQL, document_id, await tx.now(), marked_on)


SAVE_DECISION_SQL = """
update documents set status = $2, ends_on = $3, reason = $4, sealed = $5, decided_at = $6, decided_by = $7 where document_id = $1
"""


async def save_decision(tx: Transaction, document_id: UUID, made: Standing, by: UUID) -> None:
    """Write what was decided."""
    sealed = await seal_value(tx, document_id, WORDS, made.words) if made.words else None
    values = (made.status, made.ends_on, made.reason, sealed)
    await tx.execute(SAVE_DECISION_SQL, document_id, *values, await tx.now(), by)


async def words_of(db: Queries, row: Row) -> str:
    """What an agent wrote."""
    words: Any = await unseal_value(db, row["document_id"], WORDS, row["sealed"])
    return words or ""


SENT_SQL = """
select f.*, coalesce(c.first_name, a.first_name, '') as name
from filed_documents f
left join children c on c.child_id = f.subject_id
left join adults a on a.adult_id = f.subject_id
where f.document_id = $1
"""


async def load_sent(tx: Transaction, document_id: UUID) -> Row:
    """A document that is held, with the first name of the member that it is for. Raises NotFound."""
    row = await tx.fetchrow(SENT_SQL, document_id)
    if row is None:
        raise NotFound
    return row


STATES_SQL = """
select document_id, household_id, person_id, kind, status, marked_on, sent_at, ends_on from documents
where document_id = any($1::uuid[]) and sent_at is not null order by document_id
"""


async def publish_documents(tx: Transaction, kinds: Collection[DocumentKind], document_ids: Collection[UUID]) -> None:
    """Tell what documents that are held are worth, those of them that were sent. One that waits would hold as its kind says."""
    for row in await tx.fetch(STATES_SQL, list(document_ids)):
        sent_on = civil_day(row["sent_at"], tx.zone)
        is_waiting = status_of(row) is DocumentStatus.SENT
        proposed_on = proposed_end(kind_of(kinds, row["kind"]), row["marked_on"], sent_on) if is_waiting else None
        tx.emit(
            DocumentState(
                document_id=row["document_id"],
                household_id=row["household_id"],
                person_id=row["person_id"],
                kind=row["kind"],
                status=status_of(row),
                ends_on=row["ends_on"] or proposed_on,
            )
        )


BLOBS_SQL = "select blob from document_pages where document_id = any($1::uuid[])"

REMOVE_SQL = (
    "delete from documents where document_id = any($1::uuid[]) returning document_id, sent_at is not null as is_told"
)


async def remove(tx: Transaction, document_ids: Sequence[UUID]) -> list[str]:
    """Delete documents and their keys, with which no copy of them says anything any more; the names of what is left to sweep."""
    rows = await tx.fetch(BLOBS_SQL, document_ids)
    for row in await tx.fetch(REMOVE_SQL, document_ids):
        if row["is_told"]:
            tx.erase(DocumentState, str(row["document_id"]))
    await forget_changes(tx, document_ids)
    return [row["blob"] for row in rows]


OF_PEOPLE_SQL = """
select document_id from documents where household_id = any($1::uuid[]) or person_id = any($2::uuid[]) for update
"""


async def remove_of(tx: Transaction, household_ids: Collection[UUID], person_ids: Collection[UUID]) -> None:
    """Erase the documents of households, and those for people."""
    rows = await tx.fetch(OF_PEOPLE_SQL, list(household_ids), list(person_ids))
    await remove(tx, [row["document_id"] for row in rows])


ENDING_SQL = """
select d.document_id from documents d
where d.status = 'validated' and d.ends_on between $1 and $2 and d.reminded_at is null and not exists (
    select from documents later
    where later.household_id = d.household_id and later.kind = d.kind and later.person_id is not distinct from d.person_id
      and later.status in ('sent', 'validated') and later.sent_at > d.sent_at)
order by d.ends_on, d.document_id limit $3 for update skip locked
"""

REMINDED_SQL = "update documents set reminded_at = $2 where document_id = any($1::uuid[])"


async def take_ending(tx: Transaction, today: date, until: date, limit: int) -> list[UUID]:
    """Documents that end by a day and that nothing replaces, each once."""
    document_ids = [row["document_id"] for row in await tx.fetch(ENDING_SQL, today, until, limit)]
    await tx.execute(REMINDED_SQL, document_ids, await tx.now())
    return document_ids


# What is over goes after the time of its kind; what has no end, with a household that is put aside; what was begun or refused, sooner.
PAST_SQL = """
select d.document_id
from documents d
join households h on h.household_id = d.household_id
left join unnest($1::text[], $2::int[]) as k(kind, kept_days) on k.kind = d.kind
where d.status = 'draft' and d.created_at <= $4
   or d.status = 'refused' and d.decided_at <= $5
   or coalesce(d.ends_on, h.archived_on) + coalesce(k.kept_days, $3) < $6
order by d.document_id limit $7 for update of d skip locked
"""


@dataclass(frozen=True, slots=True)
class Times:
    """Until when what is kept: by kind in days, what was begun or refused before instants."""

    kept_days: dict[str, int]
    rest_days: int
    draft_before: datetime
    refused_before: datetime
    today: date


async def take_past(tx: Transaction, times: Times, limit: int) -> list[UUID]:
    """Documents that are past their time, held until the transaction ends."""
    kinds = (list(times.kept_days), list(times.kept_days.values()), times.rest_days)
    rows = await tx.fetch(PAST_SQL, *kinds, times.draft_before, times.refused_before, times.today, limit)
    return [row["document_id"] for row in rows]


KNOWN_BLOBS_SQL = "select blob from document_pages where blob = any($1::text[])"


async def known_blobs(db: Queries, names: Sequence[str]) -> set[str]:
    """Those of these contents that a row names."""
    return {row["blob"] for row in await db.fetch(KNOWN_BLOBS_SQL, names)}


def status_of(row: Row) -> DocumentStatus:
    """The state as it is written."""
    return DocumentStatus(row["status"])


def reason_of(row: Row) -> DocumentReason | None:
    """Why it was refused."""
    return DocumentReason(row["reason"]) if row["reason"] else None
