"""Invoice runs: months, what deserves a second look, and numbers."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.drafts.domain import Anomaly, ItemTotals, anomalies_of
from services.billing.issuing.domain import invoice_number
from services.billing.runs.domain import month_of, next_month, previous_month

USUAL = ItemTotals(
    line_count=3,
    total_cents=3000,
    unpriced_count=0,
    without_quotient_count=0,
    zero_count=0,
    planned_count=0,
    unpaid_count=0,
    unshared_count=0,
    unnamed_count=0,
    previous_cents=2000,
)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_months_follow_each_other(day: date) -> None:
    month = day.replace(day=1)
    assert month_of(f"{month:%Y-%m}") == month
    assert (next_month(month) - month).days in (28, 29, 30, 31)
    assert next_month(month).day == 1
    assert previous_month(next_month(month)) == month


def test_an_account_of_nobody_has_no_payer_and_none_who_is_unknown() -> None:
    nothing_held = replace(USUAL, line_count=0, total_cents=0, unpaid_count=2)
    assert anomalies_of(nothing_held) == (Anomaly.NO_PAYER,)
    assert not nothing_held.is_empty


@pytest.mark.parametrize("name", ["unpriced_count", "planned_count", "unpaid_count", "unshared_count", "unnamed_count"])
def test_an_account_whose_days_wait_is_shown(name: str) -> None:
    nothing_held = replace(USUAL, line_count=0, total_cents=0)
    assert nothing_held.is_empty
    assert not replace(nothing_held, **{name: 1}).is_empty  # type: ignore[arg-type]  # the fields differ in type


def test_a_usual_month_needs_no_second_look() -> None:
    assert anomalies_of(USUAL) == ()


@pytest.mark.parametrize(
    ("change", "anomaly"),
    [
        ({"unpriced_count": 1}, Anomaly.CHARGE_WITHOUT_TARIFF),
        ({"without_quotient_count": 1}, Anomaly.CHARGE_WITHOUT_QUOTIENT),
        ({"zero_count": 1}, Anomaly.ZERO_AMOUNT),
        ({"planned_count": 2}, Anomaly.DAY_WITHOUT_ATTENDANCE),
        ({"total_cents": 4001}, Anomaly.TOTAL_ABOVE_TWICE_LAST_MONTH),
        ({"total_cents": -1}, Anomaly.CREDIT_CARRIED_OVER),
        ({"unnamed_count": 1}, Anomaly.PAYER_UNKNOWN),
        ({"unpaid_count": 1}, Anomaly.NO_PAYER),
        ({"unshared_count": 1}, Anomaly.SHARE_WITHOUT_PAYER),
    ],
)
def test_each_anomaly_is_told(change: dict[str, int], anomaly: Anomaly) -> None:
    assert anomalies_of(replace(USUAL, **change)) == (anomaly,)  # type: ignore[arg-type]  # the fields differ in type


@pytest.mark.parametrize(("total", "previous"), [(4000, 2000), (1_000_000, None), (1_000_000, 0)])
def test_only_more_than_twice_an_earlier_invoice_is_a_jump(total: int, previous: int | None) -> None:
    assert anomalies_of(replace(USUAL, total_cents=total, previous_cents=previous)) == ()


def test_numbers_sort_within_their_year() -> None:
    assert invoice_number(2026, 123) == "2026-000123"
    assert invoice_number(2026, 9) < invoice_number(2026, 10) < invoice_number(2027, 1)
