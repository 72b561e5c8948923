"""Storage of what is known of a child's health: sealed with the child's key, whose deletion is its erasure."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from chassis.data.database import Queries, Transaction
from chassis.data.sealed_values import seal_value, unseal_value

from .domain import NOTHING, Proof, Said

SAID: Final = TypeAdapter(Said)
PROOF: Final = TypeAdapter(Proof)


@dataclass(frozen=True, slots=True)
class HealthFile:
    """What is stored. `revision` is 0 while a family said nothing."""

    revision: int = 0
    statement: Said = NOTHING
    changed_at: datetime | None = None
    proof: Proof | None = None


def _place(child_id: UUID, column: str) -> bytes:
    return child_id.bytes + column.encode()


LOAD_HEALTH_SQL = "select revision, sealed, changed_at, proof from health_files where child_id = $1"


async def load_health(db: Queries, child_id: UUID) -> HealthFile:
    """What is known of a child's health; what is decided on it needs the child's lock."""
    row = await db.fetchrow(LOAD_HEALTH_SQL, child_id)
    if row is None:
        return HealthFile()
    statement: Any = await unseal_value(db, child_id, _place(child_id, "health"), row["sealed"])
    proof: Any = await unseal_value(db, child_id, _place(child_id, "proof"), row["proof"])
    return HealthFile(
        row["revision"],
        SAID.validate_python(statement) if statement else NOTHING,
        row["changed_at"],
        PROOF.validate_python(proof) if proof else None,
    )


SAVE_SAID_SQL = """
insert into health_files (child_id, revision, sealed, changed_at, changed_by) values ($1, $2, $3, $4, $5)
on conflict (child_id) do update set
    revision = excluded.revision, sealed = excluded.sealed, changed_at = excluded.changed_at, changed_by = excluded.changed_by
"""


async def save_said(tx: Transaction, child_id: UUID, revision: int, statement: Said, changed_by: UUID) -> None:
    """Write what a family says."""
    sealed = await seal_value(tx, child_id, _place(child_id, "health"), asdict(statement))
    await tx.execute(SAVE_SAID_SQL, child_id, revision, sealed, await tx.now(), changed_by)


SAVE_PROOF_SQL = """
insert into health_files (child_id, proof) values ($1, $2) on conflict (child_id) do update set proof = excluded.proof
"""


async def save_proof(tx: Transaction, child_id: UUID, proof: Proof) -> None:
    """Write what was seen of the vaccinations."""
    await tx.execute(SAVE_PROOF_SQL, child_id, await seal_value(tx, child_id, _place(child_id, "proof"), asdict(proof)))


REMOVE_HEALTH_SQL = "delete from health_files where child_id = $1"


async def remove_health(tx: Transaction, child_id: UUID) -> None:
    await tx.execute(REMOVE_HEALTH_SQL, child_id)


OF_AGE_SQL = """
select child_id from children c
where c.birth_on <= $1 and (
    exists (select from health_files h where h.child_id = c.child_id)
    or exists (select from authorization_answers a where a.child_id = c.child_id)
    or exists (select from file_confirmations f where f.child_id = c.child_id)
    or exists (select from entourage e where e.child_id = c.child_id)
    or exists (select from insurances i where i.child_id = c.child_id)
    or exists (select from derogations d where d.child_id = c.child_id)
    or exists (select from documents s where s.person_id = c.child_id)
    or exists (select from requests r where c.child_id = any(r.child_ids)))
order by c.child_id limit $2
"""


async def of_age(db: Queries, born_by: date, limit: int) -> list[UUID]:
    """Children born by a day of whom something is still kept in their file."""
    return [row["child_id"] for row in await db.fetch(OF_AGE_SQL, born_by, limit)]
