"""Issuing a run, a batch of households a transaction."""

from datetime import timedelta

from chassis.data.database import Transaction, command
from chassis.identifiers import new_id
from contracts.billing.events import InvoiceIssued

from ..invoices.domain import NewInvoice
from ..invoices.store import Issue, add_invoices
from ..ledger.domain import invoice_entry
from ..ledger.store import post, take_numbers
from ..runs.store import Run
from ..settings import BillingRules
from . import store
from .domain import ItemOutcome, invoice_number, outcome_of

BATCH_MAX = 100


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
