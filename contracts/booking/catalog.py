"""What travels in the requests and answers about sites, activities and their days."""

from datetime import date, time
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from contracts.event import Model
from contracts.family.document_words import KindCode
from contracts.http import Day, ShortText
from contracts.types import ActivityKind

SITES_MAX = 50
GROUPS_MAX = 100
UNITS_MAX = 12
DOCUMENTS_MAX = 10

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
"""A short name that agents give a site, a group or a unit, and that never changes."""


def _civil(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("a civil time has no offset: it is read on the town's clock")
    return at


CivilTime = Annotated[time, AfterValidator(_civil)]


class Site(Model):
    """A place of the town where children are received."""

    code: Code
    label: ShortText


class Unit(Model):
    """A part of the day that can be booked: morning, lunch, afternoon, whole day. The end is excluded.

    It takes places of the units that it `implies`, which imply none themselves; without any it has places of its own. A child
    cannot have it on one day with a unit that it `excludes`, whichever of the two says so.
    """

    code: Code
    label: ShortText
    starts_at: CivilTime
    ends_at: CivilTime
    implies: tuple[Code, ...] = Field(default=(), max_length=UNITS_MAX)
    excludes: tuple[Code, ...] = Field(default=(), max_length=UNITS_MAX)


class GroupCreate(Model):
    """Children of one age or class at a site."""

    site_code: Code
    code: Code
    label: ShortText


class Group(Model):
    """Children of one age or class at a site. Each site of an activity has a group in which a child is when nothing else was said."""

    group_id: UUID
    site_code: str
    code: str
    label: str
    is_default: bool


class Cutoff(Model):
    """Until when a family may act by itself: `days_before` the day, at `at` in the town's time zone."""

    days_before: Annotated[int, Field(ge=0, le=60)]
    at: CivilTime


class ActivityCreate(Model):
    """A new activity. Ages are in full years on the day of the activity, both included. Beside the groups that are named, each
    site gets its default one. `required_documents`: kinds of documents, of the child or of its household, that a family sends before it enrolls or books."""

    kind: ActivityKind
    label: ShortText
    site_codes: tuple[Code, ...] = Field(min_length=1, max_length=SITES_MAX)
    groups: tuple[GroupCreate, ...] = Field(default=(), max_length=GROUPS_MAX)
    units: tuple[Unit, ...] = Field(min_length=1, max_length=UNITS_MAX)
    tariff_code: ShortText
    age_min: Annotated[int, Field(ge=0, le=18)]
    age_max: Annotated[int, Field(ge=0, le=18)]
    starts_on: Day
    ends_on: Day
    cutoff: Cutoff
    required_documents: tuple[KindCode, ...] = Field(default=(), max_length=DOCUMENTS_MAX)


class Activity(Model):
    """An activity of the town's catalogue."""

    activity_id: UUID
    kind: ActivityKind
    label: str
    sites: tuple[Site, ...]
    groups: tuple[Group, ...]
    units: tuple[Unit, ...]
    tariff_code: str
    age_min: int
    age_max: int
    starts_on: date
    ends_on: date
    cutoff: Cutoff
    required_documents: tuple[str, ...]


class ActivityOffer(Model):
    """An activity as it stands for one child.

    `reason` is None when its enrollment can be asked for, else the refusal code that asking would meet, with its
    `params`.
    """

    activity: Activity
    reason: str | None
    params: dict[str, str]


PlaceCount = Annotated[int, Field(ge=0, le=10_000, strict=True)]
"""A number of places of a day."""


class SlotsOpen(Model):
    """Days on which an activity takes place, each with the same number of places; for an open day, its new number.

    The places are those of one group, or of each when none is named, in some of the units that imply no other, or in all of
    these. A unit that implies others is open once all of them are.
    """

    days: tuple[Day, ...] = Field(min_length=1, max_length=366)
    capacity: PlaceCount
    group_id: UUID | None = None
    unit_codes: tuple[Code, ...] = Field(default=(), max_length=UNITS_MAX)


class Slot(Model):
    """A unit of an activity on a day, for a group. `unit_label` and `group_label` are said where the activity has several.

    `capacity` and `taken` are those of the tightest of the pools that it takes places from. `is_closed`: its attendance sheet
    is closed.
    """

    slot_id: UUID
    activity_id: UUID
    activity_label: str
    site_code: str
    site_label: str
    group_id: UUID
    group_label: str | None
    unit_code: str
    unit_label: str | None
    service_on: date
    capacity: int
    taken: int
    is_closed: bool
