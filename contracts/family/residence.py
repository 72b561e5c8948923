"""What a published residence means: at which home a child is on a day. Pure, so that every service reads the same.

A day belongs to the home where the child sleeps that night: on a day of change-over, whatever its hour, to the one that has the child in
the evening. Holidays run so from the evening of the last class until the night before class begins again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from contracts.family.events import Residence
from contracts.school_holidays import SchoolZone, holiday_half
from contracts.types import ResidencePattern

WEEK_DAYS = 7
FORTNIGHT_DAYS = 14
MONDAY = 1
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stay:
    """Days in a row at one home, both ends counted; None for days of which nothing says where the child is."""

    household_id: UUID | None
    starts_on: date
    ends_on: date


def home_on(residences: Sequence[Residence], day: date) -> UUID | None:
    """The household where a child is on a day; None when nothing says so, or says it in a way that this release does not know.

    Source: Code civil, 373-2-9 (residence at one home or alternately). The parity of ISO weeks does not alternate over week 53: who
    wants strict turns has an anchor date. Halves of holidays come before weeks, where their dates are published.
    """
    residence = next((item for item in residences if item.starts_on <= day <= (item.ends_on or date.max)), None)
    if residence is None:
        return None
    return _holiday_home(residence, day) or _term_home(residence, day)


def _holiday_home(residence: Residence, day: date) -> UUID | None:
    """The home of a day of holidays that are shared by halves."""
    if residence.holidays is None or residence.holidays.zone not in set(SchoolZone):
        return None
    half = holiday_half(SchoolZone(residence.holidays.zone), day)
    if half is None:
        return None
    one = residence.holidays.even_first_id
    other = next(home for home in residence.household_ids if home != one)
    return one if half.is_first == (half.year % 2 == 0) else other


def _term_home(residence: Residence, day: date) -> UUID | None:
    """The home of a day by weeks alone."""
    homes, anchor = residence.household_ids, residence.anchor_on
    match residence.pattern:
        case ResidencePattern.SINGLE:
            return homes[0]
        case ResidencePattern.WEEK_PARITY:
            return homes[_turn_of_week(residence, day) % len(homes)]
        case ResidencePattern.ALTERNATING if anchor is not None:
            return homes[(day - anchor).days // WEEK_DAYS % len(homes)]
        case ResidencePattern.FORTNIGHT if anchor is not None:
            return homes[(day - anchor).days % FORTNIGHT_DAYS in residence.second_home_days]
        case _:
            return None


def _turn_of_week(residence: Residence, day: date) -> int:
    """A number as even or odd as the turn of a day: its ISO week is that of the change-over that begins it. From an anchor on, turns are
    strict, and the ISO week of the anchor's says which home begins."""
    begins = _change_over(day, residence.change_weekday or MONDAY)
    if residence.anchor_on is None:
        return begins.isocalendar().week
    anchored = _change_over(residence.anchor_on, residence.change_weekday or MONDAY)
    return anchored.isocalendar().week + (begins - anchored).days // WEEK_DAYS


def _change_over(day: date, weekday: int) -> date:
    """The last day of change-over, that day included."""
    return day - timedelta(days=(day.isoweekday() - weekday) % WEEK_DAYS)


def stays(residences: Sequence[Residence], first: date, last: date) -> Iterator[Stay]:
    """Where a child is from a day until another one, each stay whole within these days."""
    begins, home = first, home_on(residences, first)
    for offset in range(1, (last - first).days + 1):
        day = first + offset * ONE_DAY
        if (there := home_on(residences, day)) != home:
            yield Stay(home, begins, day - ONE_DAY)
            begins, home = day, there
    yield Stay(home, begins, last)
