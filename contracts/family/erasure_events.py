"""Facts about files that are erased: ids alone, for whoever keeps something of them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.event import Event


class ErasureAsked(Event):
    """A household's file is to be erased, with those that became part of it (`household_ids`, itself among them). The billing service answers with
    `AccountsJudged`; nothing is erased before."""

    event_type: ClassVar[str] = "family.erasure_asked.v1"
    topic: ClassVar[str] = "family.household_facts"
    key_field: ClassVar[str] = "household_id"

    erasure_id: UUID
    household_id: UUID
    household_ids: tuple[UUID, ...]
    asked_at: datetime


class HouseholdErased(Event):
    """A household's file is erased, with those that had become part of it: whoever kept something of it deletes that."""

    event_type: ClassVar[str] = "family.household_erased.v1"
    topic: ClassVar[str] = "family.household_facts"
    key_field: ClassVar[str] = "household_id"

    household_id: UUID
    household_ids: tuple[UUID, ...]
    erased_at: datetime
