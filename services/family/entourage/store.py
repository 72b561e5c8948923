"""Storage of the people around a child: who they are is sealed with the child's key."""

from collections.abc import Collection
from dataclasses import asdict
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from chassis.data.database import Queries, Row, Transaction
from chassis.data.sealed_values import seal_value, unseal_value
from contracts.family.child_events import EntourageKind

from .domain import Around, Person

PERSON: Final = TypeAdapter(Person)


def _place(contact_id: UUID, child_id: UUID) -> bytes:
    return child_id.bytes + contact_id.bytes


async def _around(db: Queries, row: Row) -> Around | None:
    """What a row says; None once the child's key is gone."""
    place = _place(row["contact_id"], row["child_id"])
    stored = await unseal_value(db, row["child_id"], place, row["sealed"])
    if stored is None:
        return None
    kind = EntourageKind(row["kind"])
    return Around(row["contact_id"], row["child_id"], kind, row["rank"], PERSON.validate_python(stored))


AROUND_SQL = "select contact_id, child_id, kind, rank, sealed from entourage where child_id = $1 order by contact_id"


async def load_around(db: Queries, child_id: UUID) -> list[Around]:
    """The people around a child; what is decided on them needs the child's lock."""
    rows = [await _around(db, row) for row in await db.fetch(AROUND_SQL, child_id)]
    return [row for row in rows if row is not None]


CONTACT_SQL = "select contact_id, child_id, kind, rank, sealed from entourage where contact_id = $1 order by child_id"


async def load_contact(db: Queries, contact_id: UUID) -> list[Around]:
    """Somebody as each child has them, in the order of the children's ids."""
    rows = [await _around(db, row) for row in await db.fetch(CONTACT_SQL, contact_id)]
    return [row for row in rows if row is not None]


SAVE_SQL = """
insert into entourage (contact_id, child_id, kind, rank, sealed) values ($1, $2, $3, $4, $5)
on conflict (contact_id, child_id) do update set sealed = excluded.sealed
"""


async def save_around(tx: Transaction, row: Around) -> None:
    """Write somebody around a child; their place stays."""
    place = _place(row.contact_id, row.child_id)
    sealed = await seal_value(tx, row.child_id, place, asdict(row.person))
    await tx.execute(SAVE_SQL, row.contact_id, row.child_id, row.kind.value, row.rank, sealed)


REMOVE_SQL = "delete from entourage where contact_id = $1 and child_id = any($2::uuid[])"


async def remove_around(tx: Transaction, contact_id: UUID, child_ids: Collection[UUID]) -> None:
    """Take somebody off the lists of these children."""
    await tx.execute(REMOVE_SQL, contact_id, list(child_ids))


ORDER_SQL = """
update entourage e set rank = o.rank from unnest($2::uuid[]) with ordinality o(contact_id, rank)
where e.child_id = $1 and e.contact_id = o.contact_id
"""


async def save_order(tx: Transaction, child_id: UUID, contact_ids: Collection[UUID]) -> None:
    """Write whom to call first."""
    await tx.execute(ORDER_SQL, child_id, list(contact_ids))


FORGET_SQL = "delete from entourage where child_id = $1"


async def forget_entourage(tx: Transaction, child_id: UUID) -> None:
    await tx.execute(FORGET_SQL, child_id)
