"""Invoice runs: opened, drafted by a job, reviewed, issued by a job.

A run holds the lines of its draft. Until it is issuing, a corrected day leaves the run, and the difference sends it back to
drafting when an agent goes on; from then on nothing that it holds can change.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import NotFound
from contracts.billing.events import InvoiceIssued
from contracts.billing.models import InvoiceRun, InvoiceRunCreate
from contracts.types import InvoiceRunStatus

from ..errors import InvoiceRunExists, PeriodNotStarted, RunChanged, RunNotDrafted, RunNotReviewed
from ..invoices.domain import NewInvoice
from ..invoices.store import Issue, add_invoices
from ..ledger.domain import invoice_entry
from ..ledger.store import post, take_numbers
from ..settings import BillingRules
from . import store
from .domain import ItemOutcome, anomalies_of, invoice_number, month_of, outcome_of
from .queries import run_of
from .store import DraftedItem, Run

BATCH_MAX = 100
ACTIONS: Final = {
    InvoiceRunStatus.REVIEWED: "invoice_run_reviewed",
    InvoiceRunStatus.ISSUING: "invoice_run_issued",
}


@command
async def create_run(
    tx: Transaction, actor: Actor, claim: Claim, rules: BillingRules, request: InvoiceRunCreate
) -> InvoiceRun:
    """Open the run of a month; a job drafts it.

    Raises:
        PeriodNotStarted: the month is still to come.
        InvoiceRunExists: the month has a run.
    """
    if kept := await claim.replay(tx, InvoiceRun):
        return kept
    period = month_of(request.period)
    now = await tx.now()
    if period > rules.today(now):
        raise PeriodNotStarted(period=request.period)
    run = Run(new_id(), rules.policy.regie, period, InvoiceRunStatus.DRAFTING)
    if not await store.add_run(tx, run, now, actor.account_id):
        raise InvoiceRunExists(period=request.period, run_id=await store.run_of_month(tx, run.regie, period))
    tx.note(Act(actor, "invoice_run_created", run.run_id, after={"period": request.period, "regie": run.regie}))
    return await claim.keep(tx, await run_of(tx, run.run_id))


async def review_run(db: Database, actor: Actor, run_id: UUID) -> InvoiceRun:
    """An agent looked at the totals and the anomalies of the draft.

    Raises:
        RunNotDrafted: the draft is not complete.
        RunChanged: days were corrected since; the draft is being computed again.
    """
    if not await _advance(db, run_id, InvoiceRunStatus.REVIEWED, actor):
        raise RunChanged
    return await run_of(db, run_id)


async def issue_run(db: Database, actor: Actor, run_id: UUID) -> InvoiceRun:
    """Start the issue of a reviewed run; a job does it.

    Raises:
        RunNotReviewed: no agent reviewed the draft.
        RunChanged: days were corrected since; the draft is being computed again.
    """
    if not await _advance(db, run_id, InvoiceRunStatus.ISSUING, actor):
        raise RunChanged
    return await run_of(db, run_id)


@command
async def _advance(tx: Transaction, run_id: UUID, to: InvoiceRunStatus, actor: Actor) -> bool:
    """Move a run on, or back to drafting (and False) when what it holds changed: that must commit, so it is no refusal."""
    run = await store.lock_run(tx, run_id)
    if run is None:
        raise NotFound
    if to is InvoiceRunStatus.REVIEWED:
        if run.status is InvoiceRunStatus.REVIEWED:
            return True
        if run.status is not InvoiceRunStatus.DRAFT:
            raise RunNotDrafted(status=run.status)
    if to is InvoiceRunStatus.ISSUING:
        if run.status in (InvoiceRunStatus.ISSUING, InvoiceRunStatus.ISSUED):
            return True
        if run.status is not InvoiceRunStatus.REVIEWED:
            raise RunNotReviewed(status=run.status)
    is_changed = await store.reopen_changed_items(tx, run_id)
    reached = InvoiceRunStatus.DRAFTING if is_changed else to
    await store.move_run(tx, run_id, reached, actor.account_id)
    tx.note(Act(actor, ACTIONS[to], run_id, before={"status": run.status}, after={"status": reached}))
    return not is_changed


@command
async def draft_batch(tx: Transaction, run: Run) -> int:
    """Draft the next items of a run; how many there were."""
    household_ids = await store.take_items_to_draft(tx, run.run_id, BATCH_MAX)
    if household_ids:
        await store.claim_charges(tx, run, household_ids)
        totals = await store.totals(tx, run, household_ids)
        items = [
            DraftedItem(household_id, line_count, household.total_cents, anomalies_of(household))
            for household_id, line_count, household in totals
        ]
        await store.save_items(tx, run.run_id, items, await tx.now())
    return len(household_ids)


@command
async def finish_draft(tx: Transaction, run: Run) -> None:
    """Offer a run to review once nothing of it is left to draft."""
    await store.finish_draft(tx, run.run_id)


@command
async def issue_batch(tx: Transaction, rules: BillingRules, run: Run) -> int:
    """Issue the next invoices of a run, all in one commit: numbers, frozen lines, ledger, events. How many items there were."""
    items = await store.take_items_to_issue(tx, run.run_id, BATCH_MAX)
    if not items:
        return 0
    now = await tx.now()
    issued_on = rules.today(now)
    due_on = issued_on + timedelta(days=rules.policy.due_days)
    billed = [item for item in items if outcome_of(item.total_cents) is ItemOutcome.INVOICE]
    numbers = await take_numbers(tx, run.regie, "invoice", issued_on.year, len(billed)) if billed else ()
    invoices = [
        NewInvoice(new_id(), item.household_id, invoice_number(issued_on.year, number), item.total_cents)
        for item, number in zip(billed, numbers, strict=True)
    ]
    issue = Issue(run.run_id, run.regie, run.period, now, issued_on, due_on)
    await add_invoices(tx, issue, invoices)
    await post(tx, [invoice_entry(i.invoice_id, i.household_id, run.regie, i.total_cents, issued_on) for i in invoices])
    await store.close_items(tx, run.run_id, items, {i.household_id: i.invoice_id for i in invoices}, now)
    tx.emit(*(_invoice_issued(issue, invoice) for invoice in invoices))
    return len(items)


def _invoice_issued(issue: Issue, invoice: NewInvoice) -> InvoiceIssued:
    return InvoiceIssued(
        invoice_id=invoice.invoice_id,
        household_id=invoice.household_id,
        regie=issue.regie,
        number=invoice.number,
        period=f"{issue.period:%Y-%m}",
        total_cents=invoice.total_cents,
        due_on=issue.due_on,
        issued_at=issue.issued_at,
    )


@command
async def finish_issue(tx: Transaction, run: Run) -> None:
    """The run is issued once nothing of it is left to issue."""
    await store.finish_issue(tx, run.run_id, await tx.now())


async def work_on_runs(db: Database, rules: BillingRules) -> None:
    """Draft and issue what is waiting, a batch a transaction: a crash loses at most one, which simply runs again."""
    for run in await store.runs_in(db, InvoiceRunStatus.DRAFTING):
        while await draft_batch(db, run):
            pass
        await finish_draft(db, run)
    for run in await store.runs_in(db, InvoiceRunStatus.ISSUING):
        while await issue_batch(db, rules, run):
            pass
        await finish_issue(db, run)
