"""What travels about school sectors: which addresses belong to which school, for which levels, in a school year."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import AfterValidator, Base64Bytes, Field, StringConstraints, model_validator

from contracts.event import Model
from contracts.family.authorizations import SchoolYear as SchoolYear
from contracts.family.school_events import SECTIONS, SchoolLevel
from contracts.family.sector_words import SectorReason as SectorReason
from contracts.family.sector_words import StreetSide as StreetSide
from contracts.http import LINE, ShortText, SiteCode

SEGMENTS_MAX: Final = 5_000
"""Of a school year: what a town of 50,000 with 20 schools needs, five times over."""
FILE_BYTES_MAX: Final = 1_000_000
BODY_BYTES_MAX: Final = FILE_BYTES_MAX * 3 // 2
"""A file in a JSON body, which holds it in base64."""
NUMBER_MAX: Final = 99_999


def _has_sectors(level: SchoolLevel) -> SchoolLevel:
    if level not in SECTIONS:
        raise ValueError("level")
    return level


SectorLevel = Annotated[SchoolLevel, AfterValidator(_has_sectors)]
"""A level that has sectors. Source: education code, D321-2."""
HouseNumber = Annotated[int, Field(ge=1, le=NUMBER_MAX)]


class Segment(Model):
    """A part of a sector: numbers of a street, both ends included and open where none is said; or, without a street, what no other segment says of the
    commune."""

    school: SiteCode
    first_level: SectorLevel
    last_level: SectorLevel
    city: ShortText
    street: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=LINE)] | None
    ) = None
    side: StreetSide = StreetSide.BOTH
    from_number: HouseNumber | None = None
    until_number: HouseNumber | None = None


class KeptSegment(Segment):
    """A segment of a plan, with the id by which it is removed."""

    segment_id: UUID


class SectorPlan(Model):
    """The sectors of a school year. `segments` are those that agents work on, `is_changed`: not those that count. Nothing counts before `published_at`."""

    school_year: int
    segments: tuple[KeptSegment, ...]
    is_changed: bool
    published_at: datetime | None
    published_by: UUID | None


class SectorFile(Model):
    """The segments of a school year as a file, which takes the place of all that agents worked on. Without a file they are those that count the year
    before: `is_copy`."""

    content: Annotated[Base64Bytes, Field(max_length=BODY_BYTES_MAX)] = Field(default=b"", repr=False)
    is_copy: bool = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.is_copy and self.content:
            raise ValueError("a file or the year before, not both")
        return self


class SectorMove(Model):
    """So many children of known addresses go from one school to another; None is no school that is known."""

    from_school: str | None
    to_school: str | None
    child_count: int


class SectorTrial(Model):
    """What a publication would change, of the children whose levels have sectors. A child of two homes is counted at each whose school changes."""

    moves: tuple[SectorMove, ...]
    unchanged_count: int
    unknown_count: int


class HomeSector(Model):
    """The school of a child by one of its homes; otherwise the reason why none is known. `is_address_verified`: the address is one of the copy of the
    address base; None where the town has no copy."""

    household_id: UUID
    reference: str
    school: str | None
    reason: SectorReason | None
    is_address_verified: bool | None


class ChildSectors(Model):
    """The schools of a child by its homes, those of the asker's own household alone for a family. `level`: by the year of birth, None outside the first
    degree."""

    child_id: UUID
    first_name: str
    last_name: str
    school_year: int
    level: SectorLevel | None
    homes: tuple[HomeSector, ...]
