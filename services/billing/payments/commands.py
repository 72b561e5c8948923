"""Payments: started with the provider, and settled by what its look-up says.

The attempt is committed before the provider is asked, and no transaction is open while it is. Results arrive by the
notification, by the payer's return and by a job; whichever comes, the look-up decides, under the locks of the invoice
and of the payment, once.
"""

import re
from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog

from chassis.actor import Actor
from chassis.database import Database, Transaction, command
from chassis.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, NotFound
from contracts.billing.api import Payment, PaymentStarted
from contracts.billing.events import InvoicePaid, PaymentReceived
from contracts.event import Model
from contracts.types import InvoiceStatus, PaymentStatus

from ..directory.queries import contact_of, require_access
from ..errors import PayerEmailMissing, PaymentPageRefused, PaymentProviderUnavailable, PaymentUnderWay
from ..invoices.domain import status_of
from ..invoices.store import InvoiceDue, lock_invoice, save_paid
from ..ledger.domain import Split, payment_entry
from ..ledger.store import post, take_numbers
from ..payfip import WRONG_EMAIL, Debt, PageRefused, Payfip, ProviderDown
from ..settings import BillingRules
from . import store
from .domain import (
    CREATION_DELAY,
    Attempt,
    NoResult,
    PaymentAnomaly,
    Result,
    Verdict,
    judge,
    next_look_up,
    receipt_number,
    reference_of,
    start_refusal,
    subject_of,
)
from .queries import accessible, shown_payment
from .store import StoredPayment

TOKEN_LENGTH = 12
OPERATION_ID_PATTERN = r"^[A-Za-z0-9\-]{8,60}$"
RETURN_PATH = "/paiement/retour"
NOTIFICATION_PATH = "/paiement/notification"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PaymentDesk:
    """Where payments are made: the provider, and the town's rules about it."""

    payfip: Payfip
    rules: BillingRules


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """An invoice to pay, and where the provider sends its ticket: the payer's own address when None."""

    invoice_id: UUID
    email: str | None


class Prepared(Model):
    """An attempt that is stored, and what is shown and asked for with it. Kept as the answer of its idempotency key."""

    payment_id: UUID
    number: str
    email: str


async def start_payment(
    db: Database, actor: Actor, claim: Claim, desk: PaymentDesk, order: PaymentOrder
) -> PaymentStarted:
    """Start a payment of what is left of an invoice; where the payer goes now.

    Raises:
        NotFound: the invoice is none of theirs.
        InvoiceAlreadyPaid, AmountUnderMinimum, AmountOverMaximum, PaymentUnderWay: it cannot be paid online now.
        PayerEmailMissing: the provider needs an address, or does not accept this one.
        PaymentPageRefused, PaymentProviderUnavailable: the provider opened no page; another try may be made at once.
    """
    prepared = await prepare(db, actor, claim, desk.rules, order)
    stored = await store.payment(db, prepared.payment_id)
    assert stored is not None
    idop = stored.idop or await _open_page(db, desk, prepared, stored)
    return PaymentStarted(payment_id=prepared.payment_id, redirect_url=desk.payfip.page_of(idop))


@command
async def prepare(tx: Transaction, actor: Actor, claim: Claim, rules: BillingRules, order: PaymentOrder) -> Prepared:
    """Store an attempt before the provider is asked, or find the one that this request made before."""
    guardian_id = actor.require_guardian()
    kept = await claim.replay(tx, Prepared)
    if kept and (earlier := await store.payment(tx, kept.payment_id)):
        if earlier.idop:
            return kept
        if earlier.attempt.status is PaymentStatus.CREATED:
            raise PaymentUnderWay(until=(earlier.attempt.started_at + CREATION_DELAY).isoformat())
    invoice = await lock_invoice(tx, order.invoice_id)
    if invoice is None:
        raise NotFound
    await require_access(tx, actor, invoice.household_id)
    now = await tx.now()
    attempts = await store.attempts(tx, invoice.invoice_id)
    if refusal := start_refusal(invoice.left_to_pay_cents, attempts, rules.payment_limits, now):
        raise refusal
    contact = await contact_of(tx, invoice.household_id, guardian_id)
    email = order.email or (contact and contact.email)
    if not email:
        raise PayerEmailMissing(FieldRefusal("/email", "missing"))
    payment = StoredPayment(
        payment_id=new_id(),
        invoice_id=invoice.invoice_id,
        household_id=invoice.household_id,
        idop=None,
        attempt=Attempt(
            status=PaymentStatus.CREATED,
            amount_cents=invoice.left_to_pay_cents,
            numcli=rules.policy.payfip_numcli,
            refdet=reference_of(invoice.number, uuid4().hex[:TOKEN_LENGTH].upper()),
            saisie=rules.policy.payfip_mode,
            started_at=now,
        ),
    )
    await store.add(tx, payment, exer=f"{invoice.issued_on.year}")
    return await claim.keep(tx, Prepared(payment_id=payment.payment_id, number=invoice.number, email=email))


