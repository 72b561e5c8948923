"""Drafting a run, a batch of accounts a transaction; and its draft given up, likewise."""

from datetime import date

from chassis.data.database import Transaction, command
from contracts.types import InvoiceRunStatus

from ..repricing.store import prices_wait
from ..runs.store import Run, lock_run, move_run
from ..settings import BillingRules
from . import store
from .domain import anomalies_of
from .store import DraftedItem

BATCH_MAX = 100


@command
async def draft_batch(tx: Transaction, rules: BillingRules, run: Run) -> int:
    """Draft the next items of a run; how many there were. One that holds nothing is left out."""
    account_ids = await store.take_items_to_draft(tx, run.run_id, BATCH_MAX)
    if account_ids:
        now = await tx.now()
        await store.release_unnamed(tx, run, account_ids)
        await store.claim_charges(tx, run, account_ids)
        totals = await store.totals(tx, run, account_ids, rules.today(now))
        items = [
            DraftedItem(account_id, account.line_count, account.total_cents, anomalies_of(account))
            for account_id, account in totals
            if not account.is_empty
        ]
        await store.save_items(tx, run.run_id, items, now)
        await store.drop_items(tx, run.run_id, [account_id for account_id, account in totals if account.is_empty])
    return len(account_ids)


@command
async def finish_draft(tx: Transaction, run: Run) -> int:
    """Offer a run to review unless a price waits; how many payers' items are to be drafted once more, for their days changed."""
    stored = await lock_run(tx, run.run_id)
    if stored is None or stored.status is not InvoiceRunStatus.DRAFTING:
        return 0
    if await prices_wait(tx) or not await store.is_drafted(tx, run.run_id):
        return 0
    difference = await store.reopen_changed_items(tx, stored)
    if not difference.payer_count:
        await move_run(tx, run.run_id, InvoiceRunStatus.DRAFT)
    return difference.payer_count


@command
async def release_batch(tx: Transaction, run: Run) -> int:
    """Leave the lines of the next items of a discarded run to another one; how many items there were."""
    return await store.release_items(tx, run.run_id, BATCH_MAX)


async def draft_again(tx: Transaction, run: Run, today: date) -> None:
    """Have all of a locked run drafted again."""
    await store.add_items(tx, run, today)
    await store.reopen_items(tx, run.run_id)
    await move_run(tx, run.run_id, InvoiceRunStatus.DRAFTING)
