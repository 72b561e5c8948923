"""Issuing a run, a batch of payers a transaction."""

from collections.abc import Iterator
from datetime import timedelta

from chassis.data.database import Transaction, command
from chassis.identifiers import new_id
from contracts.billing.events import InvoiceIssued, InvoicePaid
from contracts.types import InvoiceStatus

from ..invoices.domain import NewInvoice
from ..invoices.store import Issue, add_invoices
from ..ledger.domain import LedgerEntry, Split, credit_entry, invoice_entry
from ..ledger.store import hold_credits, post, take_numbers
from ..runs.store import Run
from ..settings import BillingRules
from . import store
from .domain import ItemOutcome, invoice_number

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
    billed = [item for item in items if item.outcome is ItemOutcome.INVOICE]
    owed = await hold_credits(tx, [item.account_id for item in billed])
    numbers = await take_numbers(tx, run.regie, "invoice", issued_on.year, len(billed)) if billed else ()
    invoices = [
        NewInvoice(
            new_id(),
            item.account_id,
            item.household_id,
            invoice_number(issued_on.year, number),
            item.total_cents,
            Split.of(owed.get(item.account_id, 0), item.total_cents).settled_cents,
        )
        for item, number in zip(billed, numbers, strict=True)
    ]
    issue = Issue(run.run_id, run.regie, run.period, now, issued_on, due_on)
    await add_invoices(tx, issue, invoices)
    await post(tx, [entry for invoice in invoices for entry in _entries(issue, invoice)])
    await store.close_items(tx, run.run_id, items, {invoice.payer_id: invoice.invoice_id for invoice in invoices}, now)
    tx.emit(*(event for invoice in invoices for event in _events(issue, invoice)))
    return len(items)


def _entries(issue: Issue, invoice: NewInvoice) -> Iterator[LedgerEntry]:
    yield invoice_entry(invoice.invoice_id, invoice.payer_id, issue.regie, invoice.total_cents, issue.issued_on)
    if invoice.credit_cents:
        yield credit_entry(invoice.invoice_id, invoice.payer_id, invoice.credit_cents, issue.issued_on)


def _events(issue: Issue, invoice: NewInvoice) -> Iterator[InvoiceIssued | InvoicePaid]:
    yield InvoiceIssued(
        invoice_id=invoice.invoice_id,
        payer_id=invoice.payer_id,
        household_id=invoice.household_id,
        regie=issue.regie,
        number=invoice.number,
        period=f"{issue.period:%Y-%m}",
        total_cents=invoice.total_cents,
        credit_cents=invoice.credit_cents,
        due_on=issue.due_on,
        issued_at=issue.issued_at,
    )
    if invoice.status is InvoiceStatus.PAID:
        yield InvoicePaid(
            invoice_id=invoice.invoice_id,
            payer_id=invoice.payer_id,
            household_id=invoice.household_id,
            number=invoice.number,
            total_cents=invoice.total_cents,
            paid_at=issue.issued_at,
        )


@command
async def finish_issue(tx: Transaction, run: Run) -> None:
    """The run is issued once nothing of it is left to issue."""
    await store.finish_issue(tx, run.run_id, await tx.now())
