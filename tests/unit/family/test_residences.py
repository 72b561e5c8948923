"""Where a child is on a day: the worked table of docs/residence.md, and what holds of any pattern."""

import re
from datetime import date, timedelta
from itertools import groupby, pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.family.events import HolidayTurns, Residence
from contracts.family.residence import home_on, stays
from contracts.school_holidays import SchoolZone, holiday_half, holidays_of
from contracts.types import ResidencePattern
from tests.support.worked_examples import table

A, B = UUID(int=1), UUID(int=2)
LONG_AGO = date(2020, 1, 1)
ONE_DAY = timedelta(days=1)


def lives(pattern: ResidencePattern, **fields: object) -> Residence:
    """A residence at A and B since long ago."""
    homes = (A,) if pattern is ResidencePattern.SINGLE else (A, B)
    values = {"household_ids": homes, "anchor_on": None, "starts_on": LONG_AGO, "ends_on": None}
    return Residence.model_validate({"pattern": pattern, **values, **fields})


def in_words(text: str) -> Residence:
    """The pattern that a row of the table names."""
    fields: dict[str, object] = {}
    if anchor := re.search(r"\d{4}-\d\d-\d\d", text):
        fields["anchor_on"] = date.fromisoformat(anchor[0])
    if "Friday" in text:
        fields["change_weekday"] = 5
    if days := re.search(r"B on ([\d ]+)", text):
        fields["second_home_days"] = tuple(map(int, days[1].split()))
    if zone := re.search(r"zone ([ABC])", text):
        fields["holidays"] = HolidayTurns(zone=zone[1], even_first_id=A)
    kinds = {"parity": ResidencePattern.WEEK_PARITY, "turns": ResidencePattern.ALTERNATING}
    return lives(kinds.get(re.split(r"[ ,]", text)[0], ResidencePattern.FORTNIGHT), **fields)


@pytest.mark.parametrize(("pattern", "day", "home"), [row[:3] for row in table("residence.md", "Pattern", "Day")])
def test_worked_days(pattern: str, day: str, home: str) -> None:
    assert home_on([in_words(pattern)], date.fromisoformat(day)) == {"A": A, "B": B}[home]


DAYS = st.dates(date(2025, 9, 1), date(2030, 12, 31))
HOLIDAYS = st.none() | st.builds(
    HolidayTurns, zone=st.sampled_from([*SchoolZone, "D"]), even_first_id=st.sampled_from([A, B])
)
FORTNIGHTS = st.sets(st.integers(0, 13), min_size=1, max_size=13).map(lambda days: tuple(sorted(days)))
PATTERNS = st.one_of(
    st.just(lives(ResidencePattern.SINGLE)),
    st.builds(
        lambda weekday, anchor, holidays: lives(
            ResidencePattern.WEEK_PARITY, change_weekday=weekday, anchor_on=anchor, holidays=holidays
        ),
        st.none() | st.integers(1, 7),
        st.none() | DAYS,
        HOLIDAYS,
    ),
    st.builds(
        lambda anchor, holidays: lives(ResidencePattern.ALTERNATING, anchor_on=anchor, holidays=holidays),
        DAYS,
        HOLIDAYS,
    ),
    st.builds(
        lambda anchor, days, holidays: lives(
            ResidencePattern.FORTNIGHT, anchor_on=anchor, second_home_days=days, holidays=holidays
        ),
        DAYS,
        FORTNIGHTS,
        HOLIDAYS,
    ),
)


@given(PATTERNS, DAYS)
def test_a_day_is_at_one_of_the_homes(residence: Residence, day: date) -> None:
    assert home_on([residence], day) in residence.household_ids


@given(PATTERNS, DAYS, DAYS, DAYS)
def test_outside_its_days_a_pattern_says_nothing(residence: Residence, one: date, other: date, day: date) -> None:
    first, last = sorted((one, other))
    bounded = residence.model_copy(update={"starts_on": first, "ends_on": last})
    assert (home_on([bounded], day) is not None) == (first <= day <= last)


