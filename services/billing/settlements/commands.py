"""Settlement of payments: their results are looked up with the provider (reconciliation) and applied once.

They are announced by the notification, by the payer's return and by a job; whichever comes, the look-up decides. No
transaction is open while the provider is asked, and its answer is applied under the locks of the invoice and of the payment.
"""

import asyncio
import re
from uuid import UUID

import structlog

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from contracts.billing.api import OPERATION_ID_PATTERN
from contracts.billing.events import InvoicePaid, PaymentReceived
from contracts.billing.models import Payment
from contracts.types import InvoiceStatus, PaymentStatus

from ..directory.queries import require_invoice
from ..invoices.domain import status_of
from ..invoices.store import InvoiceDue, lock_invoice, save_paid
from ..ledger.domain import Split, payment_entry
from ..ledger.store import post, take_numbers
from ..payments.commands import PaymentProvider
from ..payments.domain import CREATION_DELAY
from ..payments.queries import shown_payment
from ..payments.store import StoredPayment, payment, payment_of_operation
from ..payments.store import lock as lock_payment
from ..settings import BillingRules
from . import store
from .domain import NoResult, PaymentAnomaly, Receipt, Result, judge, receipt_number

LOOK_UPS_MAX = 100
LOOK_UPS_AT_ONCE = 5


log = structlog.get_logger()


@command
async def note_notification(tx: Transaction, operation_id: str) -> None:
    """The provider says that an operation has news: have it looked up soon. It may be anybody who says so."""
    if re.fullmatch(OPERATION_ID_PATTERN, operation_id):
        await store.hasten(tx, operation_id, await tx.now())


async def payment_by_operation(db: Database, actor: Actor, provider: PaymentProvider, operation_id: str) -> Payment:
    """The payment that a payer comes back from, looked up now. Raises NotFound."""
    stored = await payment_of_operation(db, operation_id)
    await require_invoice(db, actor, stored.payer_id, stored.household_id)
    await settle(db, provider, stored.payment_id)
    return await shown_payment(db, stored.payment_id)


async def settle(db: Database, provider: PaymentProvider, payment_id: UUID) -> None:
    """Ask the provider about a payment and apply its answer; nothing to ask once it is paid or has no operation."""
    stored = await payment(db, payment_id)
    if stored.idop and stored.attempt.status is not PaymentStatus.PAID:
        await apply_answer(db, provider.rules, stored, await provider.payfip.look_up(stored.idop))


@command
async def apply_answer(tx: Transaction, rules: BillingRules, asked: StoredPayment, answer: Result | NoResult) -> None:
    """Apply a look-up's answer to a payment, once however often and from wherever it comes."""
    payment_id = asked.payment_id
    invoice = await lock_invoice(tx, asked.invoice_id)
    stored = await lock_payment(tx, payment_id)
    if stored.attempt.status is PaymentStatus.PAID:
        return
    now = await tx.now()
    verdict = judge(stored.attempt, answer, now)
    if verdict.anomaly and isinstance(answer, Result):
        await store.note_anomaly(tx, payment_id, verdict.anomaly, answer.amount_cents, now)
        log.error("payment answer differs", payment_id=str(payment_id), code=verdict.anomaly.value)
    if verdict.receipt:
        await _receive(tx, rules, invoice, stored, verdict.receipt)
    else:
        await store.save_verdict(tx, payment_id, verdict)


async def _receive(
    tx: Transaction, rules: BillingRules, invoice: InvoiceDue, stored: StoredPayment, receipt: Receipt
) -> None:
    """Money came in: receipt, ledger, invoice and events, together."""
    now = await tx.now()
    today = rules.today(now)
    amount = stored.attempt.amount_cents
    split = Split.of(amount, invoice.left_to_pay_cents)
    (sequence,) = await take_numbers(tx, invoice.regie, "receipt", today.year, 1)
    number = receipt_number(today.year, sequence)
    await store.save_paid(tx, stored.payment_id, receipt, number, now)
    await post(tx, [payment_entry(stored.payment_id, invoice.payer_id, invoice.regie, split, today)])
    paid = invoice.paid_cents + split.settled_cents
    status = status_of(invoice.total_cents, paid)
    await save_paid(tx, invoice.invoice_id, paid, status)
    if split.surplus_cents:
        await store.note_anomaly(tx, stored.payment_id, PaymentAnomaly.OVER_PAYMENT, split.surplus_cents, now)
        log.error("payment of a paid invoice", payment_id=str(stored.payment_id))
    tx.emit(
        PaymentReceived(
            payment_id=stored.payment_id,
            invoice_id=invoice.invoice_id,
            invoice_number=invoice.number,
            payer_id=invoice.payer_id,
            household_id=invoice.household_id,
            amount_cents=amount,
            means=receipt.means,
            reference=receipt.reference,
            receipt_number=number,
            paid_at=now,
        )
    )
    if status is InvoiceStatus.PAID and split.settled_cents:
        tx.emit(
            InvoicePaid(
                invoice_id=invoice.invoice_id,
                payer_id=invoice.payer_id,
                household_id=invoice.household_id,
                number=invoice.number,
                total_cents=invoice.total_cents,
                paid_at=now,
            )
        )


@command
async def give_up_created(tx: Transaction) -> None:
    """End attempts that never got a page: the process that asked for it died."""
    await store.give_up_created(tx, await tx.now() - CREATION_DELAY)


async def look_payments_up(db: Database, provider: PaymentProvider) -> None:
    """Look up the payments whose time has come, a few at once; one that fails keeps no other waiting."""
    await give_up_created(db)
    limit = asyncio.Semaphore(LOOK_UPS_AT_ONCE)

    async def look_up(payment_id: UUID) -> None:
        async with limit:
            await settle(db, provider, payment_id)

    due = await store.to_look_up(db, await db.now(), LOOK_UPS_MAX)
    outcomes = await asyncio.gather(*(look_up(payment_id) for payment_id in due), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
