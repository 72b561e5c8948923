"""A child who changes files: days that stay booked where it does not belong any more, and what an agent decides of them."""

from datetime import date
from uuid import UUID

from contracts.event import Model
from contracts.http import Day, LongText


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
