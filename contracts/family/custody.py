"""Who answers for a child, and at which home it is when: what is entered, and what agents and its homes read of it."""

from datetime import date, time
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.family.people import EvidenceKind
from contracts.http import Day, ShortText
from contracts.types import Authority, ResidencePattern, ResponsibilityRole

WeekDay = Annotated[int, Field(ge=1, le=7)]
"""An ISO day of the week: 1 is a Monday."""
FortnightDay = Annotated[int, Field(ge=0, le=13)]


class EvidenceShown(Model):
    """What was shown to the agent: what it is, its date, and in words how it is found again."""

    evidence_kind: EvidenceKind | None = None
    evidence_on: Day | None = None
    evidence: ShortText | None = None


class ResponsibilityChange(EvidenceShown):
    """What an adult is to a child, from a day on; the day before the child's majority is the last one at the latest."""

    role: ResponsibilityRole
    authority: Authority = Authority.JOINT
    starts_on: Day
    ends_on: Day | None = None


class ResponsibilityEnd(Model):
    """The last day on which an adult is this to a child."""

    role: ResponsibilityRole
    ends_on: Day


class ResidenceTurns(Model):
    """When a child changes homes. `change_weekday`: the day of the week on which weeks in turn begin, a Monday when it is left out. `change_hour`: the
    hour, after school when it is left out; the day is the evening's all the same. `second_home_days`: of a fortnight, from 0. `holidays_even_first_id`:
    the home of the first half of holidays that begin in an even year, and of the second half in odd years; none, and weeks go on."""

    change_weekday: WeekDay | None = None
    change_hour: time | None = None
    second_home_days: tuple[FortnightDay, ...] = Field(default=(), max_length=14)
    holidays_even_first_id: UUID | None = None


class ResidenceChange(EvidenceShown, ResidenceTurns):
    """Where a child lives from a day on. An alternate pattern names two households, in its order, and an anchor date where it needs one."""

    pattern: ResidencePattern
    household_ids: tuple[UUID, ...] = Field(min_length=1, max_length=2)
    anchor_on: Day | None = None
    starts_on: Day
    ends_on: Day | None = None


class HomeDaysChange(Model):
    """Days that a child spends at a home whatever the pattern says, both ends counted; without a home, the pattern counts for them again."""

    household_id: UUID | None = None
    starts_on: Day
    ends_on: Day


class ChildResponsibility(Model):
    """What an adult is to the child; both days count."""

    adult_id: UUID
    adult_name: str
    role: ResponsibilityRole
    authority: Authority
    evidence_kind: EvidenceKind | None
    evidence_on: date | None
    evidence: str | None
    starts_on: date
    ends_on: date | None


class ChildResidence(ResidenceTurns):
    """Where the child lives; both days count."""

    pattern: ResidencePattern
    household_ids: tuple[UUID, ...]
    anchor_on: date | None
    evidence_kind: EvidenceKind | None
    evidence_on: date | None
    evidence: str | None
    starts_on: date
    ends_on: date | None


class ChildHome(Model):
    """A household that the child belongs to, or will, by its reference and whoever pays there today; both days count."""

    household_id: UUID
    reference: str
    payer_name: str
    starts_on: date
    ends_on: date | None


class ChildFiles(Model):
    """A child by name, and the households that it belongs to, or will: without where it is when."""

    child_id: UUID
    first_name: str
    last_name: str
    homes: tuple[ChildHome, ...]


class ChildStay(Model):
    """Days in a row that a child spends at a home, both ends counted; no home where nothing says which."""

    household_id: UUID | None
    starts_on: date
    ends_on: date


class ChildFile(Model):
    """Who answers for a child, and where the child lives: `residences` as entered, `swaps` by hand above them, and `stays` from today on as they come."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_on: date
    responsibilities: tuple[ChildResponsibility, ...]
    residences: tuple[ChildResidence, ...]
    swaps: tuple[ChildStay, ...]
    homes: tuple[ChildHome, ...]
    stays: tuple[ChildStay, ...]


class OwnStay(Model):
    """Days in a row of a child at the asking household or not, both ends counted; neither where nothing says so. Of the other home nothing is told."""

    is_here: bool | None
    starts_on: date
    ends_on: date


class ChildWithTurns(Model):
    """A child that lives at the asking household by turns: from today on, as far as `stays` reach. `first_name` tells it from the
    other children of the household; `change_hour`: the hour of today's pattern."""

    child_id: UUID
    first_name: str
    change_hour: time | None
    stays: tuple[OwnStay, ...]
