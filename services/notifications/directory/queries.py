"""What a message takes from the replicas: who reads it, and the names that its ids stand for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from chassis.data.database import Queries

from ..messages.domain import Audience, Named


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who reads a message; an agent's account has no name here, and is nobody's in a family. `companions` read it at the same address.
    `asked_by`: the first names of the parents whom they help, by delegation.
    `organization`: whose file it is, for whom they read about its money; its `legal_name`, `siret`, `rna` and `address_lines`."""

    email: str | None
    civility: str | None
    first_name: str | None
    last_name: str | None
    is_agent: bool = False
    companions: tuple["Recipient", ...] = ()
    organization: Mapping[str, Any] | None = None
    asked_by: Mapping[UUID, str] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        """How a letter is addressed."""
        return f"{self.first_name or ''} {self.last_name or ''}".strip()


# Of whoever helps a family, and has none here, we know a name without a civility.
READ_ACCOUNT_HOLDERS_SQL = """
select a.email, g.civility, g.first_name, g.last_name, a.guardian_ids = '{}' as is_agent
from accounts a left join lateral (
    select distinct on (adult_id) adult_id, civility, first_name, last_name
    from (
        select adult_id, civility, first_name, last_name, household_id from household_adults where adult_id = any(a.guardian_ids)
        union all
        select delegate_id, 'none', first_name, last_name, null from delegates where delegate_id = any(a.guardian_ids)
    ) known order by adult_id, household_id
) g on true
where a.account_id = $1 and (a.guardian_ids = '{}' or g.adult_id is not null)
order by array_position(a.guardian_ids, g.adult_id)
"""

READ_ADULT_HOLDER_SQL = """
select a.email, coalesce(g.civility, 'none') as civility, coalesce(g.first_name, h.first_name) as first_name,
       coalesce(g.last_name, h.last_name) as last_name
from accounts a
left join household_adults g on g.adult_id = $1
left join delegates h on h.delegate_id = $1
where $1 = any(a.guardian_ids) and (g.adult_id is not null or h.delegate_id is not null) order by g.household_id limit 1
"""

READ_GUARDIANS_SQL = """
select g.email, g.civility, g.first_name, g.last_name, h.organization
from household_adults r join household_adults g on g.household_id = r.household_id
join households h on h.household_id = r.household_id
where r.household_id = $1 and r.adult_id = $2 and (g.adult_id = r.adult_id or (
    $3 and lower(g.email) = lower(r.email) and g.is_invited and g.days @> $4::date))
order by g.adult_id <> r.adult_id, g.adult_id
"""

READ_ASKING_SQL = """
select n.delegation_id, n.parent_name from delegate_names n
where n.parent_name <> '' and (n.delegate_id = $1
    or n.delegate_id in (select unnest(guardian_ids) from accounts where account_id = $1))
order by n.delegation_id
"""


async def read_recipient(
    db: Queries, audience: Audience, subject_id: UUID, recipient_id: UUID, today: date
) -> Recipient | None:
    """Who reads a message, as they are known now; None when they are not. Of whom we know the address alone, the notice brings it."""
    if audience is Audience.ADDRESS:
        return Recipient(email=None, civility=None, first_name=None, last_name=None)
    match audience:
        case Audience.ACCOUNT:
            rows = await db.fetch(READ_ACCOUNT_HOLDERS_SQL, subject_id)
        case Audience.ADULT:
            rows = await db.fetch(READ_ADULT_HOLDER_SQL, subject_id)
        case _:
            is_shared = audience is Audience.HOUSEHOLD
            rows = await db.fetch(READ_GUARDIANS_SQL, subject_id, recipient_id, is_shared, today)
    people = [Recipient(**row) for row in rows]
    if not people:
        return None
    asking = await db.fetch(READ_ASKING_SQL, subject_id)
    asked_by = {row["delegation_id"]: row["parent_name"] for row in asking}
    return replace(people[0], companions=tuple(people[1:]), asked_by=asked_by)


READ_PEOPLE_SQL = """
select child_id as person_id, name from household_children where household_id = $1 union all
select adult_id, first_name || ' ' || last_name from household_adults where household_id = $1 union all
select delegation_id, name from delegate_names where delegation_id::text = $2
"""

READ_ACTIVITIES_SQL = """
select activity_id, label, units from activities
where activity_id::text in (select jsonb_path_query($1::jsonb, '$.**.activity_id') #>> '{}')
"""


async def read_names(db: Queries, subject_id: UUID, payload: Mapping[str, Any]) -> dict[Named, str]:
    """The names that a notice's ids stand for: of children as they are called, of adults, of who holds a delegation, of
    activities and of their units, if several."""
    people = await db.fetch(READ_PEOPLE_SQL, subject_id, payload.get("delegation_id"))
    names: dict[Named, str] = {row["person_id"]: row["name"] for row in people}
    for row in await db.fetch(READ_ACTIVITIES_SQL, payload):
        units = row["units"] if len(row["units"]) > 1 else {}
        names |= {row["activity_id"]: row["label"], **{(row["activity_id"], code): units[code] for code in units}}
    return names
