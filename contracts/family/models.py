"""What travels in the requests and answers of the family service."""

import re
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from contracts.event import Model
from contracts.family.child_events import FieldRule
from contracts.family.events import Address, Adult, HouseholdKind, Organization, Quotient
from contracts.family.organizations import OrganizationCreate
from contracts.http import FRENCH_POSTAL_CODE, LINE, TEXT, Day, Email, Phone, PostalCode, ShortText
from contracts.types import Cents, Civility, QuotientSource

PostalLine = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=38, pattern=LINE)]
"""A line of a postal address. Source: AFNOR, NF Z 10-011: 38 characters a line at most."""
PostalCity = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32, pattern=LINE)]
"""What stands on the last line after the postal code and a space."""
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=TEXT)]
PostalCountry = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=38, pattern=LINE)]
"""A country as its line of an address has it."""
HOME_COUNTRY = "france"
QuotientCents = Annotated[Cents, Field(ge=0, le=10_000_000, strict=True)]
"""A family quotient in cents a month."""


class AdultCreate(Model):
    """An adult of a new file. Who has an `email` is invited to the portal there; who has none goes to the counter."""

    civility: Civility
    first_name: ShortText
    last_name: ShortText
    email: Email | None = None
    phone: Phone | None = None


class AddressCreate(Model):
    """A postal address. `country` is named in French where it is another one, whose postal codes are its own; France is no country of this form."""

    street: PostalLine
    complement: PostalLine | None = None
    country: PostalCountry | None = None
    postal_code: PostalCode
    city: PostalCity

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines before the one of the city."""
        return (self.street, *((self.complement,) if self.complement else ()))

    @field_validator("country")
    @classmethod
    def _abroad(cls, country: str | None) -> str | None:
        return None if country is not None and country.casefold() == HOME_COUNTRY else country

    @field_validator("postal_code")
    @classmethod
    def _of_country(cls, postal_code: str, address: ValidationInfo) -> str:
        if address.data.get("country") is None and not re.fullmatch(FRENCH_POSTAL_CODE, postal_code):
            raise ValueError("a French postal code has five digits; say which country this one is of")
        return postal_code


class ChildCreate(Model):
    """A child, under 18; `birth_on` is today at the latest."""

    first_name: ShortText
    last_name: ShortText
    birth_on: Day


class ExpectedChildCreate(Model):
    """A child who is expected, at most ten months ahead; without a first name it is called as the town's settings say."""

    first_name: ShortText | None = None
    last_name: ShortText
    expected_on: Day


class QuotientChange(Model):
    """A family quotient in cents a month, valid from a day."""

    value_cents: QuotientCents
    effective_on: Day
    source: QuotientSource = QuotientSource.AGENT


class HouseholdCreate(Model):
    """What an agent types to open a household's file. `known_child_ids` are children who have another home already. Of an organization, the
    guardian is who represents it, and there are no children and no quotient. `twin_reason` says why there is to be a file beside one that it looks like,
    where the same adult has the same child. `secret_reason` says why the address is protected from the start: it is told nowhere, not even once."""

    kind: HouseholdKind = HouseholdKind.INDIVIDUAL
    organization: OrganizationCreate | None = None
    guardian: AdultCreate
    co_guardian: AdultCreate | None = None
    address: AddressCreate
    # A list: pydantic would call a one-item tuple too short as soon as its item is wrong.
    children: list[ChildCreate] = Field(max_length=15)
    expected_children: list[ExpectedChildCreate] = Field(default=[], max_length=5)
    known_child_ids: tuple[UUID, ...] = Field(default=(), max_length=15)
    quotient: QuotientChange | None = None
    twin_reason: Reason | None = None
    secret_reason: Reason | None = None


class HouseholdAdult(Adult):
    """An adult of a household, and since when and until when they belong to it; both days count. `is_representative`: they answer today for a child of it."""

    is_representative: bool = False
    starts_on: date
    ends_on: date | None


class HouseholdChild(Model):
    """A child of a household, and since when and until when they belong to it; both days count. Of one that `is_expected`, `birth_on` is the day."""

    child_id: UUID
    first_name: str
    last_name: str
    birth_on: date
    is_expected: bool = False
    starts_on: date
    ends_on: date | None


class MergedFile(Model):
    """A file that is part of another one, or that one."""

    household_id: UUID
    reference: str


class Household(Model):
    """A household, whole, as its adults and entitled agents see it: who belongs to it today or will. `payer_adult_id` pays today. `organization`:
    whose file it is, if it is no person's. There is no `address` while it is protected. `hidden_fields` are those of how its adults are reached (`phone`, `email`,
    `address`) that the town does not show to families: a family reads none of them, nor whether the address is protected. `merged_into`: the file that it is part of by now;
    `merged_files`: those that are part of it. `archived_on`: since when it is put aside: those who belonged to it are shown."""

    household_id: UUID
    reference: str
    kind: HouseholdKind = HouseholdKind.INDIVIDUAL
    organization: Organization | None = None
    archived_on: date | None = None
    address: Address | None
    adults: tuple[HouseholdAdult, ...]
    children: tuple[HouseholdChild, ...]
    payer_adult_id: UUID | None
    quotient: Quotient | None
    created_at: datetime
    merged_into: MergedFile | None = None
    merged_files: tuple[MergedFile, ...] = ()
    hidden_fields: tuple[str, ...] = ()

    @property
    def is_address_protected(self) -> bool:
        """Whether the address stands in no answer but the one that is given to whoever asks to see it, which is noted."""
        return self.address is None and "address" not in self.hidden_fields


class HouseholdReference(Model):
    """A household by its names: what somebody with several chooses from. `payer_name` is the legal name of an organization."""

    household_id: UUID
    reference: str
    payer_name: str
    kind: HouseholdKind = HouseholdKind.INDIVIDUAL


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


class ContactHome(Model):
    """A household that an adult belongs to, and its address, if that is not protected."""

    household_id: UUID
    reference: str
    address: Address | None


class Contact(Model):
    """How the town reaches an adult. `homes` are the households that they belong to; an agent sees those of the days to come too. `rules` say what may be done with
    `phone`, `email` and `address`, of which those that are hidden stand in no answer; `is_waiting`: a request for one of them waits for an agent already.

    `version` stands for these values: a change names the one that it was made from.
    """

    adult_id: UUID
    civility: Civility
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    homes: tuple[ContactHome, ...]
    rules: dict[str, FieldRule]
    is_waiting: bool
    version: str


class HomeAddress(AddressCreate):
    """The address of a household, for all who live there."""

    household_id: UUID


class ContactChange(Model):
    """An adult's telephone number, none when it is left out, and what else changes: an e-mail address or a home's that is left out stays.

    Of an adult who corrects themselves, the town's rule for each field says whether that is carried out at once, waits for an agent, or is refused; agents always may.
    """

    version: ShortText
    phone: Phone | None = None
    email: Email | None = None
    address: HomeAddress | None = None
