"""A child who changes files: days that stay booked where it does not belong any more, and what an agent decides of them."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Model
from contracts.http import Day, LongText

CHILDREN_MAX: Final = 15


class MovedHome(Model):
    """A household that the child belongs to on the first of these days."""

    household_id: UUID
    reference: str


class StrayDays(Model):
    """Days that an enrollment has booked after the child left its household, from today on; `homes` are where the child is by then.
    `child_birth_on` is said of those alone who have a namesake in the list."""

    enrollment_id: UUID
    household_id: UUID
    reference: str
    child_id: UUID
    child_name: str
    child_birth_on: date | None = None
    activity_label: str
    first_on: date
    last_on: date
    day_count: int
    homes: tuple[MovedHome, ...]


class EnrollmentMove(Model):
    """To which household of the child an enrollment goes, with what is booked, from which day on; the reason is told to the household that it leaves."""

    household_id: UUID
    from_on: Day
    reason: LongText


class DaysMoveCreate(Model):
    """Everything that children of a household have from a day on is to go along to another one that they belong to."""

    household_id: UUID
    child_ids: tuple[UUID, ...] = Field(min_length=1, max_length=CHILDREN_MAX)
    from_on: Day


class DaysMove(DaysMoveCreate):
    """The same as it was shown: `fingerprint` stands for what would go along, and another one is refused. The reason is told to the household that is left."""

    reason: LongText
    fingerprint: Annotated[str, StringConstraints(min_length=64, max_length=64)]


class EnrollmentAlong(Model):
    """An enrollment that would go along with a child: its days there, and those that are booked. `obstacle`: the code of what stands against it."""

    enrollment_id: UUID
    child_id: UUID
    child_name: str
    activity_label: str
    starts_on: date
    ends_on: date
    booked_on: tuple[date, ...]
    obstacle: str | None = None


class DaysMovePreview(Model):
    """What would go along, from one file to another."""

    reference: str
    to_reference: str
    from_on: date
    enrollments: tuple[EnrollmentAlong, ...]
    fingerprint: str


class DaysMoved(Model):
    """What went along."""

    enrollment_count: int
    day_count: int
