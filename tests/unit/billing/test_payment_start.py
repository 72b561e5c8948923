"""When a payment may start, and what the provider is asked with."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.types import PaymentStatus
from services.billing.errors import AmountOverMaximum, AmountUnderMinimum, InvoiceAlreadyPaid, PaymentUnderWay
from services.billing.payments.domain import Attempt, PaymentLimits, reference_of, start_refusal, subject_of

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
LIMITS = PaymentLimits(min_cents=100, max_cents=9_999_999, restart_delay=timedelta(minutes=20))


def attempt(status: PaymentStatus, age: timedelta, abandoned: timedelta | None = None) -> Attempt:
    """An attempt that was started, redirected, and perhaps given up so long ago."""
    return Attempt(
        status=status,
        amount_cents=1840,
        numcli="090909",
        refdet="F2026000001XAAAA",
        saisie="T",
        started_at=NOW - age,
        redirected_at=None if status is PaymentStatus.CREATED else NOW - age,
        abandoned_at=None if abandoned is None else NOW - abandoned,
    )


@pytest.mark.parametrize(
    ("left_cents", "refusal"),
    [
        (0, InvoiceAlreadyPaid),
        (-5, InvoiceAlreadyPaid),
        (99, AmountUnderMinimum),
        (100, None),
        (9_999_999, None),
        (10_000_000, AmountOverMaximum),
    ],
)
def test_amounts_that_the_provider_takes(left_cents: int, refusal: type | None) -> None:
    answer = start_refusal(left_cents, [], LIMITS, NOW)
    assert (type(answer) if answer else None) is refusal


@pytest.mark.parametrize(
    ("earlier", "wait"),
    [
        (attempt(PaymentStatus.CREATED, timedelta(seconds=59)), timedelta(seconds=1)),
        (attempt(PaymentStatus.CREATED, timedelta(seconds=60)), None),
        (attempt(PaymentStatus.REDIRECTED, timedelta(minutes=5)), timedelta(minutes=15)),
        (attempt(PaymentStatus.REDIRECTED, timedelta(minutes=20)), None),
        (attempt(PaymentStatus.REDIRECTED, timedelta(minutes=5), timedelta(minutes=1)), timedelta(minutes=1)),
        (attempt(PaymentStatus.REDIRECTED, timedelta(minutes=5), timedelta(minutes=2)), None),
        (attempt(PaymentStatus.REFUSED, timedelta(seconds=1)), None),
        (attempt(PaymentStatus.CANCELLED, timedelta(seconds=1)), None),
        (attempt(PaymentStatus.EXPIRED, timedelta(seconds=1)), None),
    ],
)
def test_an_unfinished_payment_keeps_others_waiting_and_says_until_when(
    earlier: Attempt, wait: timedelta | None
) -> None:
    answer = start_refusal(1840, [earlier], LIMITS, NOW)
    assert (answer is None) == (wait is None)
    if wait is not None:
        assert isinstance(answer, PaymentUnderWay)
        assert answer.params == {"until": (NOW + wait).isoformat()}


@given(st.integers(2000, 2099), st.integers(1, 999_999), st.text("0123456789ABCDEF", min_size=12, max_size=12))
def test_references_are_what_the_provider_accepts(year: int, number: int, token: str) -> None:
    reference = reference_of(f"{year}-{number:06d}", token)
    assert reference.isascii()
    assert reference.isalnum()
    assert 6 <= len(reference) <= 30
    assert token in reference
    assert f"{year}{number:06d}" in reference


@given(st.text(max_size=300))
def test_subjects_hold_plain_characters_alone(text: str) -> None:
    subject = subject_of(text)
    assert len(subject) <= 100
    assert all(character.isascii() and (character.isalnum() or character == " ") for character in subject)
    assert "  " not in subject


def test_a_french_subject_stays_readable() -> None:
    assert subject_of("Facture 2026-000123 : l’école & la crèche") == "Facture 2026 000123 l ecole la creche"
