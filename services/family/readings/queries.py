"""Readings as families and agents see them."""

from datetime import date
from typing import Final
from uuid import UUID

from chassis.access import reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries, Row
from chassis.refusal import NotFound
from contracts.family.readings import QuotientReading, QuotientReadings

from ..access import HOUSEHOLD
from ..households.queries import household_id_for, read_household
from ..settings import FamilyRules

ITEMS_MAX: Final = 12

OF_HOUSEHOLD_SQL = "select * from quotient_readings where household_id = $1 order by asked_at desc, reading_id limit $2"


async def list_readings(db: Database, actor: Actor, rules: FamilyRules, household_id: UUID) -> QuotientReadings:
    """What was read of a household's quotient, or waits to be. Raises NotFound."""
    today = await db.today()
    await read_household(db, await household_id_for(db, actor, household_id, today), today)
    rows = await db.fetch(OF_HOUSEHOLD_SQL, household_id, ITEMS_MAX)
    return QuotientReadings(is_open=rules.policy.api_particulier.is_open, items=tuple(map(reading_of, rows)))


REACHED_SQL = reaching(
    "select * from quotient_readings q where q.reading_id = $4 and {is_reached}",
    is_reached=HOUSEHOLD.of("q.household_id"),
)


async def find_reading(db: Queries, actor: Actor, reading_id: UUID, today: date) -> Row:
    """A reading of a household that the actor reaches. Raises NotFound."""
    row = await db.fetchrow(REACHED_SQL, *reach_of(actor, today), reading_id)
    if row is None:
        raise NotFound
    return row


ADULTS_SQL = """
select a.first_name, a.last_name from household_members m join adults a on a.adult_id = m.person_id
where m.household_id = $1 and m.during @> $2::date
"""


async def adults_in(db: Queries, household_id: UUID, today: date) -> list[tuple[str, str]]:
    """The first and last names of the adults of a household."""
    return [(row["first_name"], row["last_name"]) for row in await db.fetch(ADULTS_SQL, household_id, today)]


def reading_of(row: Row) -> QuotientReading:
    """A reading as it is told."""
    return QuotientReading.model_validate({name: row[name] for name in QuotientReading.model_fields})
