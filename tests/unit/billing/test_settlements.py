"""What a look-up makes of a payment: every answer, in every state, at every age."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.types import PaymentMeans, PaymentStatus
from services.billing.payments.domain import LIVE, Attempt
from services.billing.settlements.domain import (
    NoResult,
    PaymentAnomaly,
    Receipt,
    Result,
    ResultCode,
    Verdict,
    judge,
    next_look_up,
    receipt_number,
)

NOW = datetime(2026, 10, 5, 18, 0, tzinfo=UTC)
FRESH = Attempt(
    status=PaymentStatus.REDIRECTED,
    amount_cents=1840,
    numcli="090909",
    refdet="F2026000001XAAAA",
    saisie="T",
    started_at=NOW - timedelta(minutes=3),
    redirected_at=NOW - timedelta(minutes=3),
)
UNPAID = [status for status in PaymentStatus if status is not PaymentStatus.PAID]


def result(code: ResultCode) -> Result:
    """The provider's answer about the attempt."""
    return Result(code, "090909", "F2026000001XAAAA", 1840, "T", "A1B2C3")


@pytest.mark.parametrize("status", UNPAID)
@pytest.mark.parametrize(
    ("code", "means"),
    [(ResultCode.CARD, PaymentMeans.CARD), (ResultCode.DIRECT_DEBIT, PaymentMeans.DIRECT_DEBIT)],
)
def test_money_is_taken_whatever_was_believed(status: PaymentStatus, code: ResultCode, means: PaymentMeans) -> None:
    verdict = judge(replace(FRESH, status=status), result(code), NOW)
    assert verdict == Verdict(PaymentStatus.PAID, receipt=Receipt(means, "A1B2C3"))


def test_a_payment_without_authorization_keeps_the_debt_s_reference() -> None:
    verdict = judge(FRESH, replace(result(ResultCode.CARD), reference=None), NOW)
    assert verdict.receipt == Receipt(PaymentMeans.CARD, FRESH.refdet)


@pytest.mark.parametrize("code", [ResultCode.CARD_REFUSED, ResultCode.DEBIT_REFUSED])
def test_a_refusal_is_final(code: ResultCode) -> None:
    assert judge(FRESH, result(code), NOW) == Verdict(PaymentStatus.REFUSED)


def test_giving_up_is_believed_two_minutes_after_it_was_first_heard_of() -> None:
    first = judge(FRESH, result(ResultCode.ABANDONED), NOW)
    settles_at = NOW + timedelta(minutes=2)
    assert first == Verdict(PaymentStatus.REDIRECTED, settles_at, NOW)
    heard = replace(FRESH, abandoned_at=NOW)
    assert judge(heard, result(ResultCode.ABANDONED), settles_at - timedelta(seconds=1)) == first
    assert judge(heard, result(ResultCode.ABANDONED), settles_at).status is PaymentStatus.CANCELLED


def test_a_result_that_is_not_known_expires_after_two_hours_and_is_still_asked_for() -> None:
    before = NOW - timedelta(minutes=3) + timedelta(minutes=119)
    assert judge(FRESH, NoResult.UNKNOWN_YET, before).status is PaymentStatus.REDIRECTED
    verdict = judge(FRESH, NoResult.UNKNOWN_YET, before + timedelta(minutes=1))
    assert verdict.status is PaymentStatus.EXPIRED
    assert verdict.look_up_at is not None


def test_a_deleted_operation_is_over() -> None:
    assert judge(FRESH, NoResult.GONE, NOW) == Verdict(PaymentStatus.EXPIRED)


@given(st.timedeltas(timedelta(0), timedelta(days=10)), st.sampled_from(UNPAID))
def test_an_error_says_nothing_and_is_not_repeated_within_half_an_hour(age: timedelta, status: PaymentStatus) -> None:
    attempt = replace(FRESH, status=status, started_at=NOW - age)
    verdict = judge(attempt, NoResult.FAULT, NOW)
    assert verdict.status is status
    assert verdict.look_up_at is None or verdict.look_up_at >= NOW + timedelta(minutes=30)


@pytest.mark.parametrize("status", [status for status in UNPAID if status not in LIVE])
@pytest.mark.parametrize(
    "answer",
    [*NoResult, *(result(code) for code in ResultCode if code not in (ResultCode.CARD, ResultCode.DIRECT_DEBIT))],
)
def test_the_first_final_state_stays_unless_money_comes(status: PaymentStatus, answer: Result | NoResult) -> None:
    assert judge(replace(FRESH, status=status), answer, NOW).status is status


@pytest.mark.parametrize(
    ("change", "anomaly"),
    [
        ({"numcli": "090911"}, PaymentAnomaly.CLIENT_DIFFERS),
        ({"refdet": "F2026000002XAAAA"}, PaymentAnomaly.REFERENCE_DIFFERS),
        ({"saisie": "W"}, PaymentAnomaly.MODE_DIFFERS),
        ({"amount_cents": 1}, PaymentAnomaly.AMOUNT_DIFFERS),
    ],
)
@pytest.mark.parametrize("code", list(ResultCode))
def test_an_answer_about_something_else_changes_nothing(
    change: dict[str, str], anomaly: PaymentAnomaly, code: ResultCode
) -> None:
    answer = replace(result(code), **change)  # type: ignore[arg-type]  # the fields differ in type
    assert judge(FRESH, answer, NOW) == Verdict(PaymentStatus.REDIRECTED, anomaly=anomaly)


@given(st.timedeltas(timedelta(0), timedelta(days=10)))
def test_questions_become_rarer_and_end(age: timedelta) -> None:
    attempt = replace(FRESH, started_at=NOW - age)
    asked = next_look_up(attempt, NOW)
    assert (asked is None) == (age >= timedelta(days=4))
    if asked:
        later = next_look_up(attempt, asked)
        assert later is None or later - asked >= asked - NOW >= timedelta(seconds=15)


def test_receipts_are_not_invoices() -> None:
    assert receipt_number(2026, 12) == "R2026-000012"
