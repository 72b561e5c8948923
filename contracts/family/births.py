"""What travels about children who are expected, and of their births."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.http import Day, ShortText


class Twin(Model):
    """A child born with the one who was expected, by the same last name unless it is said."""

    first_name: ShortText
    last_name: ShortText | None = None


class Birth(Model):
    """A child who was expected is born, with others of the same birth; `birth_on` is today at the latest."""

    first_name: ShortText
    last_name: ShortText
    birth_on: Day
    twins: Annotated[tuple[Twin, ...], Field(max_length=4)] = ()


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
