"""What imports look up in the files of the town."""

from uuid import UUID

from chassis.data.database import Queries

UNINVITED_SQL = """
select distinct a.adult_id from household_members m join adults a on a.adult_id = m.person_id
where m.household_id = $1 and not a.is_invited and a.email is not null
"""


async def uninvited(db: Queries, household_id: UUID) -> list[UUID]:
    """The adults of a household who have an address and were never invited."""
    return [row["adult_id"] for row in await db.fetch(UNINVITED_SQL, household_id)]
