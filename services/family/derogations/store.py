"""Storage of derogations; what was written is sealed with the child's own key."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.data.sealed_values import seal_value, unseal_value
from contracts.family.sector_words import DerogationReason, DerogationStatus


@dataclass(frozen=True, slots=True)
class Kept:
    """A request as it is stored; without its texts once the child's key is gone."""

    derogation_id: UUID
    child_id: UUID
    school_year: int
    school: str
    sector_schools: tuple[str, ...]
    reason: DerogationReason
    status: DerogationStatus
    asked_on: date
    recorded_at: datetime
    recorded_by: UUID
    decided_at: datetime | None = None
    decided_by: UUID | None = None
    note: str = ""
    decision_reason: str = ""


def _place(derogation_id: UUID) -> bytes:
    return derogation_id.bytes + b"derogation"


async def _sealed(tx: Transaction, kept: Kept) -> bytes:
    texts = {"note": kept.note, "decision_reason": kept.decision_reason}
    return await seal_value(tx, kept.child_id, _place(kept.derogation_id), texts)


ADD_DEROGATION_SQL = """
insert into derogations
    (derogation_id, child_id, school_year, school, sector_schools, reason, status, asked_on, recorded_at, recorded_by, sealed)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def add_derogation(tx: Transaction, kept: Kept) -> None:
    """Store a new request."""
    await tx.execute(
        ADD_DEROGATION_SQL,
        *(kept.derogation_id, kept.child_id, kept.school_year, kept.school, kept.sector_schools),
        *(kept.reason, kept.status, kept.asked_on, kept.recorded_at, kept.recorded_by),
        await _sealed(tx, kept),
    )


SAVE_DECISION_SQL = """
update derogations set status = $2, decided_at = $3, decided_by = $4, sealed = $5 where derogation_id = $1
"""


async def save_decision(tx: Transaction, kept: Kept) -> None:
    """Write what became of a request."""
    sealed = await _sealed(tx, kept)
    await tx.execute(SAVE_DECISION_SQL, kept.derogation_id, kept.status, kept.decided_at, kept.decided_by, sealed)


IS_WAITING_SQL = """
select exists (select from derogations where child_id = $1 and school_year = $2 and status = 'waiting')
"""


async def is_waiting(tx: Transaction, child_id: UUID, school_year: int) -> bool:
    """Whether a request for a child and a year waits; decided on under the child's lock."""
    return bool(await tx.fetchval(IS_WAITING_SQL, child_id, school_year))


COLUMNS: Final = (
    *("derogation_id", "child_id", "school_year", "school", "sector_schools", "reason", "status", "asked_on"),
    *("recorded_at", "recorded_by", "decided_at", "decided_by"),
)


async def kept_of(db: Queries, row: Row) -> Kept:
    """The request in a row, with its texts."""
    texts: Any = await unseal_value(db, row["child_id"], _place(row["derogation_id"]), row["sealed"]) or {}
    values = {name: row[name] for name in COLUMNS}
    words = {"reason": DerogationReason(row["reason"]), "status": DerogationStatus(row["status"])}
    return Kept(**values | words | {"sector_schools": tuple(row["sector_schools"])} | texts)


OF_CHILD_SQL = """
select * from derogations d where d.child_id = $1
  and not exists (select from derogations o where o.child_id = $2 and o.school_year = d.school_year)
"""

MOVE_DEROGATION_SQL = "update derogations set child_id = $2, sealed = $3 where derogation_id = $1"


async def derogations_along(tx: Transaction, went: UUID, stays: UUID) -> None:
    """Let the second of two children who are one have the requests for the first, of years for which there is none. Both are held."""
    for row in await tx.fetch(OF_CHILD_SQL, went, stays):
        kept = replace(await kept_of(tx, row), child_id=stays)
        await tx.execute(MOVE_DEROGATION_SQL, kept.derogation_id, stays, await _sealed(tx, kept))


REMOVE_DEROGATIONS_SQL = "delete from derogations where child_id = $1"


async def remove_derogations(tx: Transaction, child_id: UUID) -> None:
    """Erase the requests for a child."""
    await tx.execute(REMOVE_DEROGATIONS_SQL, child_id)


FORGET_DEROGATIONS_SQL = """
delete from derogations where derogation_id in (select derogation_id from derogations where school_year < $1 limit $2)
"""
