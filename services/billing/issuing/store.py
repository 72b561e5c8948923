"""Storage of the issue of a run: its items, until each is closed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis.data.database import Transaction

from ..drafts.store import release_charges
from .domain import ItemOutcome, ItemToIssue

TAKE_ITEMS_TO_ISSUE_SQL = """
select account_id, household_id, total_cents,
       exists (select from payers p where p.payer_id = account_id and p.name is not null) as is_payer_known
from invoice_run_items
where run_id = $1 and closed_at is null order by account_id limit $2 for update skip locked
"""


async def take_items_to_issue(tx: Transaction, run_id: UUID, limit: int) -> list[ItemToIssue]:
    """Items of the run that are still to be issued, locked."""
    return [ItemToIssue(**row) for row in await tx.fetch(TAKE_ITEMS_TO_ISSUE_SQL, run_id, limit)]


SETTLE_CHARGES_SQL = """
update charges set status = 'invoiced' where account_id = any($2::uuid[]) and status = 'due' and run_id = $1
"""

CLOSE_ITEMS_SQL = """
update invoice_run_items i set closed_at = $2, invoice_id = v.invoice_id
from unnest($3::uuid[], $4::uuid[]) as v(account_id, invoice_id)
where i.run_id = $1 and i.account_id = v.account_id
"""


async def close_items(
    tx: Transaction, run_id: UUID, items: Sequence[ItemToIssue], invoice_ids: Mapping[UUID, UUID], closed_at: datetime
) -> None:
    """Finish items: lines that sum to zero are settled without an invoice, a credit and the lines of an erased payer are left for a later run."""
    settled = [item.account_id for item in items if item.outcome is ItemOutcome.NOTHING_OWED]
    carried = [item.account_id for item in items if item.outcome is ItemOutcome.CARRIED_OVER]
    if settled:
        await tx.execute(SETTLE_CHARGES_SQL, run_id, settled)
    if carried:
        await release_charges(tx, run_id, carried)
    accounts = [item.account_id for item in items]
    await tx.execute(CLOSE_ITEMS_SQL, run_id, closed_at, accounts, [invoice_ids.get(account) for account in accounts])


FINISH_ISSUE_SQL = """
update invoice_runs r set status = 'issued', issued_at = $2 where r.run_id = $1 and r.status = 'issuing'
  and not exists (select from invoice_run_items i where i.run_id = r.run_id and i.closed_at is null)
"""


async def finish_issue(tx: Transaction, run_id: UUID, issued_at: datetime) -> None:
    """The issue is complete, if it is."""
    await tx.execute(FINISH_ISSUE_SQL, run_id, issued_at)
