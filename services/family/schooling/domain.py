"""Where a child goes to school as a timeline, of which no slice leaves its school year: what is entered cuts what stood there. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.days import ONE_DAY, DateRange, Days
from chassis.refusal import FieldRefusal, Invalid
from chassis.timeline import Timeline
from contracts.family.school_events import SchoolLevel

from ..people.domain import Child
from ..schools.domain import ClassOfYear, School, days_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where a child goes to school in a school year: a school of the town, one elsewhere by its name, or none."""

    school_year: int
    level: SchoolLevel
    school_code: str | None = None
    elsewhere: str | None = None
    class_id: UUID | None = None


def placed(places: Timeline[Place], place: Place, starts_on: date) -> Timeline[Place]:
    """The same once a child is there from a day until the end of the school year."""
    return places.put(DateRange(starts_on, days_of(place.school_year).last), place)


def ended(places: Timeline[Place], ends_on: date) -> Timeline[Place] | Invalid:
    """The same once a child was at school on a day for the last time in that year."""
    place = places.at(ends_on)
    if place is None:
        return Invalid(FieldRefusal("/ends_on", "not_at_school"))
    last = days_of(place.school_year).last
    return places if ends_on == last else places.without(Days((DateRange(ends_on + ONE_DAY, last),)))


def place_faults(
    place: Place, school: School | None, chosen: ClassOfYear | None, before: Place | None
) -> Iterator[FieldRefusal]:
    """What stands against a place: a school that is none, levels that do not fit, a class of elsewhere or one that is closed, unless the child is in it already.
    `school` and `chosen` are what the place names, as far as there is such a thing."""
    is_out = place.level is SchoolLevel.OUT_OF_SCHOOL
    if is_out and (place.school_code or place.elsewhere):
        yield FieldRefusal("/level", "out_of_school_has_none")
    if not is_out and not place.school_code and not place.elsewhere:
        yield FieldRefusal("/school_code", "school_missing")
    if place.school_code and place.elsewhere:
        yield FieldRefusal("/elsewhere", "school_named_twice")
    if place.school_code and school is None:
        yield FieldRefusal("/school_code", "school_unknown")
    if place.class_id is not None:
        if chosen is None or (chosen.school_code, chosen.school_year) != (place.school_code, place.school_year):
            yield FieldRefusal("/class_id", "class_unknown")
        elif place.level not in chosen.levels:
            yield FieldRefusal("/class_id", "level_not_of_class", (("label", chosen.label),))
        elif chosen.is_closed and (before is None or before.class_id != chosen.class_id):
            yield FieldRefusal("/class_id", "class_closed")
    elif school is not None and not is_out and place.level not in school.levels:
        yield FieldRefusal("/level", "level_not_of_school", (("level", place.level.value),))


def day_faults(child: Child, starts_on: date) -> Iterator[FieldRefusal]:
    """What stands against a day from which a child goes to school."""
    if child.is_expected or starts_on < child.birth_on:
        yield FieldRefusal("/starts_on", "before_birth")