@given(DAYS, st.integers(1, 7), st.integers(0, 400))
def test_strict_turns_are_seven_days_long_over_every_year(anchor: date, weekday: int, weeks: int) -> None:
    """Week 53 included; it is where parity alone has a turn of fourteen days."""
    residence = lives(ResidencePattern.WEEK_PARITY, change_weekday=weekday, anchor_on=anchor)
    begins = anchor - timedelta(days=(anchor.isoweekday() - weekday) % 7) + timedelta(weeks=weeks)
    turn = {home_on([residence], begins + timedelta(days=offset)) for offset in range(7)}
    assert len(turn) == 1
    assert turn == {home_on([residence], begins + timedelta(weeks=2))}
    assert turn != {home_on([residence], begins + timedelta(weeks=1))}


@given(DAYS, st.integers(1, 7))
def test_parity_keeps_strict_turns_but_for_week_53(day: date, weekday: int) -> None:
    residence = lives(ResidencePattern.WEEK_PARITY, change_weekday=weekday)
    begins = day - timedelta(days=(day.isoweekday() - weekday) % 7)
    week_after = begins + timedelta(weeks=1)
    stays_put = home_on([residence], begins) == home_on([residence], week_after)
    assert stays_put == (begins.isocalendar().week == 53)


@given(FORTNIGHTS, DAYS, DAYS)
def test_a_change_of_the_clocks_changes_no_home(days: tuple[int, ...], anchor: date, day: date) -> None:
    """Days are civil dates: from one to the next there is no hour to lose. A fortnight has fourteen, whatever Sundays are in it."""
    residence = lives(ResidencePattern.FORTNIGHT, anchor_on=anchor, second_home_days=days)
    fortnight = [home_on([residence], day + timedelta(days=offset)) for offset in range(14)]
    assert fortnight.count(B) == len(days)
    assert fortnight == [home_on([residence], day + timedelta(days=offset)) for offset in range(14, 28)]


@given(st.sampled_from(list(SchoolZone)), st.sampled_from([A, B]), st.data())
def test_each_home_has_half_of_each_holiday(zone: SchoolZone, first_id: UUID, data: st.DataObject) -> None:
    """From the evening of the last class until the last night; the next year the halves are the other way round."""
    holiday = data.draw(st.sampled_from(holidays_of(zone)))
    residence = lives(ResidencePattern.WEEK_PARITY, holidays=HolidayTurns(zone=zone, even_first_id=first_id))
    nights = [
        holiday.first_night + offset * ONE_DAY for offset in range((holiday.resumes_on - holiday.first_night).days)
    ]
    halves = [(home, len(list(days))) for home, days in groupby(home_on([residence], night) for night in nights)]
    assert len(halves) == 2
    (one, first), (other, second) = halves
    assert first - second in (0, 1)
    assert {one, other} == {A, B}
    assert (one == first_id) == (holiday.starts_on.year % 2 == 0)


@pytest.mark.parametrize("zone", list(SchoolZone))
def test_holidays_share_no_night_and_end_before_class(zone: SchoolZone) -> None:
    holidays = holidays_of(zone)
    for before, after in pairwise(holidays):
        assert before.resumes_on <= after.first_night
    for holiday in holidays:
        assert holiday_half(zone, holiday.first_night - ONE_DAY) is None
        assert holiday_half(zone, holiday.resumes_on) is None
        last = holiday_half(zone, holiday.resumes_on - ONE_DAY)
        assert last is not None
        assert not last.is_first


@given(PATTERNS, DAYS, st.integers(0, 90))
def test_stays_are_every_day_once_and_neighbors_differ(residence: Residence, first: date, count: int) -> None:
    last = first + timedelta(days=count)
    known = list(stays([residence], first, last))
    assert (known[0].starts_on, known[-1].ends_on) == (first, last)
    for before, after in pairwise(known):
        assert after.starts_on == before.ends_on + ONE_DAY
        assert after.household_id != before.household_id
    for stay in known:
        assert home_on([residence], stay.starts_on) == home_on([residence], stay.ends_on) == stay.household_id


def test_a_pattern_of_another_release_says_nothing() -> None:
    assert home_on([lives(ResidencePattern.SINGLE).model_copy(update={"pattern": "by_moon"})], LONG_AGO) is None
