"""School holidays of the zones A, B and C, and in which half of which of them a night is. Pure; a town's own calendar may move a period.

Source: the minister's orders of 7 December 2022 (JORFTEXT000046704476), 22 October 2025 (JORFTEXT000052416058), 21 July 2026 (JORFTEXT000054457294);
Corsica and overseas have calendars of their own (education code, D521-6 and D521-7). The bridge of
Ascension is none of these periods: nobody shares it. Summer of 2028 begins as two transcriptions of the text say; its end is not published.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, auto
from functools import cache
from typing import Final


class SchoolZone(StrEnum):
    """The zone of a town's academy."""

    A = "A"
    B = "B"
    C = "C"


class HolidayName(StrEnum):
    """Holidays that have two halves."""

    AUTUMN = auto()
    CHRISTMAS = auto()
    WINTER = auto()
    SPRING = auto()
    SUMMER = auto()


@dataclass(frozen=True, slots=True)
class Holiday:
    """A period without class: its first day, and the day on which class begins again, which is no part of it."""

    name: HolidayName
    starts_on: date
    resumes_on: date

    @property
    def first_night(self) -> date:
        """The day whose evening begins it: that of the last class."""
        return self.starts_on - timedelta(days=1)

    @property
    def second_half_on(self) -> date:
        """The first day of the second half. Nights are divided, and the first half has the odd one."""
        nights = (self.resumes_on - self.first_night).days
        return self.first_night + timedelta(days=(nights + 1) // 2)


@dataclass(frozen=True, slots=True)
class HolidayHalf:
    """A half of a holiday; `year` is the one in which the holiday's first day is, so that both halves of Christmas are of one year."""

    name: HolidayName
    year: int
    is_first: bool


_EVERY: Final = tuple(SchoolZone)
_A, _B, _C = SchoolZone.A, SchoolZone.B, SchoolZone.C
_PERIODS: Final = (
    (HolidayName.AUTUMN, _EVERY, "2025-10-18", "2025-11-03"),
    (HolidayName.CHRISTMAS, _EVERY, "2025-12-20", "2026-01-05"),
    (HolidayName.WINTER, (_A,), "2026-02-07", "2026-02-23"),
    (HolidayName.WINTER, (_B,), "2026-02-14", "2026-03-02"),
    (HolidayName.WINTER, (_C,), "2026-02-21", "2026-03-09"),
    (HolidayName.SPRING, (_A,), "2026-04-04", "2026-04-20"),
    (HolidayName.SPRING, (_B,), "2026-04-11", "2026-04-27"),
    (HolidayName.SPRING, (_C,), "2026-04-18", "2026-05-04"),
    (HolidayName.SUMMER, _EVERY, "2026-07-04", "2026-09-01"),
    (HolidayName.AUTUMN, _EVERY, "2026-10-17", "2026-11-02"),
    (HolidayName.CHRISTMAS, _EVERY, "2026-12-19", "2027-01-04"),
    (HolidayName.WINTER, (_A,), "2027-02-13", "2027-03-01"),
    (HolidayName.WINTER, (_B,), "2027-02-20", "2027-03-08"),
    (HolidayName.WINTER, (_C,), "2027-02-06", "2027-02-22"),
    (HolidayName.SPRING, (_A,), "2027-04-10", "2027-04-26"),
    (HolidayName.SPRING, (_B,), "2027-04-17", "2027-05-03"),
    (HolidayName.SPRING, (_C,), "2027-04-03", "2027-04-19"),
    (HolidayName.SUMMER, _EVERY, "2027-07-03", "2027-09-02"),
    (HolidayName.AUTUMN, _EVERY, "2027-10-23", "2027-11-08"),
    (HolidayName.CHRISTMAS, _EVERY, "2027-12-18", "2028-01-03"),
    (HolidayName.WINTER, (_A,), "2028-02-19", "2028-03-06"),
    (HolidayName.WINTER, (_B,), "2028-02-05", "2028-02-21"),
    (HolidayName.WINTER, (_C,), "2028-02-12", "2028-02-28"),
    (HolidayName.SPRING, (_A,), "2028-04-22", "2028-05-09"),
    (HolidayName.SPRING, (_B,), "2028-04-08", "2028-04-24"),
    (HolidayName.SPRING, (_C,), "2028-04-15", "2028-05-02"),
)


@cache
def holidays_of(zone: SchoolZone) -> tuple[Holiday, ...]:
    """The holidays of a zone whose both ends are published, in order."""
    return tuple(_of(zone))


def _of(zone: SchoolZone) -> Iterator[Holiday]:
    for name, zones, starts_on, resumes_on in _PERIODS:
        if zone in zones:
            yield Holiday(name, date.fromisoformat(starts_on), date.fromisoformat(resumes_on))


def holiday_half(zone: SchoolZone, day: date) -> HolidayHalf | None:
    """In which half of a holiday a child's night of that day is; None when there is class on the next morning, or nothing is published."""
    for holiday in holidays_of(zone):
        if holiday.first_night <= day < holiday.resumes_on:
            return HolidayHalf(holiday.name, holiday.starts_on.year, day < holiday.second_half_on)
    return None
