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


class Adult(Model):
    """An adult, as each of their households knows them. `is_invited`: the town opens a portal account for them. Of two households'
    words on the same adult, those of the greater `revision` are the later ones.
    """

    adult_id: UUID
    civility: Civility
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    is_invited: bool
    revision: int


class Membership(Model):
    """Somebody belongs to a household, from a day until a day; both count, and without the latter there is no end in sight."""

    person_id: UUID
    starts_on: date
    ends_on: date | None


class ChildMembership(Membership):
    """A child belongs to a household, which calls the child by this name: the first name, and as much more as tells it from the others'."""

    name: str


class HouseholdPayer(Model):
    """The adult who pays for the household's days, from a day until a day; both count."""

    adult_id: UUID
    starts_on: date
    ends_on: date | None


class HouseholdState(Event):
    """A household, whole: its home, its adults, who belongs to it when, and who pays. Personal data: state topic only. A tombstone
    erases it. `adults` are those of `adult_members`, in the order of the file."""

    event_type: ClassVar[str] = "family.household_state.v1"
    topic: ClassVar[str] = "family.households"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    reference: str
    address: Address
    adults: tuple[Adult, ...]
    adult_members: tuple[Membership, ...]
    child_members: tuple[ChildMembership, ...]
    payers: tuple[HouseholdPayer, ...]
    created_at: datetime


class ChildState(Event):
    """A child's civil status. Personal data: state topic only. A tombstone erases it."""

    event_type: ClassVar[str] = "family.child_state.v1"
    topic: ClassVar[str] = "family.children"
    key_field: ClassVar[str] = "child_id"

    child_id: UUID
    first_name: str
    last_name: str
    birth_on: date


class Responsibility(Model):
    """What an adult is to the child, from a day until a day; both count.

    `role` is one of `ResponsibilityRole` and `authority` of `Authority`, as this release knows them: more may come.
    """

    adult_id: UUID
    role: str
    authority: str
    starts_on: date
    ends_on: date | None


class Residence(Model):
    """Where the child lives, from a day until a day; both count. `pattern` is one of `ResidencePattern`; the households are in its order."""

    pattern: str
    household_ids: tuple[UUID, ...]
    anchor_on: date | None
    starts_on: date
    ends_on: date | None


class ResponsibilityState(Event):
    """Who answers for a child, and where the child lives. Custody: read only by those who decide by it. A tombstone erases it."""

    event_type: ClassVar[str] = "family.responsibility_state.v1"
    topic: ClassVar[str] = "family.responsibilities"
    key_field: ClassVar[str] = "child_id"

    child_id: UUID
    responsibilities: tuple[Responsibility, ...]
    residences: tuple[Residence, ...]


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


class ContactChanged(Event):
    """How an adult of the household is reached was corrected, by themselves or, without a `by_adult_id`, by the town. The household's
    state says what it is now; it comes after this.

    `fields` are some of `phone`, `email`, `address`: more may come.
    """

    event_type: ClassVar[str] = "family.contact_changed.v1"
    topic: ClassVar[str] = "family.household_facts"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    adult_id: UUID
    by_adult_id: UUID | None
    fields: tuple[str, ...]
    changed_at: datetime


class ChildAdded(Event):
    """A child joined a household's file."""

    event_type: ClassVar[str] = "family.child_added.v1"
    topic: ClassVar[str] = "family.household_facts"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    child_id: UUID
    added_at: datetime


class ChildCameOfAge(Event):
    """A child of the household is 18: nobody answers for them any longer. `last_day_on` was the last day of responsibility."""

    event_type: ClassVar[str] = "family.child_came_of_age.v1"
    topic: ClassVar[str] = "family.household_facts"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    child_id: UUID
    last_day_on: date
    noted_at: datetime
