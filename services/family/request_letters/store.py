"""What a mail about a request says, and who may be told of it today."""

from dataclasses import dataclass
from uuid import UUID

from chassis.access import reaching
from chassis.data.database import Row, Transaction
from chassis.refusal import NotFound

from ..access import REQUEST

LOAD_SQL = """
select f.*, v.text, coalesce(c.first_name, a.first_name, '') as name
from filed_requests f
join procedure_versions v on v.code = f.code and v.version = f.version
left join children c on c.child_id = f.subject_id
left join adults a on a.adult_id = f.subject_id
where f.request_id = $1
"""


async def load_told(tx: Transaction, request_id: UUID) -> Row:
    """A request that is held, with the first name of whom it is about. Raises NotFound."""
    row = await tx.fetchrow(LOAD_SQL, request_id)
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class Reader:
    """An adult with an address who may be mailed."""

    adult_id: UUID
    email: str


MEMBERS_SQL = """
select a.adult_id, a.email from household_members m join adults a on a.adult_id = m.person_id
where m.household_id = $1 and m.during @> $2::date and a.email is not null order by m.position, a.adult_id
"""

# Whoever reads is asked about as if they asked: by the same rule.
IS_REACHED_SQL = reaching("select {is_reached}", is_reached=REQUEST.of("$4::uuid"))


async def readers_of(tx: Transaction, row: Row) -> list[Reader]:
    """The adults of a request's household who may read it today, whoever could when it was sent."""
    today = await tx.today()
    members = [Reader(**dict(item)) for item in await tx.fetch(MEMBERS_SQL, row["file_id"], today)]
    return [
        reader
        for reader in members
        if await tx.fetchval(IS_REACHED_SQL, reader.adult_id, None, today, row["request_id"])
    ]
