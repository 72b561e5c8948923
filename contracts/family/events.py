"""Events of the family service."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from contracts.event import Event, Model
from contracts.family.import_words import ImportColumn as ImportColumn
from contracts.family.import_words import ImportFinding as ImportFinding
from contracts.family.people import Address as Address
from contracts.family.people import Adult as Adult
from contracts.family.people import ChildMembership as ChildMembership
from contracts.family.people import DelegatedAct as DelegatedAct
from contracts.family.people import DelegateName as DelegateName
from contracts.family.people import DelegationEnd as DelegationEnd
from contracts.family.people import EvidenceKind as EvidenceKind
from contracts.family.people import FileMerged as FileMerged
from contracts.family.people import HolidayTurns as HolidayTurns
from contracts.family.people import HouseholdKind as HouseholdKind
from contracts.family.people import HouseholdPayer as HouseholdPayer
from contracts.family.people import Membership as Membership
from contracts.family.people import Organization as Organization
from contracts.family.people import RegistrationAnswer as RegistrationAnswer
from contracts.family.people import RegistrationStatus as RegistrationStatus
from contracts.family.people import Residence as Residence
from contracts.family.people import Responsibility as Responsibility
from contracts.family.people import SamePerson as SamePerson
from contracts.types import QuotientSource


class HouseholdState(Event):
    """A household, whole: its home, its adults, who belongs to it when, and who pays. Personal data: state topic only. A tombstone
    erases it. `adults` are those of `adult_members`, in the order of the file. `kind` is one of `HouseholdKind`, as this release knows them: more
    may come; of any but a person's file `organization` says whose it is, and it has no children. There is no `address` while it is protected: nobody
    learns it, and letters go by the town's own route. `merged`: it is part of another file by now."""

    event_type: ClassVar[str] = "family.household_state.v1"
    topic: ClassVar[str] = "family.households"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    reference: str
    address: Address | None
    adults: tuple[Adult, ...]
    adult_members: tuple[Membership, ...]
    child_members: tuple[ChildMembership, ...]
    payers: tuple[HouseholdPayer, ...]
    created_at: datetime
    kind: str = HouseholdKind.INDIVIDUAL
    organization: Organization | None = None
    merged: FileMerged | None = None


class ChildState(Event):
    """A child's civil status; while it `is_expected`, `birth_on` is the day on which the birth is. Personal data: state topic only. A tombstone erases it."""

    event_type: ClassVar[str] = "family.child_state.v1"
    topic: ClassVar[str] = "family.children"
    key_field: ClassVar[str] = "child_id"

    child_id: UUID
    first_name: str
    last_name: str
    birth_on: date
    is_expected: bool = False


class ResponsibilityState(Event):
    """Who answers for a child, and where the child lives. Custody: read only by those who decide by it. A tombstone erases it."""

    event_type: ClassVar[str] = "family.responsibility_state.v1"
    topic: ClassVar[str] = "family.responsibilities"
    key_field: ClassVar[str] = "child_id"

    child_id: UUID
    responsibilities: tuple[Responsibility, ...]
    residences: tuple[Residence, ...]


class Quotient(Model):
    """A family quotient in cents, valid from a day until the next one starts, or until its last day `ends_on` where it has one: from then on none counts."""

    value_cents: int
    effective_on: date
    source: QuotientSource
    ends_on: date | None = None


