"""What travels about schools, their classes, and where a child goes to school."""

from datetime import date
from typing import Final
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.family.authorizations import SchoolYear as SchoolYear
from contracts.family.school_events import Schooling, SchoolLevel
from contracts.http import Day, ShortText

CLASS_LEVELS_MAX: Final = 6
"""A class of a village may have every level of nursery school, or of the years after it."""
CLASSES_MAX: Final = 60
"""Of a school in one year."""


class SchoolChange(Model):
    """What a school is called, and the levels that it teaches."""

    label: ShortText
    levels: tuple[SchoolLevel, ...] = Field(min_length=1, max_length=len(SchoolLevel))


class School(SchoolChange):
    """A school of the town. Its code is that of the site where activities are held there, if any are."""

    code: str


class ClassChange(Model):
    """What a class is called, the levels that it has, and who teaches it."""

    label: ShortText
    levels: tuple[SchoolLevel, ...] = Field(min_length=1, max_length=CLASS_LEVELS_MAX)
    teacher: ShortText | None = None


class ClassCreate(ClassChange):
    """A new class of a school year."""

    school_year: SchoolYear


class SchoolClass(ClassChange):
    """A class of a school in a school year. `pupil_count` is of today, or of the first or last day of a year that is another one; nobody is put in a
    class any more that `is_closed`."""

    class_id: UUID
    school_code: str
    school_year: int
    is_closed: bool
    pupil_count: int


class SchoolClasses(Model):
    """A school in a school year: its classes by level, and how many of its pupils are in none. The counts are of `counted_on`. `class_change_id` is of the
    change of classes that leads into the year that follows, once there is one."""

    school: School
    school_year: int
    starts_on: date
    ends_on: date
    counted_on: date
    classes: tuple[SchoolClass, ...]
    unclassed_count: int
    class_change_id: UUID | None


class ClassesCopy(Model):
    """The school year whose classes the next one is to have too, by the same names."""

    school_year: SchoolYear


class Pupil(Model):
    """A child of a school on a day. `household_id` is a home of the child."""

    child_id: UUID
    household_id: UUID | None
    first_name: str
    last_name: str
    birth_on: date
    level: SchoolLevel
    class_id: UUID | None
    class_label: str | None
    starts_on: date
    ends_on: date


class SchoolingChange(Model):
    """Where a child goes to school from a day until the end of that school year: a school of the town, with a class of it or none yet, another one by name, or,
    out of school, none."""

    starts_on: Day
    level: SchoolLevel
    school_code: str | None = Field(default=None, max_length=32)
    elsewhere: ShortText | None = None
    class_id: UUID | None = None


class SchoolingEnd(Model):
    """The last day of a child in a school; nothing is known of the rest of the year."""

    ends_on: Day


class ChildSchooling(Model):
    """A child, and where it goes to school, the oldest first. `proposed_level` is that of children of its year of birth in `school_year`, the present one;
    None outside the first degree."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_on: date
    school_year: int
    proposed_level: SchoolLevel | None
    schoolings: tuple[Schooling, ...]

    def on(self, day: date) -> Schooling | None:
        """Where the child goes to school on a day."""
        return next((item for item in self.schoolings if item.starts_on <= day <= item.ends_on), None)
