"""Storage of pairs of files that an agent keeps apart."""

from datetime import datetime
from uuid import UUID

from chassis.data.database import Transaction
from chassis.data.sealed_values import seal_value

KEEP_APART_SQL = """
insert into files_apart (household_id, other_id, reason, noted_at, noted_by) values ($1, $2, $3, $4, $5)
on conflict (household_id, other_id) do update
set reason = excluded.reason, noted_at = excluded.noted_at, noted_by = excluded.noted_by
"""


def in_order(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """A pair as it is kept."""
    return (one, other) if one < other else (other, one)


def place(pair: tuple[UUID, UUID]) -> bytes:
    """What the reason of a pair is sealed for."""
    return pair[0].bytes + pair[1].bytes


async def keep_apart(tx: Transaction, pair: tuple[UUID, UUID], reason: str, at: datetime, by: UUID) -> None:
    """Keep why two files are of two households."""
    sealed = await seal_value(tx, pair[0], place(pair), reason)
    await tx.execute(KEEP_APART_SQL, *pair, sealed, at, by)


FORGET_APART_SQL = "delete from files_apart where household_id = $1 and other_id = $2 returning true"


async def forget_apart(tx: Transaction, pair: tuple[UUID, UUID]) -> bool:
    """Keep two files apart no more; whether they were."""
    return bool(await tx.fetchval(FORGET_APART_SQL, *pair))
