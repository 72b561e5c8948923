"""What travels of quotients that are read from API Particulier: who is asked about, and what came of it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Model
from contracts.family.reading_words import FRANCE, CivilSex, ReadingStatus
from contracts.http import LINE, Day, Month, ShortText
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
PlaceName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80, pattern=LINE)]


class QuotientAsked(Model):
    """Who is asked about: the person who receives the benefits, by their civil status. It serves for the call and is not kept, unless `is_later_agreed`: where
    nobody answers now, it is asked again later, and kept sealed until then. `month`: the present one, unless an agent says which. The place of birth is
    said by its name and the code of its department where the country is France."""

    birth_name: ShortText
    first_names: FirstNames
    sex: CivilSex
    birth_on: Day
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
