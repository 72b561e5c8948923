"""Quotients that end and cut each other, words before the end, and what a tax notice makes: the tables of docs/resources.md, run, and properties."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.family.events import Quotient
from contracts.family.resource_words import ResourcesState, TaxFormula
from contracts.types import QuotientSource
from services.billing.tariffs.domain import QuotientInForce, quotient_on
from services.family.quotients.domain import Renewal, cuts, in_force, spans, tax_quotient, with_quotient
from services.family.resources.domain import due_notice, proposed_start, standing
from tests.support import worked_examples
from tests.support.worked_examples import cents

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
table = partial(worked_examples.table, "resources.md")
NOTICES = (28, 14, -1)


def quotient(effective_on: date, ends_on: date | None = None, value_cents: int = 65_000) -> Quotient:
    """A quotient of the CAF."""
    return Quotient(value_cents=value_cents, effective_on=effective_on, source=QuotientSource.CAF, ends_on=ends_on)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Quotient, ...]:
    """Histories of at most five quotients, some with a last day of their own."""
    history: tuple[Quotient, ...] = ()
    for starts_on in draw(st.lists(DAYS, max_size=5)):
        length = draw(st.none() | st.integers(0, 400))
        ends_on = None if length is None else starts_on + timedelta(days=length)
        history = with_quotient(history, quotient(starts_on, ends_on, draw(st.integers(0, 300_000))))
    return history


@pytest.mark.parametrize("row", table("Renewed by", "Starts"), ids=" ".join)
def test_a_quotient_lasts_until_the_next_day_of_renewal(row: list[str]) -> None:
    month, day = map(int, row[0].split("-"))
    assert Renewal(month, day).last_day(date.fromisoformat(row[1])) == date.fromisoformat(row[2])


@given(st.integers(1, 12), st.integers(1, 28), DAYS)
def test_it_lasts_a_month_at_least_and_thirteen_at_most(month: int, day: int, starts_on: date) -> None:
    last_on = Renewal(month, day).last_day(starts_on)
    assert timedelta(days=31) <= last_on - starts_on <= timedelta(days=397)
    assert (last_on.month, last_on.day) == (month, day)


def test_a_quotient_in_the_middle_of_another_cuts_it() -> None:
    older, newer = quotient(date(2026, 7, 1), date(2027, 6, 30)), quotient(date(2027, 3, 15), date(2028, 1, 31))
    [cut] = cuts((older,), newer)
    assert (cut.quotient, cut.former_last_on, cut.last_on) == (older, date(2027, 6, 30), date(2027, 3, 14))
    history = with_quotient((older,), newer)
    assert in_force(history, date(2027, 3, 14)) == older
    assert in_force(history, date(2027, 3, 15)) == newer


@given(histories(), DAYS, DAYS)
def test_at_most_one_counts_on_a_day_and_entering_one_changes_no_day_before_it(
    history: tuple[Quotient, ...], starts_on: date, day: date
) -> None:
    counting = [
        span.quotient
        for span in spans(history)
        if span.quotient.effective_on <= day and (span.last_on is None or day <= span.last_on)
    ]
    assert counting == [known for known in [in_force(history, day)] if known]
    after = with_quotient(history, quotient(starts_on))
    if day < starts_on:
        assert in_force(after, day) == in_force(history, day)
    shortened = {cut.quotient.effective_on for cut in cuts(history, quotient(starts_on))}
    assert all(known.effective_on <= starts_on for known in history if known.effective_on in shortened)


@given(histories(), DAYS)
def test_billing_counts_the_same_quotient_as_the_file(history: tuple[Quotient, ...], day: date) -> None:
    """Billing reads the last one that started by the day, as its statement does, and its own last day alone."""
    last = max(
        (known for known in history if known.effective_on <= day), key=lambda known: known.effective_on, default=None
    )
    priced = quotient_on(
        day,
        QuotientInForce(last.value_cents, last.effective_on) if last else None,
        last.ends_on if last else None,
        is_awaited=False,
    )
    counts = in_force(history, day)
    assert (priced.value_cents if isinstance(priced, QuotientInForce) else None) == (
        counts.value_cents if counts else None
    )


@pytest.mark.parametrize("row", table("Day", "Proof"), ids=" ".join)
def test_where_resources_stand_on_a_day(row: list[str]) -> None:
    history = (quotient(date(2026, 1, 1), date(2027, 1, 31)),)
    stands = standing(history, date.fromisoformat(row[0]), is_awaited=row[1] == "waits", notice_days=NOTICES)
    assert (stands.state, stands.is_top_price) == (ResourcesState(row[2]), row[3] == "highest")


def test_one_that_is_followed_does_not_end_soon() -> None:
    history = (quotient(date(2026, 1, 1), date(2027, 1, 31)), quotient(date(2027, 2, 1), date(2028, 1, 31)))
    stands = standing(history, date(2027, 1, 30), is_awaited=False, notice_days=NOTICES)
    assert stands.state is ResourcesState.IN_FORCE


@pytest.mark.parametrize("row", table("Day", "Given before"), ids=" ".join)
def test_which_word_is_due(row: list[str]) -> None:
    """28 and 14 days before 31 January, and the day after; two that are late are one."""
    noticed = [int(days) for days in row[1].split() if days != "-"]
    due = None if row[2] == "-" else int(row[2])
    assert due_notice(date(2027, 1, 31), date.fromisoformat(row[0]), NOTICES, noticed) == due


@pytest.mark.parametrize(
    ("today", "proposed"),
    [
        ("2025-11-12", "2025-11-01"),
        ("2026-06-20", "2026-06-01"),
        ("2027-01-20", "2027-02-01"),
        ("2027-02-09", "2027-02-01"),
    ],
)
def test_another_one_goes_on_from_the_one_that_ends(today: str, proposed: str) -> None:
    history = (quotient(date(2026, 1, 1), date(2027, 1, 31)),)
    assert proposed_start(history, date.fromisoformat(today)) == date.fromisoformat(proposed)


@pytest.mark.parametrize("row", table("Yearly income", "Children"), ids=" ".join)
def test_the_quotient_of_a_tax_notice(row: list[str]) -> None:
    assert tax_quotient(TaxFormula(), cents(row[0]), int(row[1])) == cents(row[3])


def test_a_town_takes_less_of_the_income_and_counts_other_parts() -> None:
    formula = TaxFormula(adult_parts=Decimal("1.5"), child_parts=(Decimal("0.5"),), deduction_percent=10)
    assert tax_quotient(formula, 2_400_000, 3) == 60_000


@given(st.integers(0, 50_000_000), st.integers(0, 14), st.integers(0, 1_000_000))
def test_more_income_never_makes_less_nor_one_child_more_makes_more(income: int, children: int, more: int) -> None:
    formula = TaxFormula()
    value = tax_quotient(formula, income, children)
    assert tax_quotient(formula, income + more, children) >= value
    assert tax_quotient(formula, income, children + 1) <= value
