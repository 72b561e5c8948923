"""What a message takes from the replicas: who reads it, and the names that its ids stand for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.data.database import Queries

from ..messages.domain import Audience, Named


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who reads a message; an agent's account has no name here."""

    email: str | None
    civility: str | None
    first_name: str | None
    last_name: str | None


READ_ACCOUNT_HOLDER_SQL = """
select a.email, g.civility, g.first_name, g.last_name
from accounts a left join household_adults g on g.adult_id = a.guardian_id
where a.account_id = $1 and (a.guardian_id is null or g.adult_id is not null) order by g.household_id limit 1
"""

READ_GUARDIAN_SQL = """
select email, civility, first_name, last_name from household_adults where household_id = $1 and adult_id = $2
"""


async def read_recipient(db: Queries, audience: Audience, subject_id: UUID, recipient_id: UUID) -> Recipient | None:
    """Who reads a message, as they are known now; None when they are not."""
    if audience is Audience.ACCOUNT:
        row = await db.fetchrow(READ_ACCOUNT_HOLDER_SQL, subject_id)
    else:
        row = await db.fetchrow(READ_GUARDIAN_SQL, subject_id, recipient_id)
    return Recipient(**row) if row else None


READ_PEOPLE_SQL = """
select child_id as person_id, name from household_children where household_id = $1 union all
select adult_id, first_name || ' ' || last_name from household_adults where household_id = $1
"""

READ_ACTIVITIES_SQL = """
select activity_id, label, units from activities
where activity_id::text in (select jsonb_path_query($1::jsonb, '$.**.activity_id') #>> '{}')
"""


async def read_names(db: Queries, subject_id: UUID, payload: Mapping[str, Any]) -> dict[Named, str]:
    """The names that a notice's ids stand for: of children as they are called, of adults, of activities and of their units, if several."""
    people = await db.fetch(READ_PEOPLE_SQL, subject_id)
    names: dict[Named, str] = {row["person_id"]: row["name"] for row in people}
    for row in await db.fetch(READ_ACTIVITIES_SQL, payload):
        units = row["units"] if len(row["units"]) > 1 else {}
        names |= {row["activity_id"]: row["label"], **{(row["activity_id"], code): units[code] for code in units}}
    return names
