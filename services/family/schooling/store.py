"""Storage of where children go to school: loaded and written whole under the child's lock, and published whole."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.data.ranges import read_range, stored_range
from chassis.days import DateRange, Days
from chassis.timeline import Timeline
from contracts.family.school_events import Schooling, SchoolingState, SchoolLevel

from .domain import Place

PLACES_SQL = """
select child_id, school_year, level, school_code, elsewhere, class_id, during from schoolings
where child_id = any($1::uuid[]) order by child_id, during
"""


async def load_places(db: Queries, child_ids: Collection[UUID]) -> dict[UUID, Timeline[Place]]:
    """Where each of these children goes to school; what is decided on it needs their locks."""
    nothing: dict[UUID, Timeline[Place]] = {child_id: Timeline() for child_id in child_ids}
    rows = await db.fetch(PLACES_SQL, list(child_ids))
    return nothing | {
        child_id: Timeline.of((read_range(row["during"]), _place(row)) for row in group)
        for child_id, group in groupby(rows, key=lambda row: row["child_id"])
    }


def _place(row: Row) -> Place:
    return Place(row["school_year"], SchoolLevel(row["level"]), row["school_code"], row["elsewhere"], row["class_id"])


REMOVE_PLACES_SQL = "delete from schoolings where child_id = $1"

ADD_PLACES_SQL = """
insert into schoolings (child_id, school_year, level, school_code, elsewhere, class_id, during)
select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::daterange[])
"""


async def save_places(tx: Transaction, child_id: UUID, places: Timeline[Place]) -> None:
    """Write where a child goes to school, and publish it."""
    await tx.execute(REMOVE_PLACES_SQL, child_id)
    await add_places(tx, [(child_id, item.during, item.value) for item in places])
    await _publish(tx, [child_id])


async def add_places(tx: Transaction, rows: Sequence[tuple[UUID, DateRange, Place]]) -> None:
    """Write where children go to school on days of which nothing is said yet."""
    await tx.execute(
        ADD_PLACES_SQL,
        [child_id for child_id, _, _ in rows],
        [place.school_year for _, _, place in rows],
        [place.level.value for _, _, place in rows],
        [place.school_code for _, _, place in rows],
        [place.elsewhere for _, _, place in rows],
        [place.class_id for _, _, place in rows],
        [stored_range(during) for _, during, _ in rows],
    )


async def add_pupils(tx: Transaction, rows: Sequence[tuple[UUID, DateRange, Place]]) -> None:
    """Write where children go to school of whom nothing was said before, and publish it."""
    await add_places(tx, rows)
    await _publish(tx, [child_id for child_id, _, _ in rows])


async def places_along(tx: Transaction, went: UUID, stays: UUID, later: Days) -> None:
    """Have the second of two children who are one go to school where the first does on these days, but for those of which something is said of the
    second. Schools, classes and children are held."""
    places = await load_places(tx, [went, stays])
    missing = places[went].within(later - places[stays].days)
    if places[went].within(later).slices:
        await save_places(tx, went, places[went].without(later))
        await save_places(tx, stays, Timeline.of((item.during, item.value) for item in (*places[stays], *missing)))


HOLD_CHILDREN_SQL = "select child_id from children where child_id = any($1::uuid[]) order by child_id for update"


async def publish_schoolings(tx: Transaction, child_ids: Collection[UUID]) -> None:
    """Publish where children go to school, once nobody else changes it."""
    await hold_children(tx, child_ids)
    await _publish(tx, child_ids)


async def hold_children(tx: Transaction, child_ids: Collection[UUID]) -> None:
    """Hold children in the order of ids until the transaction ends: where they go to school changes under these locks."""
    await tx.execute(HOLD_CHILDREN_SQL, list(child_ids))


SCHOOLINGS_SQL = """
select s.child_id, s.level, s.school_code, coalesce(o.label, s.elsewhere) as school_label, s.class_id, c.label as class_label,
       lower(s.during) as starts_on, upper(s.during) - 1 as ends_on
from schoolings s
left join schools o on o.school_code = s.school_code
left join classes c on c.class_id = s.class_id
where s.child_id = any($1::uuid[]) order by s.child_id, s.during
"""


async def load_schoolings(db: Queries, child_ids: Collection[UUID]) -> Mapping[UUID, tuple[Schooling, ...]]:
    """Where each of these children goes to school, as others may know it."""
    schoolings: dict[UUID, list[Schooling]] = {child_id: [] for child_id in child_ids}
    for row in await db.fetch(SCHOOLINGS_SQL, list(child_ids)):
        fields = dict(row)
        schoolings[fields.pop("child_id")].append(Schooling.model_validate(fields))
    return {child_id: tuple(items) for child_id, items in schoolings.items()}


async def _publish(tx: Transaction, child_ids: Collection[UUID]) -> None:
    schoolings = await load_schoolings(tx, child_ids)
    tx.emit(*(SchoolingState(child_id=child_id, schoolings=items) for child_id, items in schoolings.items()))


HOMES_SQL = """
select distinct person_id as child_id, household_id from household_members where person_id = any($1::uuid[]) order by person_id, household_id
"""


async def homes_of(db: Queries, child_ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Children with each household that they belong to, belonged to or will: in whose history it is noted."""
    return [(row["child_id"], row["household_id"]) for row in await db.fetch(HOMES_SQL, list(child_ids))]
