"""Storage of schools and classes."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from contracts.family.school_events import SchoolLevel

from .domain import ClassOfYear, School

SCHOOL_SQL = "select school_code, label, levels from schools where school_code = $1"

HOLD_SCHOOL_SQL = f"{SCHOOL_SQL} for share"

SAVE_SCHOOL_SQL = """
insert into schools (school_code, label, levels) values ($1, $2, $3)
on conflict (school_code) do update set label = excluded.label, levels = excluded.levels
"""


async def load_school(db: Queries, school_code: str) -> School | None:
    """A school by its code."""
    row = await db.fetchrow(SCHOOL_SQL, school_code)
    return School(row["school_code"], row["label"], levels_of(row)) if row else None


async def hold_school(tx: Transaction, school_code: str) -> School | None:
    """A school that stays as it is until the transaction ends."""
    row = await tx.fetchrow(HOLD_SCHOOL_SQL, school_code)
    return School(row["school_code"], row["label"], levels_of(row)) if row else None


ALL_CODES_SQL = "select school_code from schools"


async def unknown_school(db: Queries, codes: Collection[str]) -> str | None:
    """The first of these codes that no school of the town bears; none where the town keeps no schools."""
    known = {row["school_code"] for row in await db.fetch(ALL_CODES_SQL)}
    return next((code for code in codes if known and code not in known), None)


async def save_school(tx: Transaction, school: School) -> None:
    """Write a school."""
    await tx.execute(SAVE_SCHOOL_SQL, school.school_code, school.label, list(school.levels))


def levels_of(row: Row) -> tuple[SchoolLevel, ...]:
    """The levels of a school or a class."""
    return tuple(map(SchoolLevel, row["levels"]))


CLASSES_SQL = """
select class_id, school_code, school_year, label, levels, teacher, is_closed from classes
where school_code = $1 and school_year = $2 and not is_closed order by class_id
"""


async def open_classes(db: Queries, school_code: str, school_year: int) -> list[ClassOfYear]:
    """The classes of a school in a year in which pupils may be put."""
    return [class_of(row) for row in await db.fetch(CLASSES_SQL, school_code, school_year)]


CLASS_SQL = """
select class_id, school_code, school_year, label, levels, teacher, is_closed from classes where class_id = $1
"""
LOCK_CLASS_SQL = f"{CLASS_SQL} for update"
HOLD_CLASS_SQL = f"{CLASS_SQL} for share"


async def lock_class(tx: Transaction, class_id: UUID) -> ClassOfYear | None:
    """A class, locked: nobody is put in it until the transaction ends."""
    row = await tx.fetchrow(LOCK_CLASS_SQL, class_id)
    return class_of(row) if row else None


async def hold_class(tx: Transaction, class_id: UUID) -> ClassOfYear | None:
    """A class that stays as it is until the transaction ends."""
    row = await tx.fetchrow(HOLD_CLASS_SQL, class_id)
    return class_of(row) if row else None


def class_of(row: Row) -> ClassOfYear:
    """A class as its row has it."""
    return ClassOfYear(
        row["class_id"],
        row["school_code"],
        row["school_year"],
        row["label"],
        levels_of(row),
        row["teacher"],
        row["is_closed"],
    )


HOLD_SCHOOLS_OF_SQL = """
select s.school_code from schools s where s.school_code in (select p.school_code from schoolings p where p.child_id = any($1::uuid[]))
order by s.school_code for share
"""

HOLD_CLASSES_OF_SQL = """
select c.class_id from classes c where c.class_id in (select p.class_id from schoolings p where p.child_id = any($1::uuid[]))
order by c.class_id for share
"""


async def hold_schools_of(tx: Transaction, child_ids: Collection[UUID]) -> None:
    """The schools and classes of children stay as they are until the transaction ends. The children are held afterwards."""
    await tx.execute(HOLD_SCHOOLS_OF_SQL, list(child_ids))
    await tx.execute(HOLD_CLASSES_OF_SQL, list(child_ids))


ADD_CLASS_SQL = """
insert into classes (class_id, school_code, school_year, label, label_key, levels, teacher) values ($1, $2, $3, $4, $5, $6, $7)
"""

SAVE_CLASS_SQL = """
update classes set label = $2, label_key = $3, levels = $4, teacher = $5, is_closed = $6 where class_id = $1
"""


async def add_classes(tx: Transaction, classes: Sequence[ClassOfYear]) -> None:
    """Write new classes."""
    for item in classes:
        place = (item.school_code, item.school_year)
        await tx.execute(
            ADD_CLASS_SQL, item.class_id, *place, item.label, item.label_key, list(item.levels), item.teacher
        )


async def save_class(tx: Transaction, item: ClassOfYear) -> None:
    """Write a class that there is."""
    levels = list(item.levels)
    await tx.execute(SAVE_CLASS_SQL, item.class_id, item.label, item.label_key, levels, item.teacher, item.is_closed)


REMAINING_SQL = "select count(distinct child_id) from schoolings where class_id = $1 and upper(during) > $2"


async def remaining(tx: Transaction, class_id: UUID, today: date) -> int:
    """How many pupils are in a class today, or will be."""
    count: int = await tx.fetchval(REMAINING_SQL, class_id, today)
    return count


PUPILS_OF_CLASS_SQL = "select distinct child_id from schoolings where class_id = $1 order by child_id"

PUPILS_OF_SCHOOL_SQL = "select distinct child_id from schoolings where school_code = $1 order by child_id"


async def pupils_of_class(db: Queries, class_id: UUID) -> list[UUID]:
    """Whoever is in a class, was or will be."""
    return [row["child_id"] for row in await db.fetch(PUPILS_OF_CLASS_SQL, class_id)]


async def pupils_of_school(db: Queries, school_code: str) -> list[UUID]:
    """Whoever is in a school, was or will be."""
    return [row["child_id"] for row in await db.fetch(PUPILS_OF_SCHOOL_SQL, school_code)]
