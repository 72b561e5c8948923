"""Storage of what is still to be priced again: households whose quotients changed, activities whose grid did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.data.database import Queries, Transaction

from ..charges.domain import Charge
from ..charges.store import charge_of
from ..tariffs.store import hold_tariffs

ASK_FOR_TARIFF_SQL = """
insert into repricings as waiting (activity_id, from_on)
select activity_id, $2::date from activities where tariff_code = $1 order by activity_id
on conflict (activity_id) do update set from_on = least(waiting.from_on, excluded.from_on), after_charge_id = default
"""


async def ask_for_tariff(tx: Transaction, tariff_code: str, from_on: date) -> None:
    """Have the open days of a tariff priced again: this transaction changes what they cost from a day on.

    A day is either priced with what this transaction changes, or found by the job. The rows come before the lock, as in
    the job, or the two would wait for each other.
    """
    await tx.execute(ASK_FOR_TARIFF_SQL, tariff_code, from_on)
    await hold_tariffs(tx)


ASK_FOR_ACTIVITY_SQL = """
insert into repricings (activity_id, from_on) values ($1, '-infinity')
on conflict (activity_id) do update set from_on = excluded.from_on, after_charge_id = default
"""


async def ask_for_activity(tx: Transaction, activity_id: UUID) -> None:
    """Have every open day of an activity priced again, whose tariff this transaction changes; see `ask_for_tariff`."""
    await tx.execute(ASK_FOR_ACTIVITY_SQL, activity_id)
    await hold_tariffs(tx)


PRICES_WAIT_SQL = "select exists (select from repricings) or exists (select from quotient_files where is_to_apply)"


async def prices_wait(queries: Queries) -> bool:
    """Whether any day is still to be priced again."""
    return bool(await queries.fetchval(PRICES_WAIT_SQL))


@dataclass(frozen=True, slots=True)
class Repricing:
    """An activity whose open days are priced again, those up to `after_charge_id` being done."""

    activity_id: UUID
    from_on: date
    after_charge_id: UUID


NEXT_ACTIVITY_SQL = """
select activity_id, from_on, after_charge_id from repricings order by activity_id limit 1 for update skip locked
"""


async def take_activity(tx: Transaction) -> Repricing | None:
    """An activity whose days are to be priced again, locked."""
    row = await tx.fetchrow(NEXT_ACTIVITY_SQL)
    return Repricing(**row) if row else None


OPEN_DAYS_OF_ACTIVITY_SQL = """
select * from charges
where activity_id = $1 and charge_id > $2 and service_on >= $3 and correction = 0 and status in ('planned', 'due')
order by charge_id limit $4 for update
"""


async def lock_days_of_activity(tx: Transaction, repricing: Repricing, limit: int) -> list[Charge]:
    """The next days of an activity that are on no invoice yet, locked; none once all are done."""
    rows = await tx.fetch(
        OPEN_DAYS_OF_ACTIVITY_SQL, repricing.activity_id, repricing.after_charge_id, repricing.from_on, limit
    )
    return [charge_of(row) for row in rows]


ADVANCE_SQL = "update repricings set after_charge_id = $2 where activity_id = $1"

FINISH_SQL = "delete from repricings where activity_id = $1"


async def advance(tx: Transaction, repricing: Repricing, days: Sequence[Charge]) -> None:
    """These days of a locked activity are done; without any, all of it is."""
    if days:
        await tx.execute(ADVANCE_SQL, repricing.activity_id, days[-1].charge_id)
    else:
        await tx.execute(FINISH_SQL, repricing.activity_id)


NEXT_HOUSEHOLD_SQL = """
select household_id from quotient_files where is_to_apply order by household_id limit 1 for update skip locked
"""

HOLD_PRICING_SQL = "select pg_advisory_xact_lock(hashtextextended('pricing ' || $1::uuid, 0))"

QUOTIENTS_APPLIED_SQL = "update quotient_files set is_to_apply = false where household_id = $1"


async def take_household(tx: Transaction) -> UUID | None:
    """A household whose quotients changed, once every transaction that prices with the former ones has ended."""
    household_id: UUID | None = await tx.fetchval(NEXT_HOUSEHOLD_SQL)
    if household_id:
        await tx.execute(HOLD_PRICING_SQL, household_id)
        await tx.execute(QUOTIENTS_APPLIED_SQL, household_id)
    return household_id


OPEN_DAYS_OF_HOUSEHOLD_SQL = """
select * from charges
where household_id = $1 and correction = 0 and status in ('planned', 'due')
order by charge_id for update
"""


async def lock_days_of_household(tx: Transaction, household_id: UUID) -> list[Charge]:
    """The days of a household that are on no invoice yet, locked."""
    return [charge_of(row) for row in await tx.fetch(OPEN_DAYS_OF_HOUSEHOLD_SQL, household_id)]
