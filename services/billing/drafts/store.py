"""Storage of the drafts of a run: its items, a batch of accounts at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.data.database import Transaction
from contracts.types import Cents

from ..runs.domain import next_month, previous_month
from ..runs.store import Run
from .domain import Anomaly, ItemTotals

ADD_ITEMS_SQL = """
insert into invoice_run_items (run_id, account_id, household_id)
select $1, account_id, household_id from charges
where status = 'due' and service_on < $2 and (run_id is null or run_id = $1)
union
select $1, account_id, household_id from charges where status = 'planned' and service_on < least($2, $3::date + 1)
on conflict (run_id, account_id) do nothing
"""


async def add_items(tx: Transaction, run: Run, today: date) -> None:
    """An item for each account that has none, and owes something until the end of the month or has a day that waits for its sheet."""
    await tx.execute(ADD_ITEMS_SQL, run.run_id, next_month(run.period), today)


TAKE_ITEMS_TO_DRAFT_SQL = """
select account_id from invoice_run_items where run_id = $1 and drafted_at is null
order by account_id limit $2 for update skip locked
"""


async def take_items_to_draft(tx: Transaction, run_id: UUID, limit: int) -> list[UUID]:
    """Accounts of the run whose draft is to be computed, locked."""
    return [row["account_id"] for row in await tx.fetch(TAKE_ITEMS_TO_DRAFT_SQL, run_id, limit)]


RELEASE_UNNAMED_SQL = """
update charges c set run_id = null where c.account_id = any($2::uuid[]) and c.status = 'due' and c.run_id = $1
  and not exists (select from payers p where p.payer_id = c.payer_id and p.name is not null)
"""


async def release_unnamed(tx: Transaction, run: Run, account_ids: Sequence[UUID]) -> None:
    """Take the lines of those of these payers off the run whose name is not known any more: no invoice can be made out to them."""
    await tx.execute(RELEASE_UNNAMED_SQL, run.run_id, account_ids)


CLAIM_CHARGES_SQL = """
with locked as (
    select charge_id from charges c
    where account_id = any($2::uuid[]) and status = 'due' and service_on < $3 and run_id is null and unit_cents is not null
      and exists (select from payers p where p.payer_id = c.payer_id and p.name is not null)
    order by charge_id for update
)
update charges c set run_id = $1 from locked where c.charge_id = locked.charge_id
"""


async def claim_charges(tx: Transaction, run: Run, account_ids: Sequence[UUID]) -> None:
    """Put every due and priced line of those of these payers whose name is known on the run: this month's, and what earlier months left."""
    await tx.execute(CLAIM_CHARGES_SQL, run.run_id, account_ids, next_month(run.period))


TOTALS_SQL = """
select wanted.account_id, coalesce(c.line_count, 0) as line_count, coalesce(c.total_cents, 0) as total_cents,
       coalesce(c.without_quotient_count, 0) as without_quotient_count, coalesce(c.zero_count, 0) as zero_count,
       coalesce(o.unpriced_count, 0) as unpriced_count, coalesce(o.planned_count, 0) as planned_count,
       coalesce(o.unpaid_count, 0) as unpaid_count, coalesce(o.unshared_count, 0) as unshared_count,
       coalesce(o.unnamed_count, 0) as unnamed_count, i.total_cents as previous_cents
from unnest($2::uuid[]) as wanted(account_id)
left join payers p on p.payer_id = wanted.account_id
left join lateral (
    select count(*) as line_count, sum(quantity * unit_cents) as total_cents,
           count(*) filter (where quotient_on is null) as without_quotient_count,
           count(*) filter (where unit_cents = 0) as zero_count
    from charges where account_id = wanted.account_id and status = 'due' and run_id = $1
) c on true
left join lateral (
    select count(*) filter (where status = 'due' and unit_cents is null) as unpriced_count,
           count(*) filter (where status = 'planned') as planned_count,
           count(*) filter (where status = 'due' and payer_id is null and not is_part) as unpaid_count,
           count(*) filter (where status = 'due' and payer_id is null and is_part) as unshared_count,
           count(*) filter (where status = 'due' and payer_id is not null and p.name is null) as unnamed_count
    from charges c
    cross join lateral (
        select c.payer_id is null and exists (
            select from payer_shares s left join activities a on a.activity_id = c.activity_id
            where s.child_id = c.child_id and s.household_id = c.household_id and s.during @> c.service_on
              and s.activity_kind in ('', a.kind)) as is_part
    ) of_shares
    where account_id = wanted.account_id and run_id is null and service_on < $3
      and ((status = 'planned' and service_on <= $6) or (status = 'due' and (unit_cents is null or p.name is null)))
) o on true
left join invoices i on i.payer_id = wanted.account_id and i.regie = $4 and i.period = $5
"""


