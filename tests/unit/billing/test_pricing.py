"""Grids: every quotient has one price, brackets that are no grid are refused by the field."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.tariffs.domain import Grid, PriceBracket, QuotientInForce, price, problems_of

DAY = date(2026, 9, 1)
PRICES = st.integers(0, 1_000_000)
QUOTIENTS = st.integers(-10_000, 10_000_000)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Any grid that can be published."""
    edges = sorted(draw(st.sets(st.integers(1, 500_000), max_size=12)))
    starts, ends = [0, *edges], [*edges, None]
    brackets = [
        PriceBracket(f"T{number}", start, end, draw(PRICES))
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]
    return Grid("t", "Tarif", 1, DAY, tuple(brackets))


@given(grids())
def test_a_grid_has_no_problem(grid: Grid) -> None:
    assert problems_of(grid.brackets) == []


@given(grids(), QUOTIENTS)
def test_every_quotient_has_exactly_one_bracket(grid: Grid, value: int) -> None:
    holding = [
        bracket
        for bracket in grid.brackets
        if bracket.quotient_min_cents <= max(value, 0)
        and (bracket.quotient_max_cents is None or max(value, 0) < bracket.quotient_max_cents)
    ]
    priced = price(grid, QuotientInForce(value, DAY))
    assert [(priced.bracket_label, priced.amount_cents)] == [(b.label, b.price_cents) for b in holding]


@given(grids(), st.tuples(QUOTIENTS, QUOTIENTS))
def test_a_higher_quotient_never_falls_into_a_lower_bracket(grid: Grid, values: tuple[int, int]) -> None:
    labels = [bracket.label for bracket in grid.brackets]
    lower, higher = (labels.index(price(grid, QuotientInForce(value, DAY)).bracket_label) for value in sorted(values))
    assert lower <= higher


@given(grids(), QUOTIENTS)
def test_an_unknown_quotient_costs_the_maximum_and_says_so(grid: Grid, value: int) -> None:
    unknown = price(grid, None)
    assert unknown.amount_cents == max(bracket.price_cents for bracket in grid.brackets)
    assert unknown.amount_cents >= price(grid, QuotientInForce(value, DAY)).amount_cents
    assert unknown.quotient is None


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([(1, None)], [("/brackets/0/quotient_min_cents", "bracket_not_contiguous")]),
        ([(0, 10), (11, None)], [("/brackets/1/quotient_min_cents", "bracket_not_contiguous")]),
        ([(0, 10), (9, None)], [("/brackets/1/quotient_min_cents", "bracket_not_contiguous")]),
        ([(0, 10), (10, 20)], [("/brackets/1/quotient_max_cents", "bracket_last_not_open")]),
        ([(0, None), (0, None)], [("/brackets/0/quotient_max_cents", "bracket_open_before_last")]),
        ([(0, 10), (10, 10), (10, None)], [("/brackets/1/quotient_max_cents", "bracket_empty")]),
    ],
)
def test_what_is_no_grid_is_refused_by_the_field(
    edges: list[tuple[int, int | None]], expected: list[tuple[str, str]]
) -> None:
    brackets = [PriceBracket("T", start, end, 100) for start, end in edges]
    assert [(problem.pointer, problem.code) for problem in problems_of(brackets)] == expected
