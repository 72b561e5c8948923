"""Storage of invoice runs and their items, a batch of households at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.data.database import Queries, Row, Transaction
from contracts.types import InvoiceRunStatus

from .domain import Anomaly, ItemOutcome, ItemTotals, next_month, outcome_of, previous_month


@dataclass(frozen=True, slots=True)
class Run:
    """A run and the first day of its month."""

    run_id: UUID
    regie: str
    period: date
    status: InvoiceRunStatus

    @classmethod
    def of(cls, row: Row) -> "Run":
        return cls(row["run_id"], row["regie"], row["period"], InvoiceRunStatus(row["status"]))


ADD_RUN_SQL = """
insert into invoice_runs (run_id, regie, period, status, created_at, created_by)
values ($1, $2, $3, 'drafting', $4, $5) on conflict (regie, period) do nothing returning true
"""

ADD_ITEMS_SQL = """
insert into invoice_run_items (run_id, household_id)
select $1, household_id from charges where status = 'due' and run_id is null and service_on < $2 group by household_id
"""


async def add_run(tx: Transaction, run: Run, created_at: datetime, created_by: UUID) -> bool:
    """Store a run with an item for each household that owes something until its end; False if the month has one."""
    if not await tx.fetchval(ADD_RUN_SQL, run.run_id, run.regie, run.period, created_at, created_by):
        return False
    await tx.execute(ADD_ITEMS_SQL, run.run_id, next_month(run.period))
    return True


RUN_OF_MONTH_SQL = "select run_id from invoice_runs where regie = $1 and period = $2"


async def run_of_month(queries: Queries, regie: str, period: date) -> UUID | None:
    run_id: UUID | None = await queries.fetchval(RUN_OF_MONTH_SQL, regie, period)
    return run_id


LOCK_RUN_SQL = "select run_id, regie, period, status from invoice_runs where run_id = $1 for update"


async def lock_run(tx: Transaction, run_id: UUID) -> Run | None:
    """A run, locked: corrections of days that it holds wait."""
    row = await tx.fetchrow(LOCK_RUN_SQL, run_id)
    return Run.of(row) if row else None


MOVE_RUN_SQL = """
update invoice_runs set status = $2,
    reviewed_by = case when $2 = 'reviewed' then $3 else reviewed_by end,
    issued_by = case when $2 = 'issuing' then $3 else issued_by end
where run_id = $1
"""


async def move_run(tx: Transaction, run_id: UUID, status: InvoiceRunStatus, by: UUID | None = None) -> None:
    """Set the status of a locked run, and which agent did it."""
    await tx.execute(MOVE_RUN_SQL, run_id, status.value, by)


OPEN_RUNS_SQL = """
select run_id, regie, period, status from invoice_runs where status = any($1::text[]) order by run_id
"""


async def runs_in(queries: Queries, *statuses: InvoiceRunStatus) -> list[Run]:
    """The runs in one of these statuses."""
    return [Run.of(row) for row in await queries.fetch(OPEN_RUNS_SQL, [status.value for status in statuses])]


TAKE_ITEMS_TO_DRAFT_SQL = """
select household_id from invoice_run_items where run_id = $1 and drafted_at is null
order by household_id limit $2 for update skip locked
"""


async def take_items_to_draft(tx: Transaction, run_id: UUID, limit: int) -> list[UUID]:
    """Households of the run whose draft is to be computed, locked."""
    return [row["household_id"] for row in await tx.fetch(TAKE_ITEMS_TO_DRAFT_SQL, run_id, limit)]


CLAIM_CHARGES_SQL = """
with locked as (
    select charge_id from charges
    where household_id = any($2::uuid[]) and status = 'due' and service_on < $3 and run_id is null
      and unit_cents is not null
    order by charge_id for update
)
update charges c set run_id = $1 from locked where c.charge_id = locked.charge_id
"""


async def claim_charges(tx: Transaction, run: Run, household_ids: Sequence[UUID]) -> None:
    """Put every due and priced line of these households on the run: this month's, and what earlier months left."""
    await tx.execute(CLAIM_CHARGES_SQL, run.run_id, household_ids, next_month(run.period))


TOTALS_SQL = """
select wanted.household_id, coalesce(c.line_count, 0) as line_count, coalesce(c.total_cents, 0) as total_cents,
       coalesce(c.without_quotient_count, 0) as without_quotient_count, coalesce(c.zero_count, 0) as zero_count,
       coalesce(o.unpriced_count, 0) as unpriced_count, coalesce(o.planned_count, 0) as planned_count,
       i.total_cents as previous_cents, h.household_id is not null as is_payer_known
from unnest($2::uuid[]) as wanted(household_id)
left join lateral (
    select count(*) as line_count, sum(quantity * unit_cents) as total_cents,
           count(*) filter (where quotient_on is null) as without_quotient_count,
           count(*) filter (where unit_cents = 0) as zero_count
    from charges where household_id = wanted.household_id and status = 'due' and run_id = $1
) c on true
left join lateral (
    select count(*) filter (where status = 'due') as unpriced_count,
           count(*) filter (where status = 'planned') as planned_count
    from charges where household_id = wanted.household_id and run_id is null and service_on < $3
      and (status = 'planned' or (status = 'due' and unit_cents is null))
) o on true
left join invoices i on i.household_id = wanted.household_id and i.regie = $4 and i.period = $5
left join households h on h.household_id = wanted.household_id
"""


