"""Deadlines are civil times of the town: worked examples around the two nights when clocks change, and their properties."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import civil_day, deadline, instant

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("day", "days_before", "at", "expected"),
    [
        # Clocks go back at 03:00 on 25 October 2026.
        ("2026-10-26", 2, "23:59", "2026-10-24T21:59"),
        ("2026-10-26", 1, "00:00", "2026-10-24T22:00"),
        ("2026-10-26", 1, "02:30", "2026-10-25T00:30"),
        ("2026-10-26", 1, "03:00", "2026-10-25T02:00"),
        ("2026-10-26", 1, "12:00", "2026-10-25T11:00"),
        ("2026-10-26", 0, "08:00", "2026-10-26T07:00"),
        # Clocks go forward at 02:00 on 28 March 2027.
        ("2027-03-29", 2, "12:00", "2027-03-27T11:00"),
        ("2027-03-29", 1, "01:59", "2027-03-28T00:59"),
        ("2027-03-29", 1, "02:30", "2027-03-28T01:30"),
        ("2027-03-29", 1, "03:00", "2027-03-28T01:00"),
        ("2027-03-29", 1, "12:00", "2027-03-28T10:00"),
        ("2027-01-01", 1, "12:00", "2026-12-31T11:00"),
    ],
)
def test_a_deadline_is_the_town_s_reading_of_the_clock(day: str, days_before: int, at: str, expected: str) -> None:
    moment = deadline(date.fromisoformat(day), days_before, time.fromisoformat(at), PARIS)
    assert moment == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert moment.utcoffset() == timedelta(0)


def test_the_two_nights_have_25_and_23_hours() -> None:
    for day, hours in ((date(2026, 10, 25), 25), (date(2027, 3, 28), 23), (date(2027, 3, 29), 24)):
        midnights = instant(day, time(), PARIS), instant(day + timedelta(days=1), time(), PARIS)
        assert midnights[1] - midnights[0] == timedelta(hours=hours)


def test_the_town_s_day_begins_at_its_own_midnight() -> None:
    assert civil_day(datetime(2026, 10, 24, 21, 59, tzinfo=UTC), PARIS) == date(2026, 10, 24)
    assert civil_day(datetime(2026, 10, 24, 22, 0, tzinfo=UTC), PARIS) == date(2026, 10, 25)
    assert civil_day(datetime(2026, 10, 25, 22, 59, tzinfo=UTC), PARIS) == date(2026, 10, 25)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.times(), st.integers(0, 30))
def test_a_deadline_falls_on_its_own_day_whatever_the_clocks_do(day: date, at: time, days_before: int) -> None:
    assert civil_day(deadline(day, days_before, at, PARIS), PARIS) == day - timedelta(days=days_before)
