"""Erasing a household's file: what stands against it, whom it takes along, and what became of one that was asked for."""

from datetime import date, datetime
from enum import StrEnum, auto
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.family.erasure_words import ErasureObstacle

RETENTION_YEARS: Final = 3
"""For how many years a file is kept after its last act, in a town that says nothing else."""


class ErasureStage(StrEnum):
    """What became of an erasure: it waits for the last word of the accounts, they spoke against it, or it is done."""

    ASKED = auto()
    REFUSED = auto()
    ERASED = auto()


class PersonOfFile(Model):
    """Whoever belongs to a file, did or will. One whom another file needs stays there (`is_kept`)."""

    first_name: str
    last_name: str
    is_child: bool
    is_kept: bool


class ErasureStanding(Model):
    """What erasing a file would take, and what stands against it; of one that is erased, that it was, and when.

    `last_act_on` is the last day on which the law counts an act for the file: its opening, the end of an enrollment, money asked or paid. The file is
    kept through `kept_until_on`. `judged_at`: when the accounts gave their last word, and `objections` what they had against it then.
    """

    household_id: UUID
    reference: str | None = None
    former_references: tuple[str, ...] = ()
    people: tuple[PersonOfFile, ...] = ()
    last_act_on: date | None = None
    kept_until_on: date | None = None
    obstacles: tuple[ErasureObstacle, ...] = ()
    objections: tuple[ErasureObstacle, ...] = ()
    stage: ErasureStage | None = None
    asked_at: datetime | None = None
    judged_at: datetime | None = None


class ErasureRequest(Model):
    """That a file is to be erased: its reference is typed, so that nobody erases another one."""

    confirmation: Annotated[str, Field(max_length=40)]
