"""What imports look up in the files of the town."""

from collections.abc import Mapping
from uuid import UUID

from chassis.data.database import Queries, Transaction

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
