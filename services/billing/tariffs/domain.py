"""Price grids and the price of a day.

A grid is a list of brackets of family quotients, closed at the bottom and open at the top, contiguous from zero, the
last without a maximum. Money and quotients are integer cents.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.refusal import FieldRefusal
from contracts.types import Cents


@dataclass(frozen=True, slots=True)
class PriceBracket:
    """A price for quotients in [quotient_min_cents, quotient_max_cents[; None means no maximum."""

    label: str
    quotient_min_cents: int
    quotient_max_cents: int | None
    price_cents: Cents


@dataclass(frozen=True, slots=True)
class Grid:
    """One version of a tariff, in force from a day until the next one."""

    tariff_code: str
    label: str
    grid_version: int
    effective_on: date
    brackets: tuple[PriceBracket, ...]


@dataclass(frozen=True, slots=True)
class QuotientInForce:
    """A household's quotient in force on the day that is priced, and since when it is."""

    value_cents: int
    effective_on: date


@dataclass(frozen=True, slots=True)
class Want:
    """Why no quotient counts on the day that is priced: none was known by then, or the last one ended on `ended_on`; and whether a proof of another one waits."""

    ended_on: date | None = None
    is_awaited: bool = False


@dataclass(frozen=True, slots=True)
class ServiceDay:
    """What is priced: an activity on a day, for a household."""

    household_id: UUID
    activity_id: UUID
    service_on: date


@dataclass(frozen=True, slots=True)
class Price:
    """An amount and all that explains it. `quotient` is None when none counts: the maximum of the grid then applies, and `want` says why."""

    amount_cents: Cents
    tariff_code: str
    tariff_label: str
    grid_version: int
    bracket_label: str
    quotient: QuotientInForce | None
    want: Want | None = None


def price(grid: Grid, quotient: QuotientInForce | Want | None) -> Price:
    """What a day costs on this grid.

    Without a quotient the highest price of the grid applies, and of two brackets with it the last.
    """
    known = quotient if isinstance(quotient, QuotientInForce) else None
    want = quotient if isinstance(quotient, Want) else None
    if known is None:
        bracket = max(reversed(grid.brackets), key=lambda candidate: candidate.price_cents)
    else:
        # Brackets rise from zero without a gap, so the last that starts at or below the quotient holds it. A quotient
        # below zero (benefits paid back) counts as zero.
        value = max(known.value_cents, 0)
        bracket = next(b for b in reversed(grid.brackets) if b.quotient_min_cents <= value)
    return Price(bracket.price_cents, grid.tariff_code, grid.label, grid.grid_version, bracket.label, known, want)


def quotient_on(
    day: date, quotient: QuotientInForce | None, ends_on: date | None, *, is_awaited: bool
) -> QuotientInForce | Want:
    """What counts on a day: of the last quotient that started by then, unless it had ended, or why none does."""
    if quotient is None or (ends_on is not None and ends_on < day):
        return Want(ends_on if quotient else None, is_awaited)
    return quotient


def problems_of(brackets: Sequence[PriceBracket]) -> list[FieldRefusal]:
    """What keeps these brackets from being a grid; empty when nothing does."""
    problems = []
    expected = 0
    for position, bracket in enumerate(brackets):
        if bracket.quotient_min_cents != expected:
            pointer = f"/brackets/{position}/quotient_min_cents"
            problems.append(FieldRefusal(pointer, "bracket_not_contiguous", (("expected_cents", expected),)))
        maximum = bracket.quotient_max_cents
        is_last = position == len(brackets) - 1
        pointer = f"/brackets/{position}/quotient_max_cents"
        if maximum is None and not is_last:
            problems.append(FieldRefusal(pointer, "bracket_open_before_last"))
        elif maximum is not None and is_last:
            problems.append(FieldRefusal(pointer, "bracket_last_not_open"))
        elif maximum is not None and maximum <= bracket.quotient_min_cents:
            problems.append(FieldRefusal(pointer, "bracket_empty"))
        expected = maximum if maximum is not None else expected
    return problems