class QuotientState(Event):
    """Every known quotient of a household, oldest first, and since when the proof of another waits. Income data: read by billing alone."""

    event_type: ClassVar[str] = "family.quotient_state.v1"
    topic: ClassVar[str] = "family.quotients"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    quotients: tuple[Quotient, ...]
    awaited_since_on: date | None = None


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

    `fields` are some of `phone`, `email`, `address`: more may come."""

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


class EmailLinkIssued(Event):
    """An adult asked to have another e-mail address, which gets a link to confirm it, useless after `expires_at`. That address and the
    secret of the link are sealed for the notifications service alone: the JSON of `contracts.family.email_changes.MailedLink`.
    """

    event_type: ClassVar[str] = "family.email_link_issued.v1"
    topic: ClassVar[str] = "family.email_changes"
    key_field: ClassVar[str] = "adult_id"

    adult_id: UUID
    sealed: str
    requested_at: datetime
    expires_at: datetime


class EmailChangeAsked(Event):
    """An adult asked to have another e-mail address, which the holder of the present one hears of: that one, sealed."""

    event_type: ClassVar[str] = "family.email_change_asked.v1"
    topic: ClassVar[str] = "family.email_changes"
    key_field: ClassVar[str] = "adult_id"

    adult_id: UUID
    sealed: str
    requested_at: datetime
    expires_at: datetime


class RegistrationAnswered(Event):
    """Somebody without an account asked for a space, or was refused one, which they are told by mail: their address and the reason, sealed for
    the notifications service alone. The sealed text is the JSON of `contracts.family.registrations.RegistrationLetter`.
    """

    event_type: ClassVar[str] = "family.registration_answered.v1"
    topic: ClassVar[str] = "family.registrations"
    key_field: ClassVar[str] = "registration_id"

    registration_id: UUID
    answer: RegistrationAnswer
    sealed: str
    answered_at: datetime


class ChangeRefused(Event):
    """A change that a family asked for was refused, which whoever asked is told by mail: their address and the reason, sealed for the notifications
    service alone: the JSON of `contracts.family.registrations.RegistrationLetter`."""

    event_type: ClassVar[str] = "family.change_refused.v1"
    topic: ClassVar[str] = "family.change_refusals"
    key_field: ClassVar[str] = "change_id"

    change_id: UUID
    sealed: str
    refused_at: datetime


class DelegationState(Event):
    """What a parent lets somebody do for children of a household, from the day on which it was given until one that still counts. It names nobody. A
    tombstone erases it.

    `acts` are some of `DelegatedAct` and `end` is one of `DelegationEnd`, as this release knows them: more may come.
    """

    event_type: ClassVar[str] = "family.delegation_state.v1"
    topic: ClassVar[str] = "family.delegations"
    key_field: ClassVar[str] = "delegation_id"

    delegation_id: UUID
    household_id: UUID
    parent_id: UUID
    delegate_id: UUID
    child_ids: tuple[UUID, ...]
    acts: tuple[str, ...]
    begins_on: date
    ends_on: date
    end: str | None
    ended_at: datetime | None


class DelegateState(Event):
    """Somebody who helps families, whole. An adult of a file has no `email` here: the file says it, and their account is a family's.
    Personal data: state topic only. A tombstone erases it, and the account that it opened."""

    event_type: ClassVar[str] = "family.delegate_state.v1"
    topic: ClassVar[str] = "family.delegates"
    key_field: ClassVar[str] = "delegate_id"

    delegate_id: UUID
    first_name: str
    last_name: str
    email: str | None
    delegations: tuple[DelegateName, ...]


class DelegateAsked(Event):
    """Somebody who has an account was given a delegation, of which they hear by mail; who has none yet hears of it by their invitation."""

    event_type: ClassVar[str] = "family.delegate_asked.v1"
    topic: ClassVar[str] = "family.delegate_facts"
    key_field: ClassVar[str] = "delegate_id"

    delegate_id: UUID
    delegation_id: UUID
    ends_on: date
    asked_at: datetime


class DelegationGiven(Event):
    """A parent lets somebody else act for children of the household."""

    event_type: ClassVar[str] = "family.delegation_given.v1"
    topic: ClassVar[str] = "family.household_facts"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    delegation_id: UUID
    parent_id: UUID
    child_ids: tuple[UUID, ...]
    ends_on: date
    given_at: datetime


class DelegationEnded(Event):
    """A delegation of the household ended; `end` is one of `DelegationEnd`."""

    event_type: ClassVar[str] = "family.delegation_ended.v1"
    topic: ClassVar[str] = "family.household_facts"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    delegation_id: UUID
    end: str
    ended_at: datetime


class CareState(Event):
    """What whoever has a child in care needs to know of it: the JSON of `contracts.family.care.Care`, sealed with the public key that its
    reader made for this child alone, `sealed_for`. Who erases the private key has erased every record of it, also those that a compacted
    topic still keeps. A tombstone erases it."""

    event_type: ClassVar[str] = "family.care_state.v1"
    topic: ClassVar[str] = "family.care"
    key_field: ClassVar[str] = "child_id"

    child_id: UUID
    sealed_for: str
    sealed: str
