"""What a message takes from the replicas: to whom it goes, who reads it, and the names that its ids stand for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from chassis.data.database import Queries, Row
from contracts.identity.online_service_words import OnlineService

from ..messages.domain import Audience, Named, Rule, Template

CONVENIENCES: Final = {
    Template.ENROLLMENT_REQUESTED: OnlineService.BOOKING,
    Template.BASKET_CONFIRMED: OnlineService.BOOKING,
}
"""What is only convenient to hear: whoever does without the online service is not told. Of answers, refusals, bills and their account everybody is."""


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


ACCOUNT_RECIPIENT_SQL = """
select coalesce(guardian_ids[1], account_id) as recipient_id from accounts where account_id = $1
"""

ADULT_RECIPIENT_SQL = "select $1::uuid as recipient_id from accounts where $1 = any(guardian_ids)"

# What is done for children is told to whoever answers for each of them that day; when nobody does any more, to whoever did. Of a child whose
# custody was never said, everybody is told. Of those who share an address the first one stands for all: they are written to once.
HOUSEHOLD_RECIPIENTS_SQL = """
with named as (
    select distinct (child #>> '{}')::uuid as child_id
    from (select jsonb_path_query($4::jsonb, '$.**.child_id') union all select jsonb_path_query($4::jsonb, '$.child_ids[*]')) p(child)
), answering as (
    select r.child_id, r.adult_id, r.days @> $2::date as is_today
    from named join responsibilities r using (child_id)
    where r.role in ('guardian', 'caretaker') and r.authority <> 'none'
), told as (
    select a.adult_id, lower(a.email) as email from household_adults a
    where a.household_id = $1 and a.is_invited and a.days @> $2::date and not exists (
        select from accounts c where a.adult_id = any(c.guardian_ids) and $5::text = any(c.declined)) and not exists (
        select from named join custody c using (child_id) where not exists (
            select from answering g where g.child_id = c.child_id and g.adult_id = a.adult_id and (g.is_today or not exists (
                select from answering other where other.child_id = c.child_id and other.is_today))))
)
select a.adult_id as recipient_id, t.adult_id is not null and not exists (
           select from told other where other.adult_id < t.adult_id and other.email = t.email
       ) as is_invited
from households h
left join household_adults a on a.household_id = h.household_id
left join told t on t.adult_id = a.adult_id
where h.household_id = $1 and ($3::timestamptz is null or h.said_at >= $3) order by a.adult_id
"""


async def candidates(db: Queries, rule: Rule, notice: Row, today: date) -> dict[UUID, bool] | None:
    """Who may be written to, and whether an invitation makes them one of today's household who may know it, and the first of their address: its
    adults, or an account that is no adult's. A notice that brings its own address is for nobody whom we know: its subject stands for them. None when the subject, or what
    was said of it, is not known yet."""
    if rule.audience is Audience.ADDRESS:
        return {notice["subject_id"]: True}
    if rule.audience in (Audience.ACCOUNT, Audience.ADULT):
        sql = ACCOUNT_RECIPIENT_SQL if rule.audience is Audience.ACCOUNT else ADULT_RECIPIENT_SQL
        rows = await db.fetch(sql, notice["subject_id"])
        return {row["recipient_id"]: True for row in rows} or None
    since, service = rule.known_since(notice["expires_at"]), CONVENIENCES.get(Template(notice["template"]))
    rows = await db.fetch(HOUSEHOLD_RECIPIENTS_SQL, notice["subject_id"], today, since, notice["payload"], service)
    return {row["recipient_id"]: row["is_invited"] for row in rows if row["recipient_id"]} if rows else None


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
