"""A household as a whole, in one answer for each part of its screen."""

from datetime import date
from itertools import chain
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Queries
from chassis.refusal import NotFound
from contracts.family.circle import Circle, HouseholdTimeline

from ..access import CHILD
from ..custody.queries import child_file
from ..entourage.domain import Around, visible
from ..entourage.queries import answer
from ..entourage.store import load_around

CHILDREN_OF_HOUSEHOLD_SQL = reaching(
    """
select array(
    select c.child_id from household_members m join children c on c.child_id = m.person_id
    where m.household_id = h.household_id and not m.during << daterange($3, $3, '[]') and {is_reached}
    group by c.child_id, m.position order by m.position) as child_ids
from households h, actor where h.household_id = $4 and actor.sites is null
""",
    is_reached=CHILD.of("c.child_id"),
)


async def children_of(db: Queries, actor: Actor, household_id: UUID, today: date) -> list[UUID]:
    """The children who belong to a household today or will, in its order. Raises NotFound, also for an agent of some sites: what they need of a
    child stands on the sheet of the day."""
    row = await db.fetchrow(CHILDREN_OF_HOUSEHOLD_SQL, *reach_of(actor, today), household_id)
    if row is None:
        raise NotFound
    return list(row["child_ids"])


async def circle(db: Queries, actor: Actor, household_id: UUID, today: date) -> Circle:
    """Homes and people of a household's children. Raises NotFound."""
    child_ids = await children_of(db, actor, household_id, today)
    rows: dict[UUID, list[Around]] = {}
    for row in chain.from_iterable([await load_around(db, child_id) for child_id in child_ids]):
        rows.setdefault(row.contact_id, []).append(row)
    people = visible([around[0] for around in rows.values()], sees_forbidden=True)
    return Circle(
        children=tuple([await child_file(db, child_id, today) for child_id in child_ids]),
        people=tuple(answer(row, rows[row.contact_id]) for row in people),
    )


TIMELINE_SQL = """
select coalesce((
        select jsonb_agg(jsonb_build_object('person_id', a.adult_id, 'name', a.first_name || ' ' || a.last_name,
            'starts_on', lower(m.during), 'ends_on', upper(m.during) - 1) order by m.position, m.during)
        from household_members m join adults a on a.adult_id = m.person_id where m.household_id = h.household_id), '[]') as adults,
    coalesce((
        select jsonb_agg(jsonb_build_object('person_id', c.child_id, 'name', c.first_name || ' ' || c.last_name,
            'starts_on', lower(m.during), 'ends_on', upper(m.during) - 1) order by m.position, m.during)
        from household_members m join children c on c.child_id = m.person_id where m.household_id = h.household_id), '[]') as children,
    coalesce((
        select jsonb_agg(jsonb_build_object('person_id', a.adult_id, 'name', a.first_name || ' ' || a.last_name,
            'starts_on', lower(p.during), 'ends_on', upper(p.during) - 1) order by p.during)
        from household_payers p join adults a on a.adult_id = p.adult_id where p.household_id = h.household_id), '[]') as payers,
    coalesce((
        select jsonb_agg(jsonb_build_object('value_cents', q.value_cents, 'effective_on', q.effective_on, 'source', q.source, 'ends_on', q.ends_on)
            order by q.effective_on)
        from quotients q where q.household_id = h.household_id and q.replaced_at is null), '[]') as quotients
from households h where h.household_id = $1
"""


async def timeline(db: Queries, household_id: UUID) -> HouseholdTimeline:
    """The years of a household. Raises NotFound."""
    row = await db.fetchrow(TIMELINE_SQL, household_id)
    if row is None:
        raise NotFound
    return HouseholdTimeline.model_validate(dict(row))