async def _open_page(db: Database, desk: PaymentDesk, prepared: Prepared, stored: StoredPayment) -> str:
    attempt = stored.attempt
    debt = Debt(
        exer=prepared.number[:4],
        mel=prepared.email,
        montant=str(attempt.amount_cents),
        numcli=attempt.numcli,
        objet=subject_of(desk.rules.policy.payfip_subject.format(number=prepared.number)),
        refdet=attempt.refdet,
        saisie=attempt.saisie,
        urlnotif=desk.rules.portal_url + NOTIFICATION_PATH,
        urlredirect=desk.rules.portal_url + RETURN_PATH,
    )
    try:
        idop = await desk.payfip.open_page(debt)
    except PageRefused as fault:
        await fail_attempt(db, prepared.payment_id, fault.code)
        log.warning("payment page refused", payment_id=str(prepared.payment_id), code=fault.code)
        if fault.code in WRONG_EMAIL:
            raise PayerEmailMissing(FieldRefusal("/email", "not_accepted")) from fault
        raise PaymentPageRefused(provider_code=fault.code) from fault
    except ProviderDown as fault:
        await fail_attempt(db, prepared.payment_id, "unreachable")
        raise PaymentProviderUnavailable from fault
    await open_attempt(db, prepared.payment_id, idop)
    return idop


@command
async def open_attempt(tx: Transaction, payment_id: UUID, idop: str) -> None:
    """The provider opened its page: its result is awaited from now on."""
    now = await tx.now()
    stored = await store.lock(tx, payment_id)
    await store.redirect(tx, payment_id, idop, now, next_look_up(stored.attempt, now))


@command
async def fail_attempt(tx: Transaction, payment_id: UUID, cause: str) -> None:
    """The provider opened no page: nobody can pay with this attempt."""
    await store.fail(tx, payment_id, cause)


@command
async def note_notification(tx: Transaction, operation_id: str) -> None:
    """The provider says that an operation has news: have it looked up soon. It may be anybody who says so."""
    if re.fullmatch(OPERATION_ID_PATTERN, operation_id):
        await store.hasten(tx, operation_id, await tx.now())


async def payment_by_operation(db: Database, actor: Actor, desk: PaymentDesk, operation_id: str) -> Payment:
    """The payment that a payer comes back from, looked up now. Raises NotFound."""
    stored = await accessible(db, actor, await store.payment_of_operation(db, operation_id))
    await settle(db, desk, stored.payment_id)
    return await shown_payment(db, stored.payment_id)


async def settle(db: Database, desk: PaymentDesk, payment_id: UUID) -> None:
    """Ask the provider about a payment and apply its answer; nothing to ask once it is paid or has no operation."""
    stored = await store.payment(db, payment_id)
    if stored and stored.idop and stored.attempt.status is not PaymentStatus.PAID:
        await apply_answer(db, desk.rules, payment_id, await desk.payfip.look_up(stored.idop))


@command
async def apply_answer(tx: Transaction, rules: BillingRules, payment_id: UUID, answer: Result | NoResult) -> None:
    """Apply a look-up's answer to a payment, once however often and from wherever it comes."""
    found = await store.payment(tx, payment_id)
    assert found is not None
    invoice = await lock_invoice(tx, found.invoice_id)
    assert invoice is not None
    stored = await store.lock(tx, payment_id)
    if stored.attempt.status is PaymentStatus.PAID:
        return
    now = await tx.now()
    verdict = judge(stored.attempt, answer, now)
    if verdict.anomaly and isinstance(answer, Result):
        await store.note_anomaly(tx, payment_id, verdict.anomaly, answer.amount_cents, now)
        log.error("payment answer differs", payment_id=str(payment_id), code=verdict.anomaly.value)
    if verdict.status is PaymentStatus.PAID:
        await _receive(tx, rules, invoice, stored, verdict)
    else:
        await store.save_verdict(tx, payment_id, verdict)


async def _receive(
    tx: Transaction, rules: BillingRules, invoice: InvoiceDue, stored: StoredPayment, verdict: Verdict
) -> None:
    """Money came in: receipt, ledger, invoice and events, together."""
    now = await tx.now()
    today = rules.today(now)
    amount = stored.attempt.amount_cents
    split = Split.of(amount, invoice.left_to_pay_cents)
    (number,) = await take_numbers(tx, invoice.regie, "receipt", today.year, 1)
    receipt = receipt_number(today.year, number)
    await store.save_paid(tx, stored.payment_id, verdict, receipt, now)
    await post(tx, [payment_entry(stored.payment_id, invoice.household_id, invoice.regie, split, today)])
    paid = invoice.paid_cents + split.settled_cents
    status = status_of(invoice.total_cents, paid)
    await save_paid(tx, invoice.invoice_id, paid, status)
    if split.surplus_cents:
        await store.note_anomaly(tx, stored.payment_id, PaymentAnomaly.OVER_PAYMENT, split.surplus_cents, now)
        log.error("payment of a paid invoice", payment_id=str(stored.payment_id))
    assert verdict.means is not None
    tx.emit(
        PaymentReceived(
            payment_id=stored.payment_id,
            invoice_id=invoice.invoice_id,
            invoice_number=invoice.number,
            household_id=invoice.household_id,
            amount_cents=amount,
            means=verdict.means,
            reference=verdict.reference or stored.attempt.refdet,
            receipt_number=receipt,
            paid_at=now,
        )
    )
    if status is InvoiceStatus.PAID and split.settled_cents:
        tx.emit(
            InvoicePaid(
                invoice_id=invoice.invoice_id,
                household_id=invoice.household_id,
                number=invoice.number,
                total_cents=invoice.total_cents,
                paid_at=now,
            )
        )
