"""Delegations: what a parent lets somebody else do for children of theirs, until a day."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Model
from contracts.family.events import DelegatedAct, DelegationEnd
from contracts.http import TEXT, Day, Email, ShortText

CHILDREN_MAX: Final = 15
DEFAULT_DELEGATION_DAYS: Final = 365
"""How far ahead the last day of a delegation may be, in a town that says nothing else; 0: families give none there."""


class DelegationCreate(Model):
    """What a parent lets somebody do: whom, by name and address; for which children, which acts, and until which day, which still counts.

    `household_id` is for which home; it goes without saying when the parent has one.
    """

    first_name: ShortText
    last_name: ShortText
    email: Email
    # Lists: pydantic would call a one-item tuple too short as soon as its item is wrong.
    child_ids: list[UUID] = Field(min_length=1, max_length=CHILDREN_MAX)
    acts: list[DelegatedAct] = Field(min_length=1, max_length=len(DelegatedAct))
    ends_on: Day
    household_id: UUID | None = None


class DelegationStop(Model):
    """Why an agent ends a delegation; the household reads it."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=TEXT)]


class DelegatedChild(Model):
    """A child, by the first name, and by as much more as tells it from another one of the same delegation."""

    child_id: UUID
    first_name: str


class Delegation(Model):
    """A delegation as the household and agents see it. `end` is None while it lasts; `end_reason` are an agent's words; `left_children` are those for
    whom it lasts no more. Agents alone are told the id of the delegate: it says whether the portal knew the address before."""

    delegation_id: UUID
    household_id: UUID
    parent_id: UUID
    parent_name: str
    delegate_id: UUID | None
    first_name: str
    last_name: str
    email: str
    children: tuple[DelegatedChild, ...]
    left_children: tuple[DelegatedChild, ...]
    acts: tuple[DelegatedAct, ...]
    given_at: datetime
    ends_on: date
    end: DelegationEnd | None
    ended_at: datetime | None
    end_reason: str | None


class HeldDelegation(Model):
    """A delegation as whoever holds it sees it: for whom they act and until when, and the parent to ask, all by the first name alone."""

    delegation_id: UUID
    parent_first_name: str
    children: tuple[DelegatedChild, ...]
    acts: tuple[DelegatedAct, ...]
    ends_on: date
    end: DelegationEnd | None
    ended_at: datetime | None
