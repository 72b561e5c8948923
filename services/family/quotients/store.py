"""Storage of quotients: what is replaced stays, with who recorded each value and when."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from chassis.data.database import Queries, Transaction
from chassis.identifiers import new_id
from contracts.family.events import Quotient

LOAD_QUOTIENTS_SQL = """
select value_cents, effective_on, source from quotients
where household_id = $1 and replaced_at is null order by effective_on
"""


async def load_quotients(db: Queries, household_id: UUID) -> tuple[Quotient, ...]:
    """The quotients that count, oldest first."""
    return tuple(Quotient.model_validate(dict(row)) for row in await db.fetch(LOAD_QUOTIENTS_SQL, household_id))


REPLACE_QUOTIENT_SQL = """
update quotients set replaced_at = $3 where household_id = $1 and effective_on = $2 and replaced_at is null
"""

ADD_QUOTIENTS_SQL = """
insert into quotients (quotient_id, household_id, effective_on, value_cents, source, recorded_at, recorded_by)
select quotient_id, household_id, effective_on, value_cents, source, $6, $7
from unnest($1::uuid[], $2::uuid[], $3::date[], $4::int[], $5::text[]) as q(quotient_id, household_id, effective_on, value_cents, source)
"""


async def add_quotients(tx: Transaction, quotients: Mapping[UUID, Quotient], at: datetime, by: UUID) -> None:
    """Add a quotient to each of these households, which have none of its day."""
    rows = [
        (new_id(), household_id, quotient.effective_on, quotient.value_cents, quotient.source)
        for household_id, quotient in quotients.items()
    ]
    if rows:
        await tx.execute(ADD_QUOTIENTS_SQL, *map(list, zip(*rows, strict=True)), at, by)


async def record_quotient(tx: Transaction, household_id: UUID, quotient: Quotient, at: datetime, by: UUID) -> None:
    """Add a quotient, closing the one of the same day if there is one."""
    await tx.execute(REPLACE_QUOTIENT_SQL, household_id, quotient.effective_on, at)
    await add_quotients(tx, {household_id: quotient}, at, by)
