"""Storage of requests for protection: sealed with the household's key."""

from typing import Any
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.data.sealed_values import seal_value, unseal_value
from chassis.identifiers import new_id

WAITING_SQL = """
select request_id from protection_requests where asked_by = $1 and household_id = $2 and settled_at is null for update
"""

SAVE_REQUEST_SQL = """
insert into protection_requests (request_id, household_id, asked_by, sealed, asked_at) values ($1, $2, $3, $4, $5)
on conflict (request_id) do update set sealed = excluded.sealed, asked_at = excluded.asked_at
"""


async def keep_request(tx: Transaction, household_id: UUID, asked_by: UUID, message: str) -> UUID:
    """Keep what an adult asks, in the place of what they asked before if that waits still; their household is held. The request."""
    request_id: UUID = await tx.fetchval(WAITING_SQL, asked_by, household_id) or new_id()
    sealed = await seal_value(tx, household_id, request_id.bytes, {"message": message})
    await tx.execute(SAVE_REQUEST_SQL, request_id, household_id, asked_by, sealed, await tx.now())
    return request_id


async def words_of(db: Queries, row: Row) -> dict[str, str]:
    """What was written (`message`), and why nothing came of it (`reason`); nothing once the household's key was erased."""
    words: Any = await unseal_value(db, row["household_id"], row["request_id"].bytes, row["sealed"])
    return words or {}


LOCK_REQUEST_SQL = """
select request_id, household_id, sealed, settled_at from protection_requests where request_id = $1 for update
"""


async def lock_request(tx: Transaction, request_id: UUID) -> Row | None:
    """A request, held until the transaction ends."""
    return await tx.fetchrow(LOCK_REQUEST_SQL, request_id)


CLOSE_REQUEST_SQL = "update protection_requests set sealed = $2, settled_at = $3, settled_by = $4 where request_id = $1"


async def close_request(tx: Transaction, row: Row, reason: str, by: UUID) -> None:
    """Write that nothing comes of a request that is held, and why."""
    words = {**await words_of(tx, row), "reason": reason}
    sealed = await seal_value(tx, row["household_id"], row["request_id"].bytes, words)
    await tx.execute(CLOSE_REQUEST_SQL, row["request_id"], sealed, await tx.now(), by)


SETTLE_SQL = """
update protection_requests set settled_at = $2, settled_by = $3
where settled_at is null and household_id in (select household_id from households where household_id = $1 or merged_into = $1)
"""


async def settle_requests(tx: Transaction, household_id: UUID, by: UUID) -> None:
    """What was asked for a household, or for a file that became part of it, is done: its address is protected."""
    await tx.execute(SETTLE_SQL, household_id, await tx.now(), by)


FORGET_SETTLED_SQL = """
delete from protection_requests where request_id in (
    select request_id from protection_requests where settled_at < $1 limit $2 for update skip locked)
"""
