"""Storage of what is still to be decided again: households and children of which something changed, activities whose grid did."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.data.database import Queries, Transaction

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


PRICES_WAIT_SQL = "select exists (select from repricings) or exists (select from decisions_due)"


async def prices_wait(queries: Queries) -> bool:
    """Whether any day is still to be decided again."""
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
select charge_id, source_id from charges
where activity_id = $1 and charge_id > $2 and service_on >= $3 and correction = 0 and status in ('planned', 'due')
order by charge_id limit $4
"""


async def days_of_activity(tx: Transaction, repricing: Repricing, limit: int) -> tuple[list[UUID], UUID | None]:
    """What is owed of the next days of an activity that are on no invoice yet, and the last line of them; None once all are done."""
    rows = await tx.fetch(
        OPEN_DAYS_OF_ACTIVITY_SQL, repricing.activity_id, repricing.after_charge_id, repricing.from_on, limit
    )
    return list({row["source_id"]: None for row in rows}), rows[-1]["charge_id"] if rows else None


ADVANCE_SQL = "update repricings set after_charge_id = $2 where activity_id = $1"

FINISH_SQL = "delete from repricings where activity_id = $1"


async def advance(tx: Transaction, repricing: Repricing, last_charge_id: UUID | None) -> None:
    """The days of a locked activity are done up to this line; without one, all of it is."""
    if last_charge_id:
        await tx.execute(ADVANCE_SQL, repricing.activity_id, last_charge_id)
    else:
        await tx.execute(FINISH_SQL, repricing.activity_id)


TAKE_SUBJECT_SQL = """
delete from decisions_due where subject_id = (select subject_id from decisions_due order by subject_id limit 1 for update skip locked)
returning subject_id
"""

HOLD_DECIDING_SQL = "select pg_advisory_xact_lock(hashtextextended('deciding ' || $1::uuid, 0))"


async def take_subject(tx: Transaction) -> UUID | None:
    """A household or child of which something changed, once every transaction that decides by what was known before has ended."""
    subject_id: UUID | None = await tx.fetchval(TAKE_SUBJECT_SQL)
    if subject_id:
        await tx.execute(HOLD_DECIDING_SQL, subject_id)
    return subject_id


OPEN_DAYS_SQL = """
select source_id from charges where household_id = $1 and correction = 0 and status in ('planned', 'due')
union
select source_id from charges where child_id = $1 and correction = 0 and status in ('planned', 'due')
order by source_id
"""


async def days_of_subject(tx: Transaction, subject_id: UUID) -> list[UUID]:
    """What is owed of the days of a household, or of a child, that are on no invoice yet."""
    return [row["source_id"] for row in await tx.fetch(OPEN_DAYS_SQL, subject_id)]