async def totals(tx: Transaction, run: Run, account_ids: Sequence[UUID], today: date) -> list[tuple[UUID, ItemTotals]]:
    """For each account: what the run holds, and what waits."""
    months = next_month(run.period), run.regie, previous_month(run.period)
    rows = await tx.fetch(TOTALS_SQL, run.run_id, account_ids, *months, today)
    return [
        (
            row["account_id"],
            ItemTotals(
                line_count=row["line_count"],
                total_cents=int(row["total_cents"]),
                unpriced_count=row["unpriced_count"],
                without_quotient_count=row["without_quotient_count"],
                zero_count=row["zero_count"],
                planned_count=row["planned_count"],
                unpaid_count=row["unpaid_count"],
                unshared_count=row["unshared_count"],
                unnamed_count=row["unnamed_count"],
                previous_cents=row["previous_cents"],
            ),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class DraftedItem:
    """A drafted item: what one account would be invoiced."""

    account_id: UUID
    line_count: int
    total_cents: Cents
    anomalies: tuple[Anomaly, ...] = ()


SAVE_ITEMS_SQL = """
update invoice_run_items i set
    drafted_at = $2, line_count = v.line_count, total_cents = v.total_cents,
    anomalies = string_to_array(v.anomalies, ' ')
from unnest($3::uuid[], $4::integer[], $5::bigint[], $6::text[])
    as v(account_id, line_count, total_cents, anomalies)
where i.run_id = $1 and i.account_id = v.account_id
"""


async def save_items(tx: Transaction, run_id: UUID, items: Sequence[DraftedItem], drafted_at: datetime) -> None:
    await tx.execute(
        SAVE_ITEMS_SQL,
        run_id,
        drafted_at,
        [item.account_id for item in items],
        [item.line_count for item in items],
        [item.total_cents for item in items],
        [" ".join(item.anomalies) for item in items],
    )


DROP_ITEMS_SQL = "delete from invoice_run_items where run_id = $1 and account_id = any($2::uuid[])"


async def drop_items(tx: Transaction, run_id: UUID, account_ids: Sequence[UUID]) -> None:
    """Forget locked items that hold nothing."""
    await tx.execute(DROP_ITEMS_SQL, run_id, account_ids)


IS_DRAFTED_SQL = "select not exists (select from invoice_run_items where run_id = $1 and drafted_at is null)"


async def is_drafted(tx: Transaction, run_id: UUID) -> bool:
    """Whether every item of the run is drafted."""
    return bool(await tx.fetchval(IS_DRAFTED_SQL, run_id))


@dataclass(frozen=True, slots=True)
class Difference:
    """What happened since the draft: for how many payers, and by how much their totals change."""

    payer_count: int
    difference_cents: Cents


REOPEN_CHANGED_ITEMS_SQL = """
with line as (
    select account_id, household_id, count(*) as line_count, sum(quantity * unit_cents) as total_cents,
           count(*) filter (where run_id is null) as unheld_count
    from charges c
    where status = 'due' and exists (select from payers p where p.payer_id = c.payer_id and p.name is not null)
      and (run_id = $1 or (run_id is null and service_on < $2 and unit_cents is not null))
    group by account_id, household_id
), changed as (
    select account_id, household_id, sum(total_cents) as difference_cents
    from (
        select account_id, household_id, line_count, total_cents, unheld_count from line
        union all
        select account_id, household_id, -line_count, -total_cents, 0 from invoice_run_items where run_id = $1
    ) as line_less_item
    group by account_id, household_id having sum(line_count) <> 0 or sum(total_cents) <> 0 or sum(unheld_count) > 0
), reopened as (
    insert into invoice_run_items (run_id, account_id, household_id)
    select $1, account_id, household_id from changed order by account_id
    on conflict (run_id, account_id) do update set drafted_at = null
)
select count(*) as payer_count, coalesce(sum(difference_cents), 0)::bigint as difference_cents from changed
"""


async def reopen_changed_items(tx: Transaction, run: Run) -> Difference:
    """How the days of a locked run differ from its draft; the items concerned are to be drafted again."""
    row = await tx.fetchrow(REOPEN_CHANGED_ITEMS_SQL, run.run_id, next_month(run.period))
    return Difference(**row) if row else Difference(0, 0)


REOPEN_ITEMS_SQL = "update invoice_run_items set drafted_at = null where run_id = $1"


async def reopen_items(tx: Transaction, run_id: UUID) -> None:
    """Every item of the run is to be drafted again."""
    await tx.execute(REOPEN_ITEMS_SQL, run_id)


TAKE_ITEMS_SQL = """
select account_id from invoice_run_items where run_id = $1 order by account_id limit $2 for update skip locked
"""

RELEASE_CHARGES_SQL = """
update charges set run_id = null where account_id = any($2::uuid[]) and status = 'due' and run_id = $1
"""


async def release_items(tx: Transaction, run_id: UUID, limit: int) -> int:
    """Give up the next items of the run with the lines that they hold; how many there were."""
    account_ids = [row["account_id"] for row in await tx.fetch(TAKE_ITEMS_SQL, run_id, limit)]
    if account_ids:
        await release_charges(tx, run_id, account_ids)
        await drop_items(tx, run_id, account_ids)
    return len(account_ids)


async def release_charges(tx: Transaction, run_id: UUID, account_ids: Sequence[UUID]) -> None:
    """Leave the lines of these accounts to another run."""
    await tx.execute(RELEASE_CHARGES_SQL, run_id, account_ids)
