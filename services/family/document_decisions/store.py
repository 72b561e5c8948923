"""Storage of what is decided of many documents: they are held, judged, and wait again where that is taken back."""

from collections.abc import Sequence
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Row, Transaction
from contracts.family.document_words import DocumentStatus

from ..access import DOCUMENT
from .domain import Taken

LOCK_DOCUMENTS_SQL = "select from documents where document_id = any($1::uuid[]) order by document_id for update"


async def lock_documents(tx: Transaction, document_ids: Sequence[UUID]) -> None:
    """Hold documents, those of them that there are, until the transaction ends."""
    await tx.execute(LOCK_DOCUMENTS_SQL, document_ids)


# `told` is whoever sent it, if they have an address.
CHOSEN_SQL = reaching(
    """
select f.*, h.reference, coalesce(c.first_name || ' ' || c.last_name, a.first_name || ' ' || a.last_name, '') as name,
       s.first_name || ' ' || s.last_name as told
from filed_documents f
join households h on h.household_id = f.file_id
left join children c on c.child_id = f.subject_id
left join adults a on a.adult_id = f.subject_id
left join adults s on s.adult_id = f.created_by and s.email <> ''
where f.document_id = any($4::uuid[]) and {is_reached} order by f.document_id
""",
    is_reached=DOCUMENT.of("f.document_id"),
)


async def load_chosen(db: Database | Transaction, actor: Actor, document_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Those of these documents that an actor reaches."""
    rows = await db.fetch(CHOSEN_SQL, *reach_of(actor, await db.today()), document_ids)
    return {row["document_id"]: row for row in rows}


TAKEN_SQL = """
select d.document_id, d.status, d.decided_by, d.decided_at, exists (
    select from documents later
    where later.household_id = d.household_id and later.kind = d.kind and later.person_id is not distinct from d.person_id
      and later.document_id <> d.document_id and later.created_at > d.decided_at) as is_sent_again,
    exists (select from quotients q where q.document_id = d.document_id and q.recorded_at > d.decided_at)
    or exists (select from request_pieces p join requests r using (request_id)
               where p.document_id = d.document_id and r.decided_at > d.decided_at) as is_relied_on
from documents d where d.document_id = any($1::uuid[])
"""


async def load_taken(tx: Transaction, document_ids: Sequence[UUID]) -> dict[UUID, Taken]:
    """What stands decided of documents that are held."""
    return {
        row["document_id"]: Taken(
            DocumentStatus(row["status"]),
            row["decided_by"],
            row["decided_at"],
            row["is_sent_again"],
            row["is_relied_on"],
        )
        for row in await tx.fetch(TAKEN_SQL, document_ids)
    }


REOPEN_SQL = """
update documents set status = 'sent', ends_on = null, reason = null, sealed = null, decided_at = null, decided_by = null
where document_id = any($1::uuid[])
"""


async def reopen(tx: Transaction, document_ids: Sequence[UUID]) -> None:
    """Have documents wait again."""
    await tx.execute(REOPEN_SQL, document_ids)
