"""Events of the family service."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from contracts.event import Event, Model
from contracts.types import Civility, QuotientSource


class Address(Model):
    """A French postal address; `lines` is street first, then complements."""

    lines: tuple[str, ...]
    postal_code: str
    city: str


class Guardian(Model):
    """An adult who answers for the household's children. `is_invited`: the town opens a portal account for them."""

    guardian_id: UUID
    civility: Civility
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    is_invited: bool


class Child(Model):
    """A child of the household."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_on: date


class HouseholdState(Event):
    """A household, whole. Personal data: state topic only. A tombstone erases it."""

    event_type: ClassVar[str] = "family.household_state.v1"
    topic: ClassVar[str] = "family.households"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    reference: str
    address: Address
    guardians: tuple[Guardian, ...]
    children: tuple[Child, ...]
    payer_guardian_id: UUID
    created_at: datetime


class Quotient(Model):
    """A family quotient in cents, valid from a day until the next one starts."""

    value_cents: int
    effective_on: date
    source: QuotientSource


class QuotientState(Event):
    """Every known quotient of a household, oldest first. Income data: read by billing alone."""

    event_type: ClassVar[str] = "family.quotient_state.v1"
    topic: ClassVar[str] = "family.quotients"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    quotients: tuple[Quotient, ...]


class HouseholdCreated(Event):
    """A household was opened by an agent."""

    event_type: ClassVar[str] = "family.household_created.v1"
    topic: ClassVar[str] = "family.household_facts"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    created_at: datetime


class ChildAdded(Event):
    """A child joined a household's file."""

    event_type: ClassVar[str] = "family.child_added.v1"
    topic: ClassVar[str] = "family.household_facts"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    child_id: UUID
    added_at: datetime
