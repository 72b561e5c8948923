"""What travels about children who are expected, and of their births."""

from datetime import date
from uuid import UUID

from contracts.event import Model
from contracts.http import Day, ShortText


class Birth(Model):
    """A child who was expected is born; `birth_on` is today at the latest."""

    first_name: ShortText
    last_name: ShortText
    birth_on: Day


class ExpectedChild(Model):
    """A child whose birth nobody registered yet; `is_silent`: it is so long after the day that an agent is to ask the family."""

    child_id: UUID
    household_id: UUID
    reference: str
    first_name: str
    last_name: str
    expected_on: date
    is_silent: bool


class BornChild(Model):
    """A child's civil status."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_on: date
