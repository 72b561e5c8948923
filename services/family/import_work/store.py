"""What imports look up in the files of the town."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from chassis.data.database import Queries, Transaction

TWINS_SQL = """
select distinct on (x.position) x.position, h.reference
from unnest($1::int[], $2::text[], $3::text[], $4::date[]) as x(position, adult_key, child_key, birth_on)
join adults a on a.name_key = x.adult_key
join household_members am on am.person_id = a.adult_id and am.kind = 'adult'
join households h on h.household_id = am.household_id
join household_members cm on cm.household_id = h.household_id and cm.kind = 'child'
join children c on c.child_id = cm.person_id and c.name_key = x.child_key and c.birth_on = x.birth_on
where h.merged_into is null
order by x.position, h.created_at, h.household_id
"""


async def twins(db: Queries, pairs: Sequence[tuple[int, str, str, date]]) -> dict[int, str]:
    """The reference of a file where the same adult has the same child already, by the position of a household."""
    columns = [list(column) for column in zip(*pairs, strict=True)] if pairs else [[], [], [], []]
    return {row["position"]: row["reference"] for row in await db.fetch(TWINS_SQL, *columns)}


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