async def totals(tx: Transaction, run: Run, household_ids: Sequence[UUID]) -> list[tuple[UUID, int, ItemTotals]]:
    """For each household: how many lines the run holds, and what they come to."""
    rows = await tx.fetch(
        TOTALS_SQL, run.run_id, household_ids, next_month(run.period), run.regie, previous_month(run.period)
    )
    return [
        (
            row["household_id"],
            row["line_count"],
            ItemTotals(
                total_cents=int(row["total_cents"]),
                unpriced_count=row["unpriced_count"],
                without_quotient_count=row["without_quotient_count"],
                zero_count=row["zero_count"],
                planned_count=row["planned_count"],
                previous_cents=row["previous_cents"],
                is_payer_known=row["is_payer_known"],
            ),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class DraftedItem:
    """A drafted item: what one household would be invoiced."""

    household_id: UUID
    line_count: int
    total_cents: int
    anomalies: tuple[Anomaly, ...] = ()


SAVE_ITEMS_SQL = """
update invoice_run_items i set
    drafted_at = $2, line_count = v.line_count, total_cents = v.total_cents,
    anomalies = string_to_array(v.anomalies, ' ')
from unnest($3::uuid[], $4::integer[], $5::bigint[], $6::text[])
    as v(household_id, line_count, total_cents, anomalies)
where i.run_id = $1 and i.household_id = v.household_id
"""


async def save_items(tx: Transaction, run_id: UUID, items: Sequence[DraftedItem], drafted_at: datetime) -> None:
    await tx.execute(
        SAVE_ITEMS_SQL,
        run_id,
        drafted_at,
        [item.household_id for item in items],
        [item.line_count for item in items],
        [item.total_cents for item in items],
        [" ".join(item.anomalies) for item in items],
    )


FINISH_DRAFT_SQL = """
update invoice_runs r set status = 'draft' where r.run_id = $1 and r.status = 'drafting'
  and not exists (select from invoice_run_items i where i.run_id = r.run_id and i.drafted_at is null)
"""


async def finish_draft(tx: Transaction, run_id: UUID) -> None:
    """The draft is complete, if it is."""
    await tx.execute(FINISH_DRAFT_SQL, run_id)


REOPEN_CHANGED_ITEMS_SQL = """
update invoice_run_items set drafted_at = null
where run_id = $1 and household_id in (
    select household_id from (
        select household_id, count(*) as line_count, sum(quantity * unit_cents) as total_cents
        from charges where status = 'due' and run_id = $1 group by household_id
        union all
        select household_id, -line_count, -total_cents from invoice_run_items where run_id = $1
    ) as held_less_drafted
    group by household_id having sum(line_count) <> 0 or sum(total_cents) <> 0
)
"""


async def reopen_changed_items(tx: Transaction, run_id: UUID) -> bool:
    """Whether days that a locked run holds were corrected since its draft; the items concerned are to be drafted again."""
    tag = await tx.execute(REOPEN_CHANGED_ITEMS_SQL, run_id)
    return tag != "UPDATE 0"


TAKE_ITEMS_TO_ISSUE_SQL = """
select household_id, line_count, total_cents from invoice_run_items
where run_id = $1 and closed_at is null order by household_id limit $2 for update skip locked
"""


async def take_items_to_issue(tx: Transaction, run_id: UUID, limit: int) -> list[DraftedItem]:
    """Items of the run that are still to be issued, locked."""
    return [DraftedItem(**row) for row in await tx.fetch(TAKE_ITEMS_TO_ISSUE_SQL, run_id, limit)]


SETTLE_CHARGES_SQL = """
update charges set status = 'invoiced' where household_id = any($2::uuid[]) and status = 'due' and run_id = $1
"""

RELEASE_CHARGES_SQL = """
update charges set run_id = null where household_id = any($2::uuid[]) and status = 'due' and run_id = $1
"""

CLOSE_ITEMS_SQL = """
update invoice_run_items i set closed_at = $2, invoice_id = v.invoice_id
from unnest($3::uuid[], $4::uuid[]) as v(household_id, invoice_id)
where i.run_id = $1 and i.household_id = v.household_id
"""


async def close_items(
    tx: Transaction, run_id: UUID, items: Sequence[DraftedItem], invoice_ids: Mapping[UUID, UUID], closed_at: datetime
) -> None:
    """Finish items: lines that sum to zero are settled without an invoice, a credit is left for a later run."""
    settled = [item.household_id for item in items if outcome_of(item.total_cents) is ItemOutcome.NOTHING_OWED]
    carried = [item.household_id for item in items if outcome_of(item.total_cents) is ItemOutcome.CARRIED_OVER]
    if settled:
        await tx.execute(SETTLE_CHARGES_SQL, run_id, settled)
    if carried:
        await tx.execute(RELEASE_CHARGES_SQL, run_id, carried)
    households = [item.household_id for item in items]
    await tx.execute(CLOSE_ITEMS_SQL, run_id, closed_at, households, [invoice_ids.get(who) for who in households])


FINISH_ISSUE_SQL = """
update invoice_runs r set status = 'issued', issued_at = $2 where r.run_id = $1 and r.status = 'issuing'
  and not exists (select from invoice_run_items i where i.run_id = r.run_id and i.closed_at is null)
"""


async def finish_issue(tx: Transaction, run_id: UUID, issued_at: datetime) -> None:
    """The issue is complete, if it is."""
    await tx.execute(FINISH_ISSUE_SQL, run_id, issued_at)
