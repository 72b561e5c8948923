"""Files that are not used any more: what stands in the way of putting one aside, what was put aside, and what is asked for again."""

from datetime import date, datetime
from enum import StrEnum, auto
from typing import Final
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.family.models import Reason
from contracts.http import Day

ARCHIVED_MAX: Final = 100
"""How many files are put aside at once."""


class ObstacleKind(StrEnum):
    """What keeps a file in use: an enrollment that lasts or ended so lately that its days may not be invoiced yet, an invoice that is not paid, a
    child who lives there and belongs to another file too, a correction that waits for an agent, somebody who joins it today or later."""

    ENROLLMENT = auto()
    RECENT_ENROLLMENT = auto()
    INVOICE = auto()
    CHILD_OF_TWO_HOMES = auto()
    CHANGE = auto()
    NEW_MEMBER = auto()


class Obstacle(Model):
    """Something that keeps a file in use: how many there are, and until when the last one does, where that is known."""

    kind: ObstacleKind
    count: int
    until_on: date | None = None


class ArchiveStanding(Model):
    """Whether a file is put aside, and what is against it. `last_active_on` is the last day on which something was for it. `asked_at`: when an adult of it
    asked to have it again."""

    household_id: UUID
    reference: str
    adult_names: tuple[str, ...]
    last_active_on: date
    obstacles: tuple[Obstacle, ...]
    delegation_count: int
    archived_on: date | None
    reason: str | None
    asked_at: datetime | None


class ArchiveRequest(Model):
    """Why a file is put aside."""

    reason: Reason


class IdleHousehold(Model):
    """A file of which nothing was heard since a day, and that nothing keeps in use."""

    household_id: UUID
    reference: str
    payer_name: str
    child_count: int
    last_active_on: date


class BulkArchive(Model):
    """Files to put aside that were idle since a day, with one reason for all."""

    household_ids: tuple[UUID, ...] = Field(min_length=1, max_length=ARCHIVED_MAX)
    since_on: Day
    reason: Reason


class BulkArchived(Model):
    """How many files were put aside, and the references of those that are in use by now."""

    archived_count: int
    in_use: tuple[str, ...]


class ArchivedHousehold(Model):
    """A file that was put aside, for an adult who belonged to it: since when, and when one of them asked to have it again."""

    household_id: UUID
    reference: str
    archived_on: date
    asked_at: datetime | None
