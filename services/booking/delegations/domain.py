"""What somebody may do by a delegation: what its parent may do today, for its children, its acts and its days alone. Pure."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from chassis.refusal import FieldRefusal, NotFound, Refusal

from ..errors import ActNotDelegated, DelegationOver
from ..places.domain import BookingFacts, SlotFacts


class DelegatedAct(StrEnum):
    """The acts that this service knows. One that it does not know opens nothing."""

    READ_CALENDAR = "calendar.read"
    BOOK_DAYS = "days.book"


EXPIRED: Final = "expired"
AUTHORITY_LOST: Final = "authority_lost"
"""What ended a delegation that the family service has not said to have ended yet."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """A delegation today. `child_ids` are those of its children whom its parent answers for in its household today and whom its delegate may
    fetch, `ending` what ended it."""

    delegation_id: UUID
    household_id: UUID
    parent_id: UUID
    delegate_id: UUID
    child_ids: Set[UUID]
    acts: Set[str]
    begins_on: date
    ends_on: date
    ending: str | None

    def has(self, booking: BookingFacts) -> bool:
        """Whether a booking is of its household, for one of its children, and of no day before it began."""
        is_known = booking.slot.service_on >= self.begins_on
        return is_known and booking.household_id == self.household_id and booking.child_id in self.child_ids

    def shows(self, service_on: date) -> bool:
        """Whether a day is between its first and its last one."""
        return self.begins_on <= service_on <= self.ends_on

    def beyond(self, slot: SlotFacts) -> FieldRefusal | None:
        """What stands against a day before its first or after its last one."""
        if self.shows(slot.service_on):
            return None
        if slot.service_on < self.begins_on:
            facts = {"begins_on": self.begins_on, "service_on": slot.service_on, "activity": slot.activity_label}
            return FieldRefusal("slot_id", "before_delegation", tuple(facts.items()))
        facts = {"ends_on": self.ends_on, "service_on": slot.service_on, "activity": slot.activity_label}
        return FieldRefusal("slot_id", "after_delegation", tuple(facts.items()))


def refusal(delegation: Delegation | None, person_id: UUID, act: DelegatedAct, today: date) -> Refusal | None:
    """Why somebody may not do this by a delegation today; None when they may. Somebody else's is not there."""
    if delegation is None or delegation.delegate_id != person_id:
        return NotFound()
    ending = delegation.ending
    if ending is None and delegation.ends_on < today:
        ending = EXPIRED
    if ending is None and not delegation.child_ids:
        ending = AUTHORITY_LOST
    if ending is not None:
        return DelegationOver(end=ending)
    return None if act in delegation.acts else ActNotDelegated(act=act.value)
