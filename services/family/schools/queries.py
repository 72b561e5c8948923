"""What is read of schools: their classes in a year, and their pupils."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.access import AT_SITE, reach_of, reaching
from chassis.actor import Actor
from chassis.data.database import Database, Queries, Transaction
from chassis.data.paging import page_of, read_cursor, text_key
from chassis.refusal import NotFound
from contracts.family.schools import CLASSES_MAX, Pupil, School, SchoolClass, SchoolClasses
from contracts.http import PAGE_SIZE_MAX, Page

from .domain import counted_on, days_of

SCHOOLS_SQL = reaching(
    """
select s.school_code as code, s.label, s.levels from schools s
where ($4::text is null or s.school_code = $4) and {is_reached} order by s.label, s.school_code limit $5
""",
    is_reached=AT_SITE.of("s.school_code"),
)


async def list_schools(db: Database, actor: Actor) -> Page[School]:
    """The schools where an agent works, by name."""
    rows = await db.fetch(SCHOOLS_SQL, *reach_of(actor, await db.today()), None, PAGE_SIZE_MAX)
    return Page(items=tuple(School.model_validate(dict(row)) for row in rows))


async def school_for(db: Database | Transaction, actor: Actor, school_code: str) -> School:
    """A school where an agent works. Raises NotFound."""
    row = await db.fetchrow(SCHOOLS_SQL, *reach_of(actor, await db.today()), school_code, 1)
    if row is None:
        raise NotFound
    return School.model_validate(dict(row))


CLASSES_SQL = """
select c.class_id, c.school_code, c.school_year, c.label, c.levels, c.teacher, c.is_closed,
       (select count(*) from schoolings s where s.class_id = c.class_id and s.during @> $3::date) as pupil_count
from classes c
where c.school_code = $1 and c.school_year = $2 and ($4::uuid is null or c.class_id = $4)
order by c.label_key, c.class_id limit $5
"""

UNCLASSED_SQL = """
select count(*) from schoolings where school_code = $1 and school_year = $2 and class_id is null and during @> $3::date
"""

CLASS_CHANGE_SQL = """
select run_id from class_changes where school_code = $1 and school_year = $2 and status <> 'undone'
"""


async def read_classes(db: Database | Transaction, actor: Actor, school_code: str, school_year: int) -> SchoolClasses:
    """A school where an agent works in a year. Raises NotFound."""
    school = await school_for(db, actor, school_code)
    days, day = days_of(school_year), counted_on(school_year, await db.today())
    rows = await db.fetch(CLASSES_SQL, school_code, school_year, day, None, 2 * CLASSES_MAX)
    classes = [SchoolClass.model_validate(dict(row)) for row in rows]
    return SchoolClasses(
        school=school,
        school_year=school_year,
        starts_on=days.first,
        ends_on=days.last,
        counted_on=day,
        classes=tuple(sorted(classes, key=_first_level)),
        unclassed_count=await db.fetchval(UNCLASSED_SQL, school_code, school_year, day),
        class_change_id=await db.fetchval(CLASS_CHANGE_SQL, school_code, school_year),
    )


def _first_level(item: SchoolClass) -> tuple[bool, int]:
    return (item.is_closed, list(type(item.levels[0])).index(item.levels[0]))


async def read_class(db: Queries, school_code: str, school_year: int, class_id: UUID, today: date) -> SchoolClass:
    """A class with the number of its pupils. Raises NotFound."""
    row = await db.fetchrow(CLASSES_SQL, school_code, school_year, counted_on(school_year, today), class_id, 1)
    if row is None:
        raise NotFound
    return SchoolClass.model_validate(dict(row))


PUPILS_SQL = """
select s.child_id, h.household_id, p.first_name, p.last_name, p.birth_on, p.list_key, s.level, s.class_id, c.label as class_label,
       lower(s.during) as starts_on, upper(s.during) - 1 as ends_on
from schoolings s
join children p on p.child_id = s.child_id
left join classes c on c.class_id = s.class_id
left join lateral (
    select m.household_id from household_members m where m.person_id = s.child_id and m.kind = 'child' and m.during @> $10::date
    order by m.household_id limit 1) h on true
where s.school_code = $1 and s.school_year = $2 and s.during @> $3::date
  and ($4::uuid is null or s.class_id = $4) and (not $5 or s.class_id is null)
  and (p.list_key, p.birth_on, s.child_id) > ($6::text collate "C", $7::date, $8::uuid)
order by p.list_key, p.birth_on, s.child_id limit $9
"""


@dataclass(frozen=True, slots=True)
class PupilsAsked:
    """Which pupils somebody asks for: of a school and a year, of one class, or those in none."""

    school_code: str
    school_year: int
    class_id: UUID | None
    is_unclassed: bool
    cursor: str | None
    limit: int


async def list_pupils(db: Database, actor: Actor, asked: PupilsAsked) -> Page[Pupil]:
    """A school's pupils by name, on the day on which they are counted. Raises NotFound, Invalid."""
    await school_for(db, actor, asked.school_code)
    today = await db.today()
    after = (
        read_cursor(asked.cursor, text_key, date.fromisoformat, UUID) if asked.cursor else ["", date.min, UUID(int=0)]
    )
    day = counted_on(asked.school_year, today)
    chosen = (asked.class_id, asked.is_unclassed)
    rows = await db.fetch(
        PUPILS_SQL, asked.school_code, asked.school_year, day, *chosen, *after, asked.limit + 1, today
    )
    keys = {row["child_id"]: row["list_key"] for row in rows}
    pupils = [Pupil.model_validate({name: value for name, value in row.items() if name != "list_key"}) for row in rows]
    return page_of(pupils, lambda pupil: (keys[pupil.child_id], pupil.birth_on, pupil.child_id), asked.limit)
