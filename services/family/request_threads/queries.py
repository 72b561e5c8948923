"""The thread of a request as its readers see it."""

from uuid import UUID

from chassis.data.database import Database, Row, Transaction
from contracts.family.document_words import DocumentStatus
from contracts.family.requests import GivenPiece, RequestMessage

from ..documents.domain import kind_of
from ..settings import FamilyRules
from . import store

MESSAGES_SQL = """
select m.*, coalesce(a.first_name || ' ' || a.last_name, '') as name
from request_messages m left join adults a on a.adult_id = m.sent_by and not m.is_by_agent
where m.request_id = $1 order by m.position
"""

PIECES_SQL = """
select p.message_id, d.document_id, d.kind, case when d.status = 'validated' and d.ends_on < $2::date then 'expired' else d.status end as status
from request_message_pieces p join request_messages m using (message_id) join documents d using (document_id)
where m.request_id = $1 order by d.document_id
"""


async def messages_of(
    db: Database | Transaction, rules: FamilyRules, request: Row, *, is_for_agent: bool
) -> tuple[RequestMessage, ...]:
    """The messages of a request, the oldest first; families are not told which agent wrote."""
    pieces: dict[UUID, list[GivenPiece]] = {}
    for row in await db.fetch(PIECES_SQL, request["request_id"], await db.today()):
        label = kind_of(rules.policy.documents, row["kind"]).label
        pieces.setdefault(row["message_id"], []).append(
            GivenPiece(
                kind=row["kind"],
                label=label,
                is_optional=True,
                document_id=row["document_id"],
                document_label=label,
                document_status=DocumentStatus(row["status"]),
            )
        )
    return tuple(
        [
            RequestMessage(
                message_id=row["message_id"],
                sent_at=row["sent_at"],
                is_by_agent=row["is_by_agent"],
                sent_by=row["sent_by"] if is_for_agent or not row["is_by_agent"] else None,
                name=row["name"],
                words=await store.words_of(db, row),
                pieces=tuple(pieces.get(row["message_id"], ())),
            )
            for row in await db.fetch(MESSAGES_SQL, request["request_id"])
        ]
    )
