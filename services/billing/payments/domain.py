"""Payments through the provider: when one may start, and what is asked for. Instants are UTC; amounts are integer cents."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.refusal import Refusal
from contracts.types import Cents, PaymentStatus

from ..errors import AmountOverMaximum, AmountUnderMinimum, InvoiceAlreadyPaid, PaymentUnderWay

LIVE = (PaymentStatus.CREATED, PaymentStatus.REDIRECTED)

# A request to the provider ends within its time limit; an attempt without an answer long after it never will have one.
CREATION_DELAY = timedelta(seconds=60)
# The payer who gave up may go back and pay while the page is open, so giving up is believed after a while.
ABANDON_DELAY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class PaymentLimits:
    """What the provider takes, and how long an unfinished payment keeps another from starting."""

    min_cents: Cents
    max_cents: Cents
    restart_delay: timedelta


@dataclass(frozen=True, slots=True)
class Attempt:
    """A payment as far as it went. `abandoned_at` is when the provider first said that the payer gave up."""

    status: PaymentStatus
    amount_cents: Cents
    numcli: str
    refdet: str
    saisie: str
    started_at: datetime
    redirected_at: datetime | None = None
    abandoned_at: datetime | None = None


def given_up_at(attempt: Attempt) -> datetime:
    """When an attempt that the provider never answered is given up: whoever asked it is gone."""
    return attempt.started_at + CREATION_DELAY


def restart_at(attempt: Attempt, limits: PaymentLimits) -> datetime | None:
    """When another payment of the same invoice may start because of this one; None when it stands in nobody's way."""
    if attempt.status is PaymentStatus.CREATED:
        return given_up_at(attempt)
    if attempt.status is not PaymentStatus.REDIRECTED:
        return None
    opened = (attempt.redirected_at or attempt.started_at) + limits.restart_delay
    return min(opened, attempt.abandoned_at + ABANDON_DELAY) if attempt.abandoned_at else opened


def start_refusal(
    left_to_pay_cents: Cents, attempts: Sequence[Attempt], limits: PaymentLimits, now: datetime
) -> Refusal | None:
    """Why a payment of what is left of an invoice may not start now; None when it may."""
    if left_to_pay_cents <= 0:
        return InvoiceAlreadyPaid()
    if left_to_pay_cents < limits.min_cents:
        return AmountUnderMinimum(minimum_cents=limits.min_cents)
    if left_to_pay_cents > limits.max_cents:
        return AmountOverMaximum(maximum_cents=limits.max_cents)
    waits = [at for attempt in attempts if (at := restart_at(attempt, limits)) and at > now]
    return PaymentUnderWay(until=max(waits).isoformat()) if waits else None


def reference_of(invoice_number: str, token: str) -> str:
    """The provider's debt reference of one attempt: the invoice's digits, then what makes the attempt unique."""
    return f"F{re.sub('[^0-9]', '', invoice_number)}X{token}"[:30]


def subject_of(text: str) -> str:
    """A text as the provider accepts it: unaccented letters, digits and single spaces, 100 at most."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(re.sub("[^A-Za-z0-9]", " ", plain).split())[:100]
