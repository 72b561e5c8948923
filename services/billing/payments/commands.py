"""Payments, started with the provider: the attempt is committed before it is asked, and no transaction is open while it is."""

import asyncio
from dataclasses import dataclass
from uuid import UUID, uuid4

import structlog

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.data.idempotency import Claim
from chassis.identifiers import new_id
from chassis.refusal import FieldRefusal, Refusal
from contracts.billing.models import PaymentStarted
from contracts.event import Model
from contracts.types import PaymentStatus

from ..adapters.payfip import WRONG_EMAIL, Debt, PageRefused, Payfip, ProviderDown
from ..directory.queries import email_of, require_invoice
from ..errors import PayerEmailMissing, PaymentPageRefused, PaymentProviderUnavailable, PaymentUnderWay
from ..invoices.store import lock_invoice
from ..settings import BillingRules
from ..settlements.domain import next_look_up
from . import store
from .domain import Attempt, given_up_at, reference_of, start_refusal, subject_of
from .store import StoredPayment

TOKEN_LENGTH = 12
RETURN_PATH = "/paiement/retour"
NOTIFICATION_PATH = "/paiement/notification"
UNREACHABLE = "unreachable"
TWIN_SECONDS_MAX = 20.0
"""How long an equal request waits for the first one, which asks the provider: somewhat longer than the provider may take."""
TWIN_LOOK_SECONDS = 0.1

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PaymentProvider:
    """Where payments are made: the provider, and the town's rules about it."""

    payfip: Payfip
    rules: BillingRules


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """An invoice to pay, and where the provider sends its ticket: the guardian's own address when None."""

    invoice_id: UUID
    email: str | None


class PreparedPayment(Model):
    """An attempt that is stored, and what is shown and asked for with it. Kept as the answer of its idempotency key."""

    payment_id: UUID
    number: str
    email: str


async def start_payment(
    db: Database, actor: Actor, claim: Claim, provider: PaymentProvider, order: PaymentOrder
) -> PaymentStarted:
    """Start a payment of what is left of an invoice; where the payer goes now.

    Raises:
        NotFound: the invoice is none of theirs.
        InvoiceAlreadyPaid, AmountUnderMinimum, AmountOverMaximum, PaymentUnderWay: it cannot be paid online now.
        PayerEmailMissing: the provider needs an address, or does not accept this one.
        PaymentPageRefused, PaymentProviderUnavailable: the provider opened no page; another try may be made at once.
    """
    prepared, is_first = await prepare(db, actor, claim, provider.rules, order)
    idop = await (_open_page(db, provider, prepared) if is_first else _page_of_twin(db, prepared.payment_id))
    return PaymentStarted(payment_id=prepared.payment_id, redirect_url=provider.payfip.page_of(idop))


@command
async def prepare(
    tx: Transaction, actor: Actor, claim: Claim, rules: BillingRules, order: PaymentOrder
) -> tuple[PreparedPayment, bool]:
    """Store an attempt before the provider is asked; or find the one of this key, False then, for its answer is awaited or there."""
    guardian_id = actor.require_guardian()
    kept = await claim.replay(tx, PreparedPayment)
    invoice = await lock_invoice(tx, order.invoice_id)
    await require_invoice(tx, actor, invoice.payer_id, invoice.household_id)
    now = await tx.now()
    # Read again under the lock: a concurrent request with this key may have started another attempt meanwhile.
    if kept and (newest := await claim.replay(tx, PreparedPayment)):
        earlier = await store.payment(tx, newest.payment_id)
        if earlier.idop or (earlier.attempt.status is PaymentStatus.CREATED and now < given_up_at(earlier.attempt)):
            return newest, False
    attempts = await store.attempts(tx, invoice.invoice_id)
    if refusal := start_refusal(invoice.left_to_pay_cents, attempts, rules.payment_limits, now):
        raise refusal
    email = order.email or await email_of(tx, invoice.household_id, guardian_id)
    if not email:
        raise PayerEmailMissing(FieldRefusal("/email", "email_missing"))
    payment = StoredPayment(
        payment_id=new_id(),
        invoice_id=invoice.invoice_id,
        payer_id=invoice.payer_id,
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
    started = {"number": invoice.number, "amount_cents": payment.attempt.amount_cents}
    tx.note(Act(actor, "payment_started", payment.payment_id, invoice.household_id, after=started))
    prepared = PreparedPayment(payment_id=payment.payment_id, number=invoice.number, email=email)
    return await claim.keep(tx, prepared), True


async def _page_of_twin(db: Database, payment_id: UUID) -> str:
    """The page of a concurrent request with the same idempotency key: awaited, then given; its refusal when it got none."""
    deadline = asyncio.get_running_loop().time() + TWIN_SECONDS_MAX
    while (stored := await store.payment(db, payment_id)).attempt.status is PaymentStatus.CREATED:
        if asyncio.get_running_loop().time() >= deadline:
            raise PaymentUnderWay(until=given_up_at(stored.attempt).isoformat())
        await asyncio.sleep(TWIN_LOOK_SECONDS)
    if stored.idop is None:
        raise _refusal_of(await store.cause(db, payment_id))
    return stored.idop


async def _open_page(db: Database, provider: PaymentProvider, prepared: PreparedPayment) -> str:
    attempt = (await store.payment(db, prepared.payment_id)).attempt
    debt = Debt(
        exer=prepared.number[:4],
        mel=prepared.email,
        montant=str(attempt.amount_cents),
        numcli=attempt.numcli,
        objet=subject_of(provider.rules.policy.payfip_subject.format(number=prepared.number)),
        refdet=attempt.refdet,
        saisie=attempt.saisie,
        urlnotif=provider.rules.portal_url + NOTIFICATION_PATH,
        urlredirect=provider.rules.portal_url + RETURN_PATH,
    )
    try:
        idop = await provider.payfip.open_page(debt)
    except (PageRefused, ProviderDown) as fault:
        cause = fault.code if isinstance(fault, PageRefused) else UNREACHABLE
        await fail_attempt(db, prepared.payment_id, cause)
        log.warning("payment page refused", payment_id=str(prepared.payment_id), code=cause)
        raise _refusal_of(cause) from fault
    await open_attempt(db, prepared.payment_id, idop)
    return idop


def _refusal_of(cause: str | None) -> Refusal:
    """Why no page was opened, in words for the payer; `cause` as it is stored."""
    if cause in WRONG_EMAIL:
        return PayerEmailMissing(FieldRefusal("/email", "email_not_accepted"))
    return PaymentProviderUnavailable() if cause in (UNREACHABLE, None) else PaymentPageRefused(provider_code=cause)


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
