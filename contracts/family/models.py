"""What travels in the requests and answers of the family service."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Model
from contracts.family.events import Address, Adult, Quotient
from contracts.http import LINE, Day, Email, Phone, PostalCode, ShortText
from contracts.types import Authority, Cents, Civility, QuotientSource, ResidencePattern, ResponsibilityRole

PostalLine = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=38, pattern=LINE)]
"""A line of a postal address. Source: AFNOR, NF Z 10-011: 38 characters a line at most."""
PostalCity = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32, pattern=LINE)]
"""What stands on the last line after the postal code and a space."""


class AdultCreate(Model):
    """An adult of a new file. Who has an `email` is invited to the portal there; who has none goes to the counter."""

    civility: Civility
    first_name: ShortText
    last_name: ShortText
    email: Email | None = None
    phone: Phone | None = None


class AddressCreate(Model):
    """A French postal address."""

    street: PostalLine
    complement: PostalLine | None = None
    postal_code: PostalCode
    city: PostalCity


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
    """What an agent types to open a household's file. `known_child_ids` are children who have another home already."""

    guardian: AdultCreate
    co_guardian: AdultCreate | None = None
    address: AddressCreate
    # A list: pydantic would call a one-item tuple too short as soon as its item is wrong.
    children: list[ChildCreate] = Field(max_length=15)
    known_child_ids: tuple[UUID, ...] = Field(default=(), max_length=15)
    quotient: QuotientChange | None = None


class HouseholdAdult(Adult):
    """An adult of a household, and since when and until when they belong to it; both days count."""

    starts_on: date
    ends_on: date | None


class HouseholdChild(Model):
    """A child of a household, and since when and until when they belong to it; both days count."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_on: date
    starts_on: date
    ends_on: date | None


class Household(Model):
    """A household, whole, as its adults and entitled agents see it: who belongs to it today or will. `payer_adult_id` pays today."""

    household_id: UUID
    reference: str
    address: Address
    adults: tuple[HouseholdAdult, ...]
    children: tuple[HouseholdChild, ...]
    payer_adult_id: UUID | None
    quotient: Quotient | None
    created_at: datetime


class HouseholdReference(Model):
    """A household by its names: what somebody with several chooses from."""

    household_id: UUID
    reference: str
    payer_name: str


class MembershipChange(Model):
    """From when, and until when if that is known, somebody belongs to a household; both days count."""

    starts_on: Day
    ends_on: Day | None = None


class MembershipEnd(Model):
    """The last day on which somebody belongs to a household."""

    ends_on: Day


class PayerChange(Model):
    """Who pays for a household's days, from a day until another one if that is known; both days count."""

    adult_id: UUID
    starts_on: Day
    ends_on: Day | None = None


class ResponsibilityChange(Model):
    """What an adult is to a child, from a day on; the day before the child's majority is the last one at the latest.

    `evidence` says what was shown to the agent: a judgment with its date, an agreement.
    """

    role: ResponsibilityRole
    authority: Authority = Authority.JOINT
    evidence: ShortText | None = None
    starts_on: Day
    ends_on: Day | None = None


class ResponsibilityEnd(Model):
    """The last day on which an adult is this to a child."""

    role: ResponsibilityRole
    ends_on: Day


class ResidenceChange(Model):
    """Where a child lives from a day on. An alternate pattern names two households, in its order, and an anchor date where it needs one."""

    pattern: ResidencePattern
    household_ids: tuple[UUID, ...] = Field(min_length=1, max_length=2)
    anchor_on: Day | None = None
    evidence: ShortText | None = None
    starts_on: Day
    ends_on: Day | None = None


class ChildResponsibility(Model):
    """What an adult is to the child; both days count."""

    adult_id: UUID
    adult_name: str
    role: ResponsibilityRole
    authority: Authority
    evidence: str | None
    starts_on: date
    ends_on: date | None


class ChildResidence(Model):
    """Where the child lives; both days count."""

    pattern: ResidencePattern
    household_ids: tuple[UUID, ...]
    anchor_on: date | None
    evidence: str | None
    starts_on: date
    ends_on: date | None


class ChildFile(Model):
    """Who answers for a child, and where the child lives."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_on: date
    responsibilities: tuple[ChildResponsibility, ...]
    residences: tuple[ChildResidence, ...]


class ContactHome(Model):
    """A household that an adult belongs to, and its address."""

    household_id: UUID
    reference: str
    address: Address


class Contact(Model):
    """How the town reaches an adult. `homes` are the households that they belong to; an agent sees those of the days to come too.

    `version` stands for these values: a change names the one that it was made from.
    """

    adult_id: UUID
    civility: Civility
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    homes: tuple[ContactHome, ...]
    version: str


class HomeAddress(AddressCreate):
    """The address of a household, for all who live there."""

    household_id: UUID


class ContactChange(Model):
    """An adult's telephone number, none when it is left out, and what else changes: an e-mail address or a home's that is left out stays.

    The e-mail address is for agents alone to change.
    """

    version: ShortText
    phone: Phone | None = None
    email: Email | None = None
    address: HomeAddress | None = None


class HouseholdSummary(Model):
    """A row of the agents' family search."""

    household_id: UUID
    reference: str
    payer_name: str
    email: str | None
    city: str
    children: tuple[str, ...]
    created_at: datetime
