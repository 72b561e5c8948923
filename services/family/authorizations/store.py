"""Storage of what parents say for a school year, each for themselves: sealed with the child's key."""

from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from chassis.data.database import Queries, Transaction
from chassis.data.sealed_values import seal_value, unseal_value

from .domain import Answers

ANSWERS: Final = TypeAdapter(Answers)


def _place(child_id: UUID, school_year: int, adult_id: UUID) -> bytes:
    return child_id.bytes + adult_id.bytes + str(school_year).encode()


LOAD_ANSWERS_SQL = """
select school_year, adult_id, sealed from authorization_answers
where child_id = $1 and school_year = any($2::smallint[]) order by school_year, adult_id
"""


async def load_answers(db: Queries, child_id: UUID, *school_years: int) -> dict[int, dict[UUID, Answers]]:
    """What was said of a child for each of these school years, by whom."""
    answers: dict[int, dict[UUID, Answers]] = {year: {} for year in school_years}
    for row in await db.fetch(LOAD_ANSWERS_SQL, child_id, list(school_years)):
        place = _place(child_id, row["school_year"], row["adult_id"])
        if stored := await unseal_value(db, child_id, place, row["sealed"]):
            answers[row["school_year"]][row["adult_id"]] = ANSWERS.validate_python(stored)
    return answers


SAVE_ANSWERS_SQL = """
insert into authorization_answers (child_id, school_year, adult_id, sealed) values ($1, $2, $3, $4)
on conflict (child_id, school_year, adult_id) do update set sealed = excluded.sealed
"""


async def save_answers(tx: Transaction, child_id: UUID, school_year: int, adult_id: UUID, answers: Answers) -> None:
    """Write what a parent says."""
    sealed = await seal_value(tx, child_id, _place(child_id, school_year, adult_id), asdict(answers))
    await tx.execute(SAVE_ANSWERS_SQL, child_id, school_year, adult_id, sealed)


CONFIRM_SQL = """
insert into file_confirmations (child_id, school_year, adult_id, confirmed_at) values ($1, $2, $3, $4)
on conflict do nothing returning true
"""

CONFIRMED_AT_SQL = """
select confirmed_at from file_confirmations where child_id = $1 and school_year = $2 and adult_id = $3
"""


async def confirm(tx: Transaction, child_id: UUID, school_year: int, adult_id: UUID) -> bool:
    """Note that a parent says that the file is right; whether they had not said so before."""
    return bool(await tx.fetchval(CONFIRM_SQL, child_id, school_year, adult_id, await tx.now()))


async def confirmed_at(db: Queries, child_id: UUID, school_year: int, adult_id: UUID) -> datetime | None:
    """When a parent said that the file is right for a school year."""
    at: datetime | None = await db.fetchval(CONFIRMED_AT_SQL, child_id, school_year, adult_id)
    return at


CONFIRMED_CHILDREN_SQL = """
select f.child_id from file_confirmations f where f.adult_id = $1 and f.school_year = $2
"""


async def confirmed_children(db: Queries, adult_id: UUID, school_year: int) -> set[UUID]:
    """The children whose file a parent said to be right for a school year."""
    return {row["child_id"] for row in await db.fetch(CONFIRMED_CHILDREN_SQL, adult_id, school_year)}


REMOVE_ANSWERS_SQL = "delete from authorization_answers where child_id = $1"
REMOVE_CONFIRMATIONS_SQL = "delete from file_confirmations where child_id = $1"


async def remove_answers(tx: Transaction, child_id: UUID) -> None:
    await tx.execute(REMOVE_ANSWERS_SQL, child_id)
    await tx.execute(REMOVE_CONFIRMATIONS_SQL, child_id)
