"""What travels when a civil status is corrected, or a child added: by a family at once or as a request that an agent decides, and by an agent at the counter."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from pydantic import Field

from contracts.event import Model
from contracts.family.child_events import ChangeStatus, FieldRule
from contracts.family.events import Address
from contracts.family.procedure_words import Code
from contracts.http import Day, LongText, ShortText
from contracts.types import Civility

GUARDIANS_MAX: Final = 10


class StatusFields(Model):
    """A civil status, or what of it is meant; of an adult `civility`, of a child `birth_on`."""

    civility: Civility | None = None
    first_name: ShortText | None = None
    last_name: ShortText | None = None
    birth_on: Day | None = None


class ChangedFields(StatusFields):
    """What a change is about: of a civil status, or of how an adult is reached."""

    phone: str | None = None
    email: str | None = None
    address: Address | None = None


class CivilStatus(StatusFields):
    """What is known of somebody, as far as the town shows it, and what their family may do with each field. `is_waiting`: a request for them waits
    already. `version` stands for these values."""

    person_id: UUID
    rules: dict[str, FieldRule]
    is_waiting: bool
    version: ShortText


class StatusChange(StatusFields):
    """A civil status as it is to be; what is left out stays. `version` is the one that was read."""

    version: ShortText


class ChildWanted(Model):
    """A child that a family has, or expects, and its file has not. Of one that `is_expected`, `birth_on` is the day, and the town has a word for it without a
    first name. `guardian_ids`: the adults of the household who answer for the child, as an agent says; a family says none, for whoever asks does."""

    first_name: ShortText | None = None
    last_name: ShortText
    birth_on: Day
    is_expected: bool = False
    guardian_ids: list[UUID] = Field(default_factory=list, max_length=GUARDIANS_MAX)
    household_id: UUID | None = None


class ChangeAsked(Model):
    """What became of it: `change_id` of the request that waits for an agent, None where none does; `is_done`: something was carried out at once."""

    change_id: UUID | None
    is_done: bool


class PersonChange(Model):
    """A change that was asked for: what was there, nothing of a new child, and what is to be. `person_id` is whom it is about, or the id that a new
    child gets, who may be one that `is_expected`. `is_contact`: how they are reached. `fields` are those that change, also to nothing. `is_stale`: what was there is not
    there any more, or whoever asked belongs to the household no longer. `is_address_hidden`: the address is protected, and stands in neither."""

    change_id: UUID
    household_id: UUID
    person_id: UUID
    reference: str
    is_new_child: bool
    is_expected: bool
    is_contact: bool
    name: str
    status: ChangeStatus
    fields: tuple[str, ...]
    before: ChangedFields
    after: ChangedFields
    is_stale: bool
    is_address_hidden: bool
    asked_by_name: str
    asked_at: datetime
    decided_on: date | None
    reason: str | None


class PersonChanges(Model):
    """Changes: for agents those that wait, the oldest first; for an adult those that they asked for, the newest first. `add_child` is what a family may do, and
    `add_child_by` the procedure by which it asks for that, where the town has one; `next_cursor`: of the next page, if there is one."""

    add_child: FieldRule
    add_child_by: Code | None = None
    items: tuple[PersonChange, ...]
    next_cursor: str | None = None


class ChangeDecision(Model):
    """Carry a change out, or refuse it; a refusal says why, and the reason is mailed."""

    is_accepted: bool
    reason: LongText | None = None
