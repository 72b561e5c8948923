"""What a household's file holds that a request would ask for, and who can be named in an answer."""

from typing import Final
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Transaction
from contracts.family.procedure_words import PROTECTED, KnownFact
from contracts.family.requests import NamedPerson

from ..access import CHILD
from .domain import Circle

PEOPLE_SQL: Final = reaching(
    """
select m.person_id, m.kind = 'child' as is_child,
       coalesce(c.first_name || ' ' || c.last_name, a.first_name || ' ' || a.last_name) as name
from household_members m
left join children c on c.child_id = m.person_id
left join adults a on a.adult_id = m.person_id
where m.household_id = $4 and m.during @> $3::date and (m.kind = 'adult' or {is_reached})
order by m.position, m.person_id
""",
    is_reached=CHILD.of("m.person_id"),
)


async def people_of(db: Database | Transaction, actor: Actor, household_id: UUID) -> tuple[NamedPerson, ...]:
    """The adults of a household, and the children whom whoever asks answers for."""
    rows = await db.fetch(PEOPLE_SQL, *reach_of(actor, await db.today()), household_id)
    return tuple(NamedPerson.model_validate(dict(row)) for row in rows)


FACTS_SQL: Final = """
select array_to_string(array_append(h.address_lines, concat_ws(' ', h.postal_code, h.city)), ', ') as address,
       h.address_lines is null as is_protected, a.email, a.phone, c.birth_on, s.label as class_label, coalesce(o.label, g.elsewhere) as school
from households h
left join adults a on a.adult_id = $2
left join children c on c.child_id = $3
left join schoolings g on g.child_id = $3 and g.during @> $4::date
left join schools o on o.school_code = g.school_code
left join classes s on s.class_id = g.class_id
where h.household_id = $1
"""


async def facts_of(
    db: Database | Transaction, household_id: UUID, adult_id: UUID, person_id: UUID | None
) -> dict[KnownFact, str]:
    """What the file holds of a household, of an adult and of the child that a request is about; a protected address is known and not told."""
    row = await db.fetchrow(FACTS_SQL, household_id, adult_id, person_id, await db.today())
    if row is None:
        return {}
    facts = {
        KnownFact.ADDRESS: PROTECTED if row["is_protected"] else row["address"],
        KnownFact.ADULT_EMAIL: row["email"],
        KnownFact.ADULT_PHONE: row["phone"],
        KnownFact.CHILD_BIRTH_ON: row["birth_on"].isoformat() if row["birth_on"] else None,
        KnownFact.CHILD_CLASS: row["class_label"],
        KnownFact.CHILD_SCHOOL: row["school"],
    }
    return {fact: value for fact, value in facts.items() if value}


def circle_of(people: tuple[NamedPerson, ...], facts: dict[KnownFact, str]) -> Circle:
    """Who can be named, and what is not asked twice."""
    return Circle(
        children=frozenset(str(person.person_id) for person in people if person.is_child),
        adults=frozenset(str(person.person_id) for person in people if not person.is_child),
        facts=facts,
    )
