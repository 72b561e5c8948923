"""Storage of quotients: what is replaced stays, with who recorded each value and when. What an income was is sealed with the household's key."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from chassis.data.sealed_values import seal_value, unseal_value
from chassis.identifiers import new_id
from contracts.family.events import Quotient
from contracts.family.resource_words import QuotientWay

from .domain import Basis, Entry, KeptEntry

ENTRIES_MAX: Final = 200

LOAD_QUOTIENTS_SQL = """
select value_cents, effective_on, ends_on, source from quotients
where household_id = $1 and replaced_at is null order by effective_on
"""


async def load_quotients(db: Queries, household_id: UUID) -> tuple[Quotient, ...]:
    """The quotients that count, oldest first."""
    return tuple(Quotient.model_validate(dict(row)) for row in await db.fetch(LOAD_QUOTIENTS_SQL, household_id))


LOAD_ENTRIES_SQL = """
select quotient_id, household_id, value_cents, effective_on, ends_on, source, way, document_id, sealed, recorded_at, recorded_by, replaced_at
from quotients where household_id = $1 order by effective_on desc, recorded_at desc limit $2
"""


async def load_entries(db: Queries, household_id: UUID) -> list[KeptEntry]:
    """All that was recorded, the newest first, with what was corrected."""
    return [await _entry_of(db, row) for row in await db.fetch(LOAD_ENTRIES_SQL, household_id, ENTRIES_MAX)]


async def _entry_of(db: Queries, row: Row) -> KeptEntry:
    stored = await unseal_value(db, row["household_id"], row["quotient_id"].bytes, row["sealed"])
    quotient = Quotient(
        value_cents=row["value_cents"],
        effective_on=row["effective_on"],
        source=row["source"],
        ends_on=row["ends_on"],
    )
    entry = Entry(quotient, QuotientWay(row["way"]), Basis(**(stored or {})), row["document_id"])
    return KeptEntry(entry, row["recorded_at"], row["recorded_by"], row["replaced_at"])


REPLACE_QUOTIENT_SQL = """
update quotients set replaced_at = $3 where household_id = $1 and effective_on = $2 and replaced_at is null
"""

ADD_QUOTIENTS_SQL = """
insert into quotients (quotient_id, household_id, effective_on, ends_on, value_cents, source, way, document_id, sealed, recorded_at, recorded_by)
select quotient_id, household_id, effective_on, ends_on, value_cents, source, way, document_id, sealed, $10, $11
from unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[], $5::int[], $6::text[], $7::text[], $8::uuid[], $9::bytea[])
    as q(quotient_id, household_id, effective_on, ends_on, value_cents, source, way, document_id, sealed)
"""


async def add_quotients(tx: Transaction, entries: Mapping[UUID, Entry], at: datetime, by: UUID) -> None:
    """Add a quotient to each of these households, which have none of its day."""
    rows = []
    for household_id, entry in entries.items():
        quotient_id, quotient = new_id(), entry.quotient
        sealed = (
            None
            if entry.basis == Basis()
            else await seal_value(tx, household_id, quotient_id.bytes, asdict(entry.basis))
        )
        days = (quotient.effective_on, quotient.ends_on)
        grounds = (entry.way.value, entry.document_id, sealed)
        rows.append((quotient_id, household_id, *days, quotient.value_cents, quotient.source, *grounds))
    if rows:
        await tx.execute(ADD_QUOTIENTS_SQL, *map(list, zip(*rows, strict=True)), at, by)


async def record_quotient(tx: Transaction, household_id: UUID, entry: Entry, at: datetime, by: UUID) -> None:
    """Add a quotient, closing the one of the same day if there is one."""
    await tx.execute(REPLACE_QUOTIENT_SQL, household_id, entry.quotient.effective_on, at)
    await add_quotients(tx, {household_id: entry}, at, by)


# A declaration is of the file that it stands in by now: one that became part of another one is answered with it.
AWAITED_SINCE_SQL = """
select min(d.declared_at) from resource_declarations d join households h using (household_id)
where d.status = 'waiting' and coalesce(h.merged_into, h.household_id) = $1
"""


async def awaited_since(db: Queries, household_id: UUID) -> datetime | None:
    """Since when a household waits for an answer to what it declared."""
    since: datetime | None = await db.fetchval(AWAITED_SINCE_SQL, household_id)
    return since


PROOF_WAITS_SQL = """
select coalesce(h.merged_into, h.household_id) as household_id
from resource_declarations d join households h using (household_id)
where d.document_id = $1 and d.status = 'waiting'
"""


async def household_of_proof(db: Queries, document_id: UUID) -> UUID | None:
    """The household whose declaration waits on a document."""
    household_id: UUID | None = await db.fetchval(PROOF_WAITS_SQL, document_id)
    return household_id
