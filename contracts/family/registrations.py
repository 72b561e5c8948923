"""What travels when somebody without an account asks for a space, and when an agent decides."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.family.events import HouseholdKind, RegistrationStatus
from contracts.family.models import AddressCreate, AdultCreate, ChildCreate, Reason
from contracts.family.organizations import OrganizationCreate
from contracts.http import Email, LongText


class RegistrationAdult(AdultCreate):
    """An adult without an account who asks for one. They are invited at their address, so that it must be there."""

    email: Email


class RegistrationFields(Model):
    """Who asks for a space: themselves and their children, or the organization that they represent."""

    kind: HouseholdKind = HouseholdKind.INDIVIDUAL
    organization: OrganizationCreate | None = None
    guardian: RegistrationAdult
    children: list[ChildCreate] = Field(max_length=15)


class RegistrationCreate(RegistrationFields):
    """What somebody without an account types to ask for a space: who asks, and where they live. `secret_reason` says why that is secret: no agent reads
    the address then, and the file never tells it."""

    address: AddressCreate
    secret_reason: Reason | None = None


class RegistrationSummary(Model):
    """A row of the requests that wait for an agent; `legal_name` of an organization; there is no `city` where the address is secret."""

    registration_id: UUID
    kind: HouseholdKind
    legal_name: str | None
    first_name: str
    last_name: str
    city: str | None
    child_count: int
    requested_at: datetime


class Registration(RegistrationFields):
    """A request for a space, as agents read it. Once it is decided, `household_id` is the file that was opened, and `reason` why it was refused.
    There is no `address` where it is secret, nor while that of the file is protected."""

    address: AddressCreate | None = None
    registration_id: UUID
    status: RegistrationStatus
    reason: str | None
    household_id: UUID | None
    requested_at: datetime
    decided_at: datetime | None


class RegistrationDecision(Model):
    """Open a file with what was asked, or refuse; a refusal says why, and the reason is mailed."""

    is_accepted: bool
    reason: LongText | None = None


class RegistrationLetter(Model):
    """What is sealed of a mail about a request: where it goes, and why the request was refused."""

    email: Email
    reason: str | None = None
