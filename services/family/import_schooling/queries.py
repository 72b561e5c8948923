"""The schools and classes that a file of households may mean."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from chassis.comparing import comparable
from chassis.data.database import Transaction
from contracts.family.import_words import ImportColumn as Column

from ..imports.domain import Row
from ..schools.domain import School, school_year_of
from ..schools.store import class_of, levels_of
from .domain import Register, pupils_of

NOTHING: Final = Register()

# Whoever changes a school or a class waits until those whom a file puts there are in it.
SCHOOLS_SQL = "select school_code, label, levels from schools order by school_code for share"

CLASSES_SQL = """
select class_id, school_code, school_year, label, levels, teacher, is_closed from classes
where school_year = any($1::int[]) and label_key = any($2::text[]) and not is_closed order by class_id for share
"""


async def register_for(tx: Transaction, homes: Iterable[tuple[Row, ...]], today: date) -> Register:
    """The schools of the town and its classes of the names that these lines say, which stay as they are until the transaction ends."""
    pupils = [row for rows in homes for row in pupils_of(rows) if row]
    if not pupils:
        return NOTHING
    labels = {comparable(label) for row in pupils if (label := row.cell(Column.SCHOOL_CLASS))}
    year = school_year_of(today)
    schools = await tx.fetch(SCHOOLS_SQL)
    classes = await tx.fetch(CLASSES_SQL, [year, year + 1], list(labels)) if labels else []
    return Register(
        [School(row["school_code"], row["label"], levels_of(row)) for row in schools],
        [class_of(row) for row in classes],
    )
