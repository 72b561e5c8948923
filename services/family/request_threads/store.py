"""Storage of threads: each message is sealed with the key of its request."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.data.sealed_values import seal_value, unseal_value


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message, by whom, and the documents that go with it."""

    message_id: UUID
    request_id: UUID
    sent_by: UUID
    is_by_agent: bool
    words: str = field(repr=False)
    document_ids: tuple[UUID, ...] = ()


ADD_MESSAGE_SQL = """
insert into request_messages (message_id, request_id, position, sent_at, sent_by, is_by_agent, sealed)
values ($1, $2, (select coalesce(max(position), 0) + 1 from request_messages where request_id = $2), $3, $4, $5, $6)
"""

ADD_PIECES_SQL = """
insert into request_message_pieces (message_id, document_id) select $1, document_id from unnest($2::uuid[]) as d (document_id)
"""


async def add_message(tx: Transaction, new: NewMessage) -> None:
    """Write a message of a request that is held."""
    sealed = await seal_value(tx, new.request_id, new.message_id.bytes, new.words)
    values = (new.message_id, new.request_id, await tx.now(), new.sent_by, new.is_by_agent, sealed)
    await tx.execute(ADD_MESSAGE_SQL, *values)
    await tx.execute(ADD_PIECES_SQL, new.message_id, new.document_ids)


async def words_of(db: Queries, row: Row) -> str:
    """What was written."""
    words: Any = await unseal_value(db, row["request_id"], row["message_id"].bytes, row["sealed"])
    return words or ""


GIVEN_SQL = """
select d.document_id from filed_documents d
where d.document_id = any($1::uuid[]) and d.file_id = $2 and d.status in ('sent', 'validated')
"""


async def given(db: Queries, document_ids: Collection[UUID], household_id: UUID) -> set[UUID]:
    """Those of these documents that the household sent and that hold."""
    return {row["document_id"] for row in await db.fetch(GIVEN_SQL, list(document_ids), household_id)}


LAST_SQL = "select request_id, message_id, sealed, is_by_agent from request_messages where request_id = $1 order by position desc limit 1"


async def is_said_last(db: Queries, request_id: UUID, words: str) -> bool:
    """Whether an agent's message with these words is the last one of a request."""
    row = await db.fetchrow(LAST_SQL, request_id)
    return row is not None and row["is_by_agent"] and await words_of(db, row) == words


COUNT_SQL = "select count(*) from request_messages where request_id = $1"


async def count_messages(tx: Transaction, request_id: UUID) -> int:
    """How many messages a request has that is held."""
    count: int = await tx.fetchval(COUNT_SQL, request_id)
    return count
