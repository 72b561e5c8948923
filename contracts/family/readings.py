"""What travels of quotients that are read from API Particulier: who is asked about, and what came of it."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from contracts.event import Model
from contracts.family.reading_words import FRANCE, CivilSex, ReadingStatus
from contracts.http import LINE, Month, ShortText
from contracts.types import QuotientSource

FIRST_NAME = "[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0152\u0153'\u2019 -]+"
FirstNames = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=rf"^{FIRST_NAME}(,{FIRST_NAME})*$"),
]
"""First names as a civil status has them, with spaces or commas between them."""
CountryCode = Annotated[str, StringConstraints(pattern=r"^99\d{3}$")]
"""A country in the official geographic code."""
DepartmentCode = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^(0[1-9]|[1-8]\d|9[0-5]|2[ABab]|97\d|98\d)?$"),
]
_TYPED: Final = re.compile(r"(?=\d{8}$|.*\W)(\d{1,2})[/. -]?(\d{1,2})[/. -]?(\d{4})")
"""Day, month and year, with something between them or all eight digits."""


def _written(typed: Any) -> Any:
    day = _TYPED.fullmatch(typed.strip()) if isinstance(typed, str) and len(typed) <= 20 else None
    return f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}" if day else typed


def _possible(written: str) -> str:
    year, month, day = map(int, written.split("-"))
    if day and not month:
        raise ValueError("a day of no month")
    date(year, month or 1, day or 1)
    return written


BirthDay = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^(19|20)[0-9]{2}-(0[0-9]|1[0-2])-([0-2][0-9]|3[01])$"),
    AfterValidator(_possible),
    BeforeValidator(_written),
]
"""A day of birth as a civil status has it, `1980-11-15`, or as it is typed, `15/11/1980` or `15111980`. Where the day or the month is not known it is `00`, as in `1980-00-00`."""
PlaceName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=LINE)]


class QuotientAsked(Model):
    """Who is asked about: the person who receives the benefits, by their civil status. It serves for the call and is not kept, unless `is_later_agreed`: where
    nobody answers now, it is asked again later, and kept sealed until then. `month`: the present one, unless an agent says which. The place of birth is
    said by its name and the code of its department where the country is France."""

    birth_name: ShortText
    first_names: FirstNames
    sex: CivilSex
    birth_on: BirthDay
    birth_country: CountryCode = FRANCE
    birth_city: PlaceName = ""
    birth_department: DepartmentCode = ""
    month: Month | None = None
    is_later_agreed: bool = False


class QuotientReading(Model):
    """A reading. `month_on`: the first day of the month that the quotient applies to. `request_id` is its name at API Particulier, the proof of where it comes from.
    `next_at`: when it is asked again."""

    reading_id: UUID
    household_id: UUID
    month_on: date
    status: ReadingStatus
    asked_at: datetime
    value_cents: Annotated[int, Field(ge=0)] | None = None
    source: QuotientSource | None = None
    computed_on: date | None = None
    request_id: str = ""
    answered_at: datetime | None = None
    taken_at: datetime | None = None
    next_at: datetime | None = None


class QuotientReadings(Model):
    """The readings of a household, the newest first. `is_open`: the town reads quotients from API Particulier."""

    is_open: bool
    items: tuple[QuotientReading, ...]
