"""What travels in the requests and answers of the family service."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.family.events import Address, Child, Guardian, Quotient
from contracts.http import Day, Email, Phone, PostalCode, ShortText
from contracts.types import Cents, Civility, QuotientSource


class GuardianCreate(Model):
    """The adult who opens the file. They are invited to the portal at `email`."""

    civility: Civility
    first_name: ShortText
    last_name: ShortText
    email: Email
    phone: Phone | None = None


class CoGuardianCreate(Model):
    """The second adult of the file, if there is one. They are invited to the portal only when they have an `email`."""

    civility: Civility
    first_name: ShortText
    last_name: ShortText
    email: Email | None = None
    phone: Phone | None = None


class AddressCreate(Model):
    """A French postal address."""

    street: ShortText
    complement: ShortText | None = None
    postal_code: PostalCode
    city: ShortText


class ChildCreate(Model):
    """A child, under 18; `birth_on` is today at the latest."""

    first_name: ShortText
    last_name: ShortText
    birth_on: Day


class QuotientChange(Model):
    """A family quotient in cents a month, valid from a day."""

    value_cents: Annotated[Cents, Field(ge=0, le=10_000_000, strict=True)]
    effective_on: Day
    source: QuotientSource = QuotientSource.AGENT


class HouseholdCreate(Model):
    """What an agent types to open a household's file."""

    guardian: GuardianCreate
    co_guardian: CoGuardianCreate | None = None
    address: AddressCreate
    # A list: pydantic would call a one-item tuple too short as soon as its item is wrong.
    children: list[ChildCreate] = Field(min_length=1, max_length=15)
    quotient: QuotientChange | None = None


class Household(Model):
    """A household, whole, as its guardians and entitled agents see it."""

    household_id: UUID
    reference: str
    address: Address
    guardians: tuple[Guardian, ...]
    children: tuple[Child, ...]
    payer_guardian_id: UUID
    quotient: Quotient | None
    created_at: datetime


class HouseholdSummary(Model):
    """A row of the agents' family search."""

    household_id: UUID
    reference: str
    payer_name: str
    email: str | None
    city: str
    children: tuple[str, ...]
    created_at: datetime
