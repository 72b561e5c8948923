"""What travels about the whole file of an adult (GDPR, articles 15 and 20): its parts, one for each service, and how far it has come.

The archive holds `donnees.json`, which is a `WholeFile`, and `schema.json`, the JSON Schema of that.
"""

from datetime import date, datetime
from enum import StrEnum, auto
from typing import Annotated, Final
from uuid import UUID

from pydantic import Base64Bytes, Field, StringConstraints

from contracts.event import Model
from contracts.types import SERVICES

SECTIONS_MAX: Final = 20
ROWS_MAX: Final = 5_000
PART_BYTES_MAX: Final = 8_000_000
PART_BODY_BYTES_MAX: Final = PART_BYTES_MAX * 4 // 3 + 10_000
"""A part in base64 (RFC 4648: four letters for three bytes), and what is around it."""
FIELD_LENGTH_MAX: Final = 2_000

ServiceName = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(SERVICES)})$")]
SectionName = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
Value = Annotated[str, StringConstraints(max_length=FIELD_LENGTH_MAX)] | int | bool | None


class ExportSection(Model):
    """Rows of one kind, each a value by the name of its field. `is_whole`: nothing was left out because there was too much of it, or because its service did not say."""

    name: SectionName
    rows: tuple[dict[SectionName, Value], ...] = Field(max_length=ROWS_MAX)
    is_whole: bool = True


class ExportPart(Model):
    """What a service keeps of an adult, as far as they may read it."""

    sections: tuple[ExportSection, ...] = Field(max_length=SECTIONS_MAX)


class SealedPart(Model):
    """An `ExportPart` as JSON, sealed by the gateway that gathered it (`SharedSeal`) for its place in one export: not even its adult can make one."""

    sealed: Annotated[Base64Bytes, Field(max_length=PART_BYTES_MAX)] = Field(repr=False)


def place_of(export_id: UUID, service: str) -> bytes:
    """The place for which the part of a service is sealed."""
    return f"export {export_id} {service}".encode()


class WholeFile(Model):
    """The file of an adult in a household, by service."""

    reference: str
    gathered_on: date
    parts: dict[ServiceName, ExportPart]


class ExportCreate(Model):
    """Of which household; it goes without saying for an adult of one alone."""

    household_id: UUID | None = None


class ExportStatus(StrEnum):
    """GATHERING: parts are missing. MAKING: the archive is made of them. READY: it can be taken away until its last day."""

    GATHERING = auto()
    MAKING = auto()
    READY = auto()


class Export(Model):
    """An export and how far it has come; `services` are those whose part is there."""

    export_id: UUID
    household_id: UUID
    status: ExportStatus
    services: tuple[ServiceName, ...]
    created_at: datetime
    ends_on: date
