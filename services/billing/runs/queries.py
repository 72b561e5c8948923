"""What agents see of invoice runs."""

from datetime import date
from uuid import UUID

from chassis.data.database import Database, Queries
from chassis.data.paging import page_of, read_id
from chassis.refusal import NotFound
from contracts.billing.models import InvoiceRun, InvoiceRunItem
from contracts.http import PAGE_SIZE_MAX, Page

from ..settings import BillingRules

RUNS_SQL = """
select r.run_id, r.regie, to_char(r.period, 'YYYY-MM') as period, r.status, r.created_at, r.issued_at,
       t.item_count, t.drafted_count, t.issued_count, t.total_cents,
       (select sum(i.total_cents) from invoices i
        where i.regie = r.regie and i.period = r.period - interval '1 month')::bigint as previous_total_cents,
       coalesce((select jsonb_agg(jsonb_build_array(found.code, found.count) order by found.code)
        from (select code, count(*) from invoice_run_items i, unnest(i.anomalies) as code
              where i.run_id = r.run_id group by code) found), '[]') as anomalies,
       jsonb_build_object(
           'days_left_count', greatest(0, m.ends_on - $4::date), 'sheet_count', o.sheet_count,
           'child_count', o.child_count, 'household_count', o.household_count) as open_days
from invoice_runs r
cross join lateral (select (r.period + interval '1 month')::date - 1 as ends_on) m
cross join lateral (
    select count(distinct (c.activity_id, c.service_on)) as sheet_count, count(distinct c.child_id) as child_count,
           count(distinct c.household_id) as household_count
    from charges c where c.status = 'planned' and c.service_on <= least(m.ends_on, $4::date)
) o
cross join lateral (
    select count(*) as item_count, count(i.drafted_at) as drafted_count, count(i.invoice_id) as issued_count,
           coalesce(sum(i.total_cents) filter (where i.total_cents > 0), 0)::bigint as total_cents
    from invoice_run_items i where i.run_id = r.run_id
) t
where ($1::uuid is null or r.run_id = $1) and ($2::uuid is null or r.run_id < $2)
order by r.run_id desc limit $3
"""


async def run_of(queries: Queries, run_id: UUID, today: date) -> InvoiceRun:
    """A run, its progress and what it leaves out today. Raises NotFound."""
    row = await queries.fetchrow(RUNS_SQL, run_id, None, 1, today)
    if row is None:
        raise NotFound
    return InvoiceRun.model_validate(dict(row))


async def invoice_run(db: Database, rules: BillingRules, run_id: UUID) -> InvoiceRun:
    """A run, for the agents who invoice and those who answer for it."""
    return await run_of(db, run_id, rules.today(await db.now()))


async def invoice_runs(db: Database, rules: BillingRules, cursor: str | None) -> Page[InvoiceRun]:
    """Every run, the newest first."""
    before = read_id(cursor)
    rows = await db.fetch(RUNS_SQL, None, before, PAGE_SIZE_MAX + 1, rules.today(await db.now()))
    return page_of([InvoiceRun.model_validate(dict(row)) for row in rows], lambda run: (run.run_id,))


RUN_ITEMS_SQL = """
select nullif(i.account_id, i.household_id) as payer_id, i.household_id, coalesce(v.payer_name, p.name) as payer_name,
       i.line_count, i.total_cents, i.anomalies, i.invoice_id, v.number as invoice_number
from invoice_run_items i
left join payers p on p.payer_id = i.account_id
left join invoices v using (invoice_id)
where i.run_id = $1 and ($2::uuid is null or i.account_id > $2)
order by i.account_id limit $3
"""


IS_RUN_SQL = "select exists (select from invoice_runs where run_id = $1)"


async def run_items(db: Database, run_id: UUID, cursor: str | None) -> Page[InvoiceRunItem]:
    """What each payer would be, or was, invoiced. Raises NotFound."""
    after = read_id(cursor)
    rows = await db.fetch(RUN_ITEMS_SQL, run_id, after, PAGE_SIZE_MAX + 1)
    if not rows and after is None and not await db.fetchval(IS_RUN_SQL, run_id):
        raise NotFound
    return page_of(
        [InvoiceRunItem.model_validate(dict(row)) for row in rows], lambda item: (item.payer_id or item.household_id,)
    )
