"""Families of a school's pupils, or of a class: the choices above a list, and what they narrow it to. A class is chosen once its school is."""

import asyncio
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from contracts.family.schools_api import list_schools, read_classes
from gateway.composing import permitted
from portal.frame.visit import Visit
from portal.kit.days import school_year_of

SCHOOL: Final = "ecole"
CLASS: Final = "classe"


@dataclass(frozen=True, slots=True)
class SchoolFilter:
    """Which school and class the address asks for, and (value, label) pairs of those that there are. Who reads no schools is offered none."""

    school_code: str | None = None
    class_id: UUID | None = None
    schools: tuple[tuple[str, str], ...] = ()
    classes: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> dict[str, str]:
        """The same in an address."""
        return {name: str(value) for name, value in ((SCHOOL, self.school_code), (CLASS, self.class_id)) if value}


async def school_filter(visit: Visit) -> SchoolFilter:
    """What the address asks for, as far as it is there: a school that is none narrows nothing."""
    code = visit.query(SCHOOL)
    year = school_year_of(visit.portal.today())
    listed, opened = await asyncio.gather(
        permitted(visit.call(list_schools)), permitted(visit.call(read_classes, code, year)) if code else _nothing()
    )
    schools = tuple((school.code, school.label) for school in listed.value.items) if listed and listed.value else ()
    if code not in dict(schools):
        return SchoolFilter(schools=schools)
    classes = tuple(
        (str(item.class_id), item.label)
        for item in (opened.value.classes if opened and opened.value else ())
        if not item.is_closed
    )
    asked = visit.query(CLASS)
    return SchoolFilter(code, UUID(asked) if asked in dict(classes) else None, schools, classes)


async def _nothing() -> None:
    return None
