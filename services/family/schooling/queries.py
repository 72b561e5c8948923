"""Where children go to school, for their families and for agents."""

from datetime import date
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries, Row, Transaction
from chassis.refusal import NotFound
from contracts.family.school_events import Schooling
from contracts.family.schools import ChildSchooling
from contracts.http import Page

from ..access import HOUSEHOLD, PUPIL
from ..schools.domain import proposed_level, school_year_of
from .store import load_schoolings

CHILD_SQL = reaching(
    "select c.child_id, c.first_name, c.last_name, c.birth_on from children c where c.child_id = $4 and {is_reached}",
    is_reached=PUPIL.of("c.child_id"),
)


async def read_schooling(db: Database | Transaction, actor: Actor, child_id: UUID) -> ChildSchooling:
    """Where a child goes to school, for whoever reaches it. Raises NotFound."""
    today = await db.today()
    row = await db.fetchrow(CHILD_SQL, *reach_of(actor, today), child_id)
    if row is None:
        raise NotFound
    return await child_schooling(db, row, today)


async def child_schooling(db: Queries, row: Row, today: date) -> ChildSchooling:
    """A child's civil status, with where it goes to school."""
    return _answer(row, (await load_schoolings(db, [row["child_id"]]))[row["child_id"]], today)


def _answer(row: Row, schoolings: tuple[Schooling, ...], today: date) -> ChildSchooling:
    year = school_year_of(today)
    return ChildSchooling(
        child_id=row["child_id"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        birth_on=row["birth_on"],
        school_year=year,
        proposed_level=proposed_level(row["birth_on"], year),
        schoolings=schoolings,
    )


HOUSEHOLD_SQL = reaching(
    "select h.household_id from households h where h.household_id = $4 and {is_reached}",
    is_reached=HOUSEHOLD.of("h.household_id"),
)

CHILDREN_SQL = reaching(
    """
select c.child_id, c.first_name, c.last_name, c.birth_on
from household_members m join children c on c.child_id = m.person_id
where m.household_id = $4 and m.kind = 'child' and m.during @> $3 and {is_reached}
order by m.position, c.child_id
""",
    is_reached=PUPIL.of("c.child_id"),
)


async def list_schoolings(db: Database, actor: Actor, household_id: UUID) -> Page[ChildSchooling]:
    """Where the children of a household go to school. Raises NotFound."""
    today = await db.today()
    reach = reach_of(actor, today)
    if not await db.fetchval(HOUSEHOLD_SQL, *reach, household_id):
        raise NotFound
    rows = await db.fetch(CHILDREN_SQL, *reach, household_id)
    schoolings = await load_schoolings(db, [row["child_id"] for row in rows])
    return Page(items=tuple(_answer(row, schoolings[row["child_id"]], today) for row in rows))
