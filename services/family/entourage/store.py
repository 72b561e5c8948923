"""Storage of the people around a child: who they are is sealed with the child's key, a picture of them with its own."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from chassis.data.database import Queries, Row, Transaction
from chassis.data.history import forget_changes
from chassis.data.sealed_values import seal_bytes, seal_value, unseal_bytes, unseal_value
from contracts.family.child_events import EntourageKind

from .domain import Around, Person

PERSON: Final = TypeAdapter(Person)
PORTRAIT: Final = b"portrait"


def _place(contact_id: UUID, child_id: UUID) -> bytes:
    return child_id.bytes + contact_id.bytes


async def _around(db: Queries, row: Row) -> Around | None:
    """What a row says; None once the child's key is gone."""
    place = _place(row["contact_id"], row["child_id"])
    stored = await unseal_value(db, row["child_id"], place, row["sealed"])
    if stored is None:
        return None
    kind = EntourageKind(row["kind"])
    person = PERSON.validate_python(stored)
    return Around(row["contact_id"], row["child_id"], kind, row["rank"], person, row["has_portrait"])


_SELECTED: Final = """
select e.contact_id, e.child_id, e.kind, e.rank, e.sealed, p.contact_id is not null as has_portrait
from entourage e left join portraits p on p.contact_id = e.contact_id
"""

AROUND_SQL = f"{_SELECTED} where e.child_id = $1 order by e.contact_id"


async def load_around(db: Queries, child_id: UUID) -> list[Around]:
    """The people around a child; what is decided on them needs the child's lock."""
    rows = [await _around(db, row) for row in await db.fetch(AROUND_SQL, child_id)]
    return [row for row in rows if row is not None]


CONTACT_SQL = f"{_SELECTED} where e.contact_id = $1 order by e.child_id"


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
    await _forget_portraits(tx, [contact_id])


ORDER_SQL = """
update entourage e set rank = o.rank from unnest($2::uuid[]) with ordinality o(contact_id, rank)
where e.child_id = $1 and e.contact_id = o.contact_id
"""


async def save_order(tx: Transaction, child_id: UUID, contact_ids: Collection[UUID]) -> None:
    """Write whom to call first."""
    await tx.execute(ORDER_SQL, child_id, list(contact_ids))


FORGET_SQL = "delete from entourage where child_id = $1 returning contact_id"


async def forget_entourage(tx: Transaction, child_id: UUID) -> None:
    await _forget_portraits(tx, [row["contact_id"] for row in await tx.fetch(FORGET_SQL, child_id)])


PORTRAIT_SQL = "select sealed from portraits where contact_id = $1"


async def load_portrait(db: Queries, contact_id: UUID) -> bytes | None:
    """The picture of somebody."""
    return await unseal_bytes(db, contact_id, PORTRAIT, await db.fetchval(PORTRAIT_SQL, contact_id))


SAVE_PORTRAIT_SQL = """
insert into portraits (contact_id, sealed) values ($1, $2)
on conflict (contact_id) do update set sealed = excluded.sealed
"""


async def save_portrait(tx: Transaction, contact_id: UUID, picture: bytes) -> None:
    """Write the picture of somebody, sealed with a key of its own."""
    await tx.execute(SAVE_PORTRAIT_SQL, contact_id, await seal_bytes(tx, contact_id, PORTRAIT, picture))


REMOVE_PORTRAIT_SQL = "delete from portraits where contact_id = $1"


async def remove_portrait(tx: Transaction, contact_id: UUID) -> None:
    """Delete the picture of somebody and its key, without which no copy of it says anything."""
    await tx.execute(REMOVE_PORTRAIT_SQL, contact_id)
    await forget_changes(tx, [contact_id])


LEFT_SQL = """
select p.contact_id from portraits p
where p.contact_id = any($1::uuid[]) and not exists (select from entourage e where e.contact_id = p.contact_id)
"""


async def _forget_portraits(tx: Transaction, contact_ids: Sequence[UUID]) -> None:
    """Delete the pictures of those of these people who are around no child any more."""
    for row in await tx.fetch(LEFT_SQL, contact_ids):
        await remove_portrait(tx, row["contact_id"])
