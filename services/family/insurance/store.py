"""Storage of contracts that insure children: sealed with the child's key but for the last day, by which files without one are found."""

from dataclasses import asdict
from datetime import date
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from chassis.data.database import Queries, Row, Transaction
from chassis.data.sealed_values import seal_value, unseal_value

from .domain import Contract, Kept

CONTRACT: Final = TypeAdapter(Contract)


def _place(child_id: UUID, school_year: int) -> bytes:
    return child_id.bytes + b"insurance" + str(school_year).encode()


LOAD_INSURANCES_SQL = """
select school_year, revision, sealed from insurances
where child_id = $1 and school_year = any($2::smallint[]) order by school_year
"""


async def load_insurances(db: Queries, child_id: UUID, *school_years: int) -> dict[int, Kept]:
    """What is kept of a child for each of these school years."""
    kept = dict.fromkeys(school_years, Kept())
    for row in await db.fetch(LOAD_INSURANCES_SQL, child_id, list(school_years)):
        stored: Any = await unseal_value(db, child_id, _place(child_id, row["school_year"]), row["sealed"])
        if stored is not None:
            kept[row["school_year"]] = Kept(row["revision"], CONTRACT.validate_python(stored))
    return kept


SAVE_INSURANCE_SQL = """
insert into insurances (child_id, school_year, revision, ends_on, sealed) values ($1, $2, $3, $4, $5)
on conflict (child_id, school_year) do update set
    revision = excluded.revision, ends_on = excluded.ends_on, sealed = excluded.sealed
"""


async def save_insurance(tx: Transaction, child_id: UUID, school_year: int, revision: int, contract: Contract) -> None:
    """Write the contract of a child that is held."""
    sealed = await seal_value(tx, child_id, _place(child_id, school_year), asdict(contract))
    await tx.execute(SAVE_INSURANCE_SQL, child_id, school_year, revision, contract.ends_on, sealed)


# A document that was validated comes before one that waits or was refused: it counts.
PROOF_SQL = """
select document_id, status, ends_on from filed_documents
where subject_id = $1 and kind = $2 and status in ('sent', 'validated', 'refused')
order by status = 'validated' and (ends_on is null or ends_on >= $3::date) desc, sent_at desc limit 1
"""


async def load_proof(db: Queries, child_id: UUID, kind: str, day: date) -> Row | None:
    """The document that proves a child's insurance on a day, or else the one that was sent last."""
    return await db.fetchrow(PROOF_SQL, child_id, kind, day)


REMOVE_INSURANCES_SQL = "delete from insurances where child_id = $1"


async def remove_insurances(tx: Transaction, child_id: UUID) -> None:
    await tx.execute(REMOVE_INSURANCES_SQL, child_id)


FORGET_INSURANCES_SQL = """
delete from insurances where (child_id, school_year) in (
    select child_id, school_year from insurances where school_year < $1 limit $2)
"""
