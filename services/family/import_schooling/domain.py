"""What the line of a child says of its school, level and class in a school year, and how that differs from what is there. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final
from uuid import UUID

from chassis.comparing import comparable
from chassis.days import Days
from chassis.timeline import Timeline
from contracts.family.import_words import ImportColumn as Column
from contracts.family.school_events import SchoolLevel

from ..cells.domain import ImportReason as Reason
from ..imports.domain import Fault, Role, Row, identity_of
from ..people.domain import Child, name_key
from ..schooling.domain import Place, place_faults, placed
from ..schools.domain import ClassOfYear, School, counted_on, days_of, school_year_of

PLACE: Final = (Column.SCHOOL, Column.ELSEWHERE, Column.LEVEL, Column.SCHOOL_CLASS, Column.SCHOOL_YEAR)
"""What says where a child goes to school. The year alone says nothing."""
_COLUMNS: Final = {
    "/school_code": Column.SCHOOL,
    "/elsewhere": Column.ELSEWHERE,
    "/level": Column.LEVEL,
    "/class_id": Column.SCHOOL_CLASS,
}
LEVELS: Final = {level.value: level for level in SchoolLevel if level is not SchoolLevel.OUT_OF_SCHOOL} | {
    "tres petite section": SchoolLevel.TPS,
    "toute petite section": SchoolLevel.TPS,
    "petite section": SchoolLevel.PS,
    "moyenne section": SchoolLevel.MS,
    "grande section": SchoolLevel.GS,
    "non scolarise": SchoolLevel.OUT_OF_SCHOOL,
    "non scolarisee": SchoolLevel.OUT_OF_SCHOOL,
}
"""How a level is written, as words are compared."""


@dataclass(frozen=True, slots=True)
class Register:
    """The schools of the town, and the open classes that a file may mean."""

    schools: Sequence[School] = ()
    classes: Sequence[ClassOfYear] = ()

    def named(self, text: str) -> list[School]:
        """The school of this code, or those that are called so."""
        key = comparable(text)
        by_code = [school for school in self.schools if comparable(school.school_code) == key]
        return by_code or [school for school in self.schools if comparable(school.label) == key]

    def class_named(self, text: str, school: School, school_year: int) -> ClassOfYear | None:
        """The class of a school that is called so in a year."""
        wanted = (school.school_code, school_year, comparable(text))
        known = (item for item in self.classes if (item.school_code, item.school_year, item.label_key) == wanted)
        return next(known, None)


def pupils_of(rows: Sequence[Row]) -> tuple[Row | None, ...]:
    """For each child of a household, in the order of its draft, the line that says where it goes to school; None where nothing is placements."""
    children = [row for row in rows if row.role is Role.CHILD]
    return tuple(row if any(map(row.cell, PLACE[:-1])) else None for row in children)


def year_of(row: Row, today: date) -> int | None:
    """The school year that a line is about: the running one where it says nothing, and the next at most; None for what is none."""
    running = school_year_of(today)
    text = comparable(row.cell(Column.SCHOOL_YEAR))
    years = [int(word) for word in text.split() if word.isascii() and word.isdecimal()]
    is_read = 0 < len(years) <= 2 and len(years) == len(text.split())
    if text and not (is_read and all(after == before + 1 for before, after in pairwise(years))):
        return None
    year = years[0] if years else running
    return year if running <= year <= running + 1 else None


def place_meant(row: Row, register: Register, today: date) -> Place | tuple[Fault, ...]:
    """Where a line says that a child goes to school, or what it has against it."""
    year = year_of(row, today)
    if year is None:
        running = school_year_of(today)
        years = (("running", f"{running}-{running + 1}"), ("next", f"{running + 1}-{running + 2}"))
        return (Fault(row.number, Column.SCHOOL_YEAR, Reason.IMPORT_SCHOOL_YEAR_UNKNOWN, years),)
    named = register.named(row.cell(Column.SCHOOL))
    if row.cell(Column.SCHOOL) and len(named) != 1:
        reason = Reason.IMPORT_SCHOOL_AMBIGUOUS if named else Reason.IMPORT_SCHOOL_UNKNOWN
        return (Fault(row.number, Column.SCHOOL, reason),)
    school = named[0] if row.cell(Column.SCHOOL) else None
    label = row.cell(Column.SCHOOL_CLASS)
    chosen = register.class_named(label, school, year) if label and school else None
    if label and chosen is None:
        missing = Reason.IMPORT_CLASS_UNKNOWN if school else Reason.IMPORT_CLASS_WITHOUT_SCHOOL
        where = (("school", school.label), ("year", f"{year}-{year + 1}")) if school else ()
        return (Fault(row.number, Column.SCHOOL_CLASS, missing, where),)
    level = _level(row, chosen)
    if level is None:
        reason = Reason.IMPORT_LEVEL_UNKNOWN if row.cell(Column.LEVEL) else Reason.IMPORT_LEVEL_MISSING
        return (Fault(row.number, Column.LEVEL, reason),)
    code, elsewhere = school.school_code if school else None, row.cell(Column.ELSEWHERE) or None
    place = Place(year, level, code, elsewhere, chosen.class_id if chosen else None)
    faults = place_faults(place, school, chosen, None)
    return tuple(Fault(row.number, _COLUMNS[fault.pointer], fault.code, fault.params) for fault in faults) or place


def _level(row: Row, chosen: ClassOfYear | None) -> SchoolLevel | None:
    """The level that a line says; where it is silent that of the class, if it has but one."""
    if text := comparable(row.cell(Column.LEVEL)):
        return LEVELS.get(text)
    return chosen.levels[0] if chosen and len(chosen.levels) == 1 else None


def first_day(place: Place, birth_on: date, known: Timeline[Place], today: date) -> date:
    """From when a child is there: the whole school year where nothing is said of it yet, otherwise from today on."""
    days = days_of(place.school_year)
    begun = known.within(Days((days,))).slices
    return counted_on(place.school_year, today) if begun else max(days.first, birth_on)


def is_otherwise(place: Place, known: Timeline[Place], today: date) -> bool:
    """Whether a child is elsewhere by now than a file says, which is silent about the class that it leaves empty."""
    there = known.at(counted_on(place.school_year, today))
    if there is None:
        return True
    return place != (there if place.class_id else replace(there, class_id=None))


def with_place(place: Place, birth_on: date, known: Timeline[Place], today: date) -> Timeline[Place]:
    """Where a child goes to school once it is so as a file says."""
    return placed(known, place, first_day(place, birth_on, known, today))


@dataclass(frozen=True, slots=True)
class Schooled:
    """What a household's lines say of its children's places at school, in the order of its draft: the line of each child and what it means, none where nothing is said, and what stands against it."""

    rows: tuple[Row | None, ...] = ()
    places: tuple[Place | None, ...] = ()
    faults: tuple[Fault, ...] = ()

    def differs(self, at: int, reason: Reason) -> Fault:
        """That a child is elsewhere by now."""
        rows = [row for row in self.rows[at : at + 1] if row]
        return next(Fault(row.number, column, reason) for row in rows for column in PLACE if row.cell(column))


def schooled(rows: Sequence[Row], register: Register, today: date) -> Schooled:
    """What the lines of a household say of places at school."""
    pupils = pupils_of(rows)
    meant = [place_meant(row, register, today) if row else None for row in pupils]
    faults = tuple(fault for item in meant if isinstance(item, tuple) for fault in item)
    return Schooled(pupils, tuple(item if isinstance(item, Place) else None for item in meant), faults)


def moved(
    placements: Schooled, children: Sequence[Child], known: Mapping[UUID, Timeline[Place]], today: date
) -> Iterator[tuple[int, Child, Place]]:
    """Those of these children, who are there, whom the lines put elsewhere than where they are by now: at which place of the draft, and where to."""
    by_identity: dict[tuple[str, date | None], Child] = {(name_key(child), child.birth_on): child for child in children}
    for at, (row, place) in enumerate(zip(placements.rows, placements.places, strict=True)):
        child = by_identity.get(identity_of(row)) if row else None
        if child and place and is_otherwise(place, known[child.child_id], today):
            yield at, child, place
