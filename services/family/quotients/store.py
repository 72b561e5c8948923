"""Storage of quotients: what is replaced stays, with who recorded each value and when."""

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

ADD_QUOTIENT_SQL = """
insert into quotients (quotient_id, household_id, effective_on, value_cents, source, recorded_at, recorded_by)
values ($1, $2, $3, $4, $5, $6, $7)
"""


async def record_quotient(tx: Transaction, household_id: UUID, quotient: Quotient, at: datetime, by: UUID) -> None:
    """Add a quotient, closing the one of the same day if there is one."""
    await tx.execute(REPLACE_QUOTIENT_SQL, household_id, quotient.effective_on, at)
    await tx.execute(
        ADD_QUOTIENT_SQL,
        new_id(),
        household_id,
        quotient.effective_on,
        quotient.value_cents,
        quotient.source,
        at,
        by,
    )
