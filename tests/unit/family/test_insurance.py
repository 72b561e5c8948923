"""Who insures a child: what may be said for which school year, and whether it counts on a day."""

from datetime import date

import pytest

from chassis.refusal import Invalid
from contracts.family.insurance import InsuranceStatus
from services.family.errors import ChangeOutdated
from services.family.insurance.domain import Contract, Kept, day_asked, said_instead, status_on

AUTUMN, JUNE = date(2026, 10, 5), date(2027, 6, 15)
CONTRACT = Contract("Mutuelle Azur", "N° 12", date(2027, 8, 31))


@pytest.mark.parametrize(
    ("year", "today", "is_open"),
    [(2026, AUTUMN, True), (2027, AUTUMN, False), (2025, AUTUMN, False), (2026, JUNE, True), (2027, JUNE, True)],
)
def test_it_is_said_for_a_school_year_in_its_time(year: int, today: date, is_open: bool) -> None:
    contract = Contract("Mutuelle Azur", "N° 12", date(2028, 8, 31))
    assert (said_instead(year, Kept(), contract, 0, today) == contract) is is_open


@pytest.mark.parametrize(("ends_on", "is_taken"), [(AUTUMN, True), (date(2026, 10, 4), False)])
def test_a_contract_that_is_over_is_refused(ends_on: date, is_taken: bool) -> None:
    answer = said_instead(2026, Kept(), Contract("Azur", "12", ends_on), 0, AUTUMN)
    assert isinstance(answer, Invalid) is not is_taken


def test_what_is_said_ahead_holds_when_the_year_begins() -> None:
    assert isinstance(said_instead(2027, Kept(), Contract("Azur", "12", date(2027, 8, 31)), 0, JUNE), Invalid)
    good = Contract("Azur", "12", date(2027, 9, 1))
    assert said_instead(2027, Kept(), good, 0, JUNE) == good


def test_whoever_read_something_else_is_told_unless_it_is_so_already() -> None:
    known = Kept(2, CONTRACT)
    assert said_instead(2026, known, CONTRACT, 1, AUTUMN) == CONTRACT
    assert isinstance(said_instead(2026, known, Contract("Autre", "1", CONTRACT.ends_on), 1, AUTUMN), ChangeOutdated)


@pytest.mark.parametrize(
    ("ends", "status"),
    [
        ([], InsuranceStatus.MISSING),
        ([date(2026, 10, 4)], InsuranceStatus.EXPIRED),
        ([AUTUMN], InsuranceStatus.VALID),
        ([date(2026, 1, 1), date.max], InsuranceStatus.VALID),
    ],
)
def test_the_last_day_counts_and_the_longest_contract(ends: list[date], status: InsuranceStatus) -> None:
    assert status_on(AUTUMN, ends) is status


def test_a_year_is_asked_about_on_its_nearest_day() -> None:
    assert [day_asked(2026, day) for day in (JUNE, date(2026, 6, 1), date(2028, 1, 1))] == [
        JUNE,
        date(2026, 9, 1),
        date(2027, 8, 31),
    ]
