"""The oracle of the invoice run's measure: decimal euros, by hand, and the service's own rule beside it."""

from datetime import date
from uuid import uuid4

import pytest

from services.billing.tariffs.domain import QuotientInForce, price
from tools.bench.invoice_town import LINES, QUOTIENTS, Household, grids, households, tariff_of


def household(quotient_cents: int) -> Household:
    return Household(uuid4(), uuid4(), (uuid4(), uuid4()), quotient_cents)


@pytest.mark.parametrize(
    ("quotient_cents", "cents"),
    [
        (0, 20 * 85 + 10 * 347),
        (29_999, 20 * 85 + 10 * 347),
        (30_000, 20 * 163 + 10 * 347),  # a bracket holds the quotient that it begins with
        (45_000, 20 * 163 + 10 * 891),
        (999_999, 20 * 529 + 10 * 1605),
    ],
)
def test_a_month_is_twenty_lunches_and_ten_days_of_leisure_at_the_prices_of_the_bracket(
    quotient_cents: int, cents: int
) -> None:
    assert household(quotient_cents).owes() == cents


def test_the_services_rule_and_the_oracle_agree_for_every_quotient_of_the_measure() -> None:
    tariffs = grids()
    for payer in households(QUOTIENTS):
        known = QuotientInForce(payer.quotient_cents, date(2020, 1, 1))
        assert payer.owes() == sum(price(tariffs[tariff_of(line)], known).amount_cents for line in range(LINES))


def test_the_measures_quotients_reach_every_bracket() -> None:
    assert (
        len({payer.owes() for payer in households(QUOTIENTS)}) == 7
    )  # five brackets and three, with one edge in common: the first
