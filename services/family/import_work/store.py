"""What imports look up in the files of the town, and which households and children came from which keys."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.data.database import Queries, Transaction

from ..people.domain import Child

UNINVITED_SQL = """
select distinct a.adult_id from household_members m join adults a on a.adult_id = m.person_id
where m.household_id = $1 and not a.is_invited and a.email is not null
"""


async def uninvited(db: Queries, household_id: UUID) -> list[UUID]:
    """The adults of a household who have an address and were never invited."""
    return [row["adult_id"] for row in await db.fetch(UNINVITED_SQL, household_id)]


HOUSEHOLD_KEYS_ALONG_SQL = "update imported_households set household_id = $2 where household_id = $1"

CHILD_KEYS_ALONG_SQL = """
update imported_children i set child_id = same.stays from unnest($1::uuid[], $2::uuid[]) as same(went, stays)
where i.child_id = same.went
"""


async def keys_along(tx: Transaction, households: tuple[UUID, UUID], children: Mapping[UUID, UUID]) -> None:
    """Let the keys of a household's file mean another file, and those of its children the children who they are by now."""
    await tx.execute(HOUSEHOLD_KEYS_ALONG_SQL, *households)
    await tx.execute(CHILD_KEYS_ALONG_SQL, list(children), list(children.values()))


@dataclass(frozen=True, slots=True)
class ImportedHousehold:
    """A household that came from a key. `fingerprint` stands for what the file said; `has_uninvited`: an adult has an address and was never invited."""

    household_id: UUID
    fingerprint: bytes
    has_uninvited: bool


KNOWN_HOUSEHOLDS_SQL = """
select i.household_key, i.household_id, i.fingerprint, exists (
    select from household_members m join adults a on a.adult_id = m.person_id
    where m.household_id = i.household_id and not a.is_invited and a.email is not null) as has_uninvited
from imported_households i where i.household_key = any($1::text[])
"""


async def imported_households(db: Queries, keys: Collection[str]) -> dict[str, ImportedHousehold]:
    """Those of these keys from which a household came."""
    rows = await db.fetch(KNOWN_HOUSEHOLDS_SQL, list(keys))
    return {
        row["household_key"]: ImportedHousehold(row["household_id"], row["fingerprint"], row["has_uninvited"])
        for row in rows
    }


KNOWN_CHILDREN_SQL = """
select i.child_key, c.child_id, c.first_name, c.last_name, c.birth_on, c.is_expected
from imported_children i join children c using (child_id) where i.child_key = any($1::text[])
"""


async def imported_children(db: Queries, keys: Collection[str]) -> dict[str, Child]:
    """The children who came from these keys."""
    rows = [dict(row) for row in await db.fetch(KNOWN_CHILDREN_SQL, list(keys))]
    return {row.pop("child_key"): Child(**row) for row in rows}


KEEP_HOUSEHOLDS_SQL = """
insert into imported_households (household_key, household_id, fingerprint) select * from unnest($1::text[], $2::uuid[], $3::bytea[])
on conflict (household_key) do update set fingerprint = excluded.fingerprint
"""


async def keep_households(tx: Transaction, households: Sequence[tuple[str, UUID, bytes]]) -> None:
    """Households came from these keys, or their files say something else by now: with what stands for that."""
    if households:
        await tx.execute(KEEP_HOUSEHOLDS_SQL, *map(list, zip(*households, strict=True)))


KEEP_CHILDREN_SQL = """
insert into imported_children (child_key, child_id) select * from unnest($1::text[], $2::uuid[]) on conflict do nothing
"""


async def keep_children(tx: Transaction, children: Mapping[str, UUID]) -> None:
    """Children came from these keys."""
    await tx.execute(KEEP_CHILDREN_SQL, list(children), list(children.values()))
