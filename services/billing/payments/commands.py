"""Payments, started with the provider: the attempt is committed before it is asked, and no transaction is open while it is."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal
from contracts.billing.models import PaymentStarted
from contracts.event import Model
from contracts.types import PaymentStatus

from ..adapters.payfip import WRONG_EMAIL, Debt, PageRefused, Payfip, ProviderDown
from ..directory.queries import email_of, require_access
from ..errors import PayerEmailMissing, PaymentPageRefused, PaymentProviderUnavailable, PaymentUnderWay
from ..invoices.store import lock_invoice
from ..settings import BillingRules
from ..settlements.domain import next_look_up
from . import store
from .domain import CREATION_DELAY, Attempt, reference_of, start_refusal, subject_of
from .store import StoredPayment

TOKEN_LENGTH = 12
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
    """An invoice to pay, and where the provider sends its ticket: the guardian's own address when None."""

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
    idop = stored.idop or await _open_page(db, desk, prepared, stored)
    return PaymentStarted(payment_id=prepared.payment_id, redirect_url=desk.payfip.page_of(idop))


@command
async def prepare(tx: Transaction, actor: Actor, claim: Claim, rules: BillingRules, order: PaymentOrder) -> Prepared:
    """Store an attempt before the provider is asked, or find the one that this request made before."""
    guardian_id = actor.require_guardian()
    if kept := await claim.replay(tx, Prepared):
        earlier = await store.payment(tx, kept.payment_id)
        if earlier.idop:
            return kept
        if earlier.attempt.status is PaymentStatus.CREATED:
            raise PaymentUnderWay(until=(earlier.attempt.started_at + CREATION_DELAY).isoformat())
    invoice = await lock_invoice(tx, order.invoice_id)
    await require_access(tx, actor, invoice.household_id)
    now = await tx.now()
    attempts = await store.attempts(tx, invoice.invoice_id)
    if refusal := start_refusal(invoice.left_to_pay_cents, attempts, rules.payment_limits, now):
        raise refusal
    email = order.email or await email_of(tx, invoice.household_id, guardian_id)
    if not email:
        raise PayerEmailMissing(FieldRefusal("/email", "email_missing"))
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
            raise PayerEmailMissing(FieldRefusal("/email", "email_not_accepted")) from fault
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
