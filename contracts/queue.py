"""What every service says of the things that wait for an agent's decision (a work queue): one shape, one order, one cursor.

A list is ordered by `asked_at`, then by id, in each service alike. The cursor of an item stands for that place and is good for any of them: whoever
reads several lists merges them, and goes on everywhere after the last item that was shown.
"""

from datetime import date, datetime
from enum import StrEnum, auto
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.http import SiteCode

ITEMS_AT_ONCE_MAX: Final = 50
"""How many things are decided together."""
AGE_DAYS_MAX: Final = 3650

ItemIds = Annotated[list[UUID], Field(min_length=1, max_length=ITEMS_AT_ONCE_MAX)]
Age = Annotated[int, Field(ge=0, le=AGE_DAYS_MAX)]
"""For how many days something waits at least."""


class WaitingKind(StrEnum):
    """What may wait for an agent."""

    DOCUMENT = auto()
    CHANGE = auto()
    DEROGATION = auto()
    REGISTRATION = auto()
    PROTECTION = auto()
    BIRTH = auto()
    REOPENING = auto()
    REQUEST = auto()
    DECLARATION = auto()
    ENROLLMENT = auto()


class OwnerAsked(StrEnum):
    """Whose things are asked for: those of the asker, or those that nobody looks after."""

    OWN = auto()
    NOBODY = auto()


class Settled(Model):
    """What became of something that waits no more: the word that its kind has for it, by whom, where that is kept, and when. An adult who took it
    back is named by their own id."""

    outcome: str
    decided_by: UUID | None
    decided_at: datetime


class WaitingItem(Model):
    """Something that waits. `label`: of a document its kind as the town calls it, of an enrollment the activity, of a correction what it is of, of a derogation the school;
    `name`: whom it is about, or who asked. `due_on`: the last day on which the town would decide. `owner_id`: the agent who looks after it.
    `is_decidable`: whether the reader may. `settled`: it waits no more. `cursor`: the place after it."""

    kind: WaitingKind
    item_id: UUID
    label: str
    name: str
    household_id: UUID | None
    reference: str
    site_code: SiteCode | None
    asked_at: datetime
    due_on: date
    owner_id: UUID | None
    is_decidable: bool
    cursor: str
    settled: Settled | None = None


class WaitingCount(Model):
    """How many things of a kind wait for the reader's eyes; among them those past the town's delay, the reader's own, and those that nobody looks after."""

    kind: WaitingKind
    count: int
    late_count: int
    own_count: int
    unowned_count: int


class OwnerChange(Model):
    """Who is to look after something: an agent, or nobody. `known_owner_id`: who did when it was read; where somebody else does by now, nothing
    changes."""

    owner_id: UUID | None
    known_owner_id: UUID | None


class Places(Model):
    """The fullest of the coming days on which a child would take a place."""

    service_on: date
    taken: int
    capacity: int


class DecisionLine(Model):
    """What a decision on many does with one: done, or `code`, why it is not; by whom it was decided before, if it was. `recipients`: who is mailed, by name.
    `followed`: of a decision that was taken back, why this one stays."""

    item_id: UUID
    label: str
    name: str
    household_id: UUID | None
    reference: str
    code: str | None
    decided_by: UUID | None = None
    recipients: tuple[str, ...] = ()
    places: Places | None = None
    followed: str | None = None


class DecisionPreview(Model):
    """What a decision on many would do, line by line."""

    lines: tuple[DecisionLine, ...]


class DecisionReport(Model):
    """What a decision on many did, line by line. It may be taken back until `final_at`; until then nobody is mailed about it."""

    batch_id: UUID
    outcome: str
    lines: tuple[DecisionLine, ...]
    decided_by: UUID
    decided_at: datetime
    final_at: datetime
    undone_at: datetime | None
