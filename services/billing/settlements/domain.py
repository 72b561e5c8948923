"""What the provider's answers make of a payment, and when to ask again.

The look-up is the only source of truth: a notification, or the payer's return, only says that it is time for one.
Instants are UTC; amounts are integer cents.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from contracts.types import Cents, PaymentMeans, PaymentStatus

from ..payments.domain import ABANDON_DELAY, LIVE, Attempt

# Until then the provider may not know a result yet.
EXPIRY_DELAY = timedelta(minutes=120)
# The provider asks that technical errors are not tried again sooner.
FAULT_DELAY = timedelta(minutes=30)

# How often the provider is asked, by the age of an attempt. A late payment revives an attempt that had expired.
LOOK_UP_PACES = (
    (timedelta(minutes=2), timedelta(seconds=15)),
    (timedelta(minutes=20), timedelta(minutes=1)),
    (EXPIRY_DELAY, timedelta(minutes=5)),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(days=4), timedelta(hours=12)),
)


class ResultCode(StrEnum):
    """What a look-up can say."""

    CARD = "P"
    DIRECT_DEBIT = "V"
    ABANDONED = "A"
    CARD_REFUSED = "R"
    DEBIT_REFUSED = "Z"


MEANS = {ResultCode.CARD: PaymentMeans.CARD, ResultCode.DIRECT_DEBIT: PaymentMeans.DIRECT_DEBIT}


@dataclass(frozen=True, slots=True)
class Result:
    """The detail of an operation that has one. `reference` is the provider's authorization number."""

    code: ResultCode
    numcli: str
    refdet: str
    amount_cents: Cents
    saisie: str
    reference: str | None


class NoResult(StrEnum):
    """A look-up without a detail: not known yet, never to be known, or the provider could not say."""

    UNKNOWN_YET = auto()
    GONE = auto()
    FAULT = auto()


class PaymentAnomaly(StrEnum):
    """What an agent must look at: money that no invoice asked for, or an answer that is not about this attempt."""

    OVER_PAYMENT = auto()
    AMOUNT_DIFFERS = auto()
    CLIENT_DIFFERS = auto()
    REFERENCE_DIFFERS = auto()
    MODE_DIFFERS = auto()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What proves that money came in. `reference` is the provider's authorization number, or the debt's reference without one."""

    means: PaymentMeans
    reference: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look-up makes of an attempt that is not paid. `look_up_at` None means that nobody need ask again."""

    status: PaymentStatus
    look_up_at: datetime | None = None
    abandoned_at: datetime | None = None
    receipt: Receipt | None = None
    anomaly: PaymentAnomaly | None = None


def judge(attempt: Attempt, answer: Result | NoResult, now: datetime) -> Verdict:
    """What a look-up's answer makes of an attempt that is not paid.

    Money that came in is taken whatever was believed of the attempt before: it is never dropped. Everything else only
    ever ends an attempt that is still open.
    """
    if isinstance(answer, NoResult):
        return _judge_silence(attempt, answer, now)
    if anomaly := mismatch(attempt, answer):
        return Verdict(attempt.status, abandoned_at=attempt.abandoned_at, anomaly=anomaly)
    if means := MEANS.get(answer.code):
        return Verdict(PaymentStatus.PAID, receipt=Receipt(means, answer.reference or attempt.refdet))
    if attempt.status not in LIVE:
        look_up_at = None if attempt.status is PaymentStatus.REFUSED else next_look_up(attempt, now)
        return Verdict(attempt.status, look_up_at, attempt.abandoned_at)
    if answer.code is ResultCode.ABANDONED:
        abandoned_at = attempt.abandoned_at or now
        if now < abandoned_at + ABANDON_DELAY:
            return Verdict(attempt.status, abandoned_at + ABANDON_DELAY, abandoned_at)
        return Verdict(PaymentStatus.CANCELLED, next_look_up(attempt, now), abandoned_at)
    return Verdict(PaymentStatus.REFUSED)


def _judge_silence(attempt: Attempt, answer: NoResult, now: datetime) -> Verdict:
    if answer is NoResult.GONE:
        status = PaymentStatus.EXPIRED if attempt.status in LIVE else attempt.status
        return Verdict(status, abandoned_at=attempt.abandoned_at)
    look_up_at = next_look_up(attempt, now)
    if answer is NoResult.FAULT:
        # An error says nothing about the payment: wait longer, and change nothing.
        return Verdict(attempt.status, look_up_at and max(look_up_at, now + FAULT_DELAY), attempt.abandoned_at)
    is_too_old = attempt.status in LIVE and now >= attempt.started_at + EXPIRY_DELAY
    status = PaymentStatus.EXPIRED if is_too_old else attempt.status
    return Verdict(status, look_up_at, attempt.abandoned_at)


def next_look_up(attempt: Attempt, now: datetime) -> datetime | None:
    """When to ask the provider again: less and less often, and in the end no more."""
    age = now - attempt.started_at
    return next((now + pace for until, pace in LOOK_UP_PACES if age < until), None)


def mismatch(attempt: Attempt, result: Result) -> PaymentAnomaly | None:
    """How a result is not about this attempt; None when it is. The fiscal year is not compared: answers shorten it."""
    if result.numcli != attempt.numcli:
        return PaymentAnomaly.CLIENT_DIFFERS
    if result.refdet != attempt.refdet:
        return PaymentAnomaly.REFERENCE_DIFFERS
    if result.saisie != attempt.saisie:
        return PaymentAnomaly.MODE_DIFFERS
    return PaymentAnomaly.AMOUNT_DIFFERS if result.amount_cents != attempt.amount_cents else None


def receipt_number(year: int, number: int) -> str:
    """The number that a receipt shows, e.g. `R2026-000012`."""
    return f"R{year}-{number:06d}"
