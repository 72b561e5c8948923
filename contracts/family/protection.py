"""What travels about a protected address: why it is, until when a decision asks for it, and the address for whoever may see it."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.family.models import Reason
from contracts.http import Day, LongText


class AddressProtection(Model):
    """Why an address is protected, from which day a decision asks for it, and until which if it says so; both days count. The protection
    begins at once, and ends when an agent ends it: no day that was typed shows an address again."""

    reason: Reason
    starts_on: Day
    ends_on: Day | None = None


class ProtectionEnd(Model):
    """Why an address is protected no longer."""

    reason: Reason


class ProtectionAsked(Model):
    """What an adult of a household writes who asks for its address to be protected: why, and how to reach them without danger."""

    message: Annotated[LongText, Field(min_length=1)]
    household_id: UUID | None = None


class ProtectionRequest(Model):
    """A request that waits. `is_address_protected`: it is by now."""

    request_id: UUID
    household_id: UUID
    reference: str
    asked_by_name: str
    message: str
    is_address_protected: bool
    asked_at: datetime


class ProtectedHousehold(Model):
    """A household whose address is protected. `is_overdue`: the day until which the decision asks for it has passed."""

    household_id: UUID
    reference: str
    payer_name: str
    reason: str
    starts_on: date
    ends_on: date | None
    is_overdue: bool
    protected_at: datetime
    protected_by: UUID
