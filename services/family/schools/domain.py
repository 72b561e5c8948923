"""School years and levels, and what makes a school and its classes acceptable. Pure.

Source: education code, L131-1 (the calendar year of the third birthday), D321-2 and D113-1 (cycles); a level is only proposed by the year of birth, for a child
may be ahead, or kept back.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from chassis.comparing import comparable
from chassis.days import ONE_DAY, DateRange
from chassis.refusal import FieldRefusal
from contracts.family.school_events import SECTIONS, SchoolLevel

SCHOOL_YEAR_MONTH: Final = 9
UNITS: Final = frozenset({SchoolLevel.ULIS, SchoolLevel.UPE2A})
"""Levels in which a pupil stays until somebody says otherwise."""
FIRST_AGE: Final = 2
"""In the calendar year in which the school year begins, of the first level."""


def school_year_of(day: date) -> int:
    """The year in which the school year of a day began, on 1 September."""
    return day.year if day.month >= SCHOOL_YEAR_MONTH else day.year - 1


def days_of(school_year: int) -> DateRange:
    """The days of a school year."""
    return DateRange(date(school_year, SCHOOL_YEAR_MONTH, 1), date(school_year + 1, SCHOOL_YEAR_MONTH, 1) - ONE_DAY)


def counted_on(school_year: int, today: date) -> date:
    """The day on which the pupils of a school year are counted: today, or the nearest day of the year."""
    days = days_of(school_year)
    return min(max(today, days.first), days.last)


def proposed_level(birth_on: date, school_year: int) -> SchoolLevel | None:
    """The level of children of a year of birth; None before and after the first degree."""
    place = school_year - birth_on.year - FIRST_AGE
    return SECTIONS[place] if 0 <= place < len(SECTIONS) else None


def school_births(school_year: int) -> DateRange:
    """The birth dates of the children who are at school in a year: from the third birthday on (education code, L131-1) until the first degree ends."""
    return DateRange(date(school_year - FIRST_AGE - len(SECTIONS) + 1, 1, 1), date(school_year - FIRST_AGE - 1, 12, 31))


def next_level(level: SchoolLevel) -> SchoolLevel | None:
    """The level of the next year; None where the first degree ends."""
    if level in UNITS:
        return level
    place = SECTIONS.index(level) + 1 if level in SECTIONS else len(SECTIONS)
    return SECTIONS[place] if place < len(SECTIONS) else None


def in_order(levels: Collection[SchoolLevel]) -> tuple[SchoolLevel, ...]:
    """Levels as pupils go through them, each once."""
    return tuple(level for level in SchoolLevel if level in levels)


@dataclass(frozen=True, slots=True)
class School:
    """A school of the town."""

    school_code: str
    label: str
    levels: tuple[SchoolLevel, ...]


@dataclass(frozen=True, slots=True)
class ClassOfYear:
    """A class of a school in a school year."""

    class_id: UUID
    school_code: str
    school_year: int
    label: str
    levels: tuple[SchoolLevel, ...]
    teacher: str | None = None
    is_closed: bool = False

    @property
    def label_key(self) -> str:
        """The label as it is compared with another one."""
        return comparable(self.label)


def class_faults(school: School, wanted: ClassOfYear, others: Sequence[ClassOfYear]) -> Iterator[FieldRefusal]:
    """What stands against a class: a name that another open one of the year has, levels that the school does not teach."""
    if not wanted.label_key:
        yield FieldRefusal("/label", "no_letter")
    if any(wanted.label_key == other.label_key for other in others if other.class_id != wanted.class_id):
        yield FieldRefusal("/label", "class_label_taken")
    if unknown := [level for level in wanted.levels if level not in school.levels]:
        yield FieldRefusal("/levels", "level_not_of_school", (("level", unknown[0].value),))
