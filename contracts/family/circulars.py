"""What travels about circulars, procedures that the town sends to a group: whom one is sent to, who answered, and what families are asked."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.family.circular_words import CircularState
from contracts.family.procedure_words import Code
from contracts.family.request_words import RequestStatus
from contracts.family.school_events import SchoolLevel
from contracts.family.schools import CLASSES_MAX, SchoolYear
from contracts.http import Day, Email, SiteCode


class CircularGroup(Model):
    """The pupils of a school year: of one school, or of every one; of these levels and classes, or of all where none is named."""

    school_year: SchoolYear
    school_code: SiteCode | None = None
    levels: Annotated[tuple[SchoolLevel, ...], Field(max_length=len(SchoolLevel))] = ()
    class_ids: Annotated[tuple[UUID, ...], Field(max_length=CLASSES_MAX)] = ()


class CircularCreate(CircularGroup):
    """A procedure about a child that is sent to a group, to be answered until `ends_on`. What a family sent since `since_on` is an answer already."""

    code: Code
    ends_on: Day
    since_on: Day


class CircularPreview(Model):
    """Whom a circular would ask: children, their households, and the answers that are awaited, one for each home of a child; how many came already, and how many
    homes have no adult who can be mailed."""

    child_count: int
    household_count: int
    line_count: int
    answered_count: int
    unreached_count: int


class SentCircular(Model):
    """The circular that was sent."""

    circular_id: UUID


class CircularLine(Model):
    """A circular in a list, with its answers."""

    circular_id: UUID
    code: Code
    label: str
    school_year: int
    school_label: str | None
    ends_on: date
    created_at: datetime
    closed_at: datetime | None
    line_count: int
    answered_count: int


class Circular(CircularLine):
    """A circular whole. `wanted_count`: mails that are on their way. `late_count`: answers to ask of who joined the group since. `is_remindable`: nobody was written
    to today."""

    school_code: str | None
    levels: tuple[SchoolLevel, ...]
    class_labels: tuple[str, ...]
    since_on: date
    remind_on: date | None
    mailed_on: date
    created_by: UUID
    closed_by: UUID | None
    child_count: int
    household_count: int
    unreached_count: int
    wanted_count: int
    late_count: int
    is_remindable: bool


class CircularChild(Model):
    """A child and one of its homes that a circular asks. `request_id`: the answer, for agents who may read it."""

    child_id: UUID
    household_id: UUID
    reference: str
    first_name: str
    last_name: str
    birth_on: date
    class_label: str | None
    state: CircularState
    told_at: datetime | None
    reminded_at: datetime | None
    answered_at: datetime | None
    number: str | None
    request_id: UUID | None
    request_status: RequestStatus | None


class OwnCircular(Model):
    """What a family is asked to fill in for a child until a day. `is_begun`: the household has a draft of it."""

    circular_id: UUID
    code: Code
    label: str
    child_id: UUID
    name: str
    ends_on: date
    is_begun: bool


class OwnCirculars(Model):
    """What a household is asked and did not answer, the first to end first."""

    household_id: UUID
    items: tuple[OwnCircular, ...]


class CircularLetter(Model):
    """What is sealed of a mail about a circular: one for all the children of a household whom its reader answers for."""

    email: Email
    label: str
    names: Annotated[tuple[str, ...], Field(min_length=1)] = Field(repr=False)
    ends_on: date
    is_reminder: bool
    service: str
    telephone: str = ""
