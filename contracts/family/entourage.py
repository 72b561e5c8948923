"""What travels about the people around a child who are no members of a home of it."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from pydantic import Base64Bytes, Field, StringConstraints

from contracts.event import Model
from contracts.family.child_events import EntourageKind
from contracts.family.documents import BODY_BYTES_MAX
from contracts.http import LINE, Day, Phone, ShortText

PEOPLE_MAX: Final = 10
"""How many people of one kind a child has at most."""
PICKUP_AGE_DEFAULT: Final = 18
Relation = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=LINE)]


class EntourageFields(Model):
    """Somebody around a child. `birth_on` is that of a minor, who may collect from the age that the town sets. `decision` is the reference of what a
    judge decided, of the day `decided_on`: of those who may not collect, and of a trusted third person. Both `starts_on` and `ends_on` count."""

    first_name: ShortText
    last_name: ShortText
    relation: Relation
    phone: Phone | None = None
    birth_on: Day | None = None
    decision: ShortText | None = None
    decided_on: Day | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    # A list: pydantic would call a one-item tuple too short as soon as its item is wrong.
    child_ids: list[UUID] = Field(min_length=1, max_length=20)


class EntourageCreate(EntourageFields):
    """Somebody new, for each of these children; from today, unless it is said."""

    kind: EntourageKind


class EntourageChange(EntourageFields):
    """Somebody as they are to be, for these of the children whom the asker answers for, and no other of them. `version` is the one that was read."""

    version: ShortText


class EntourageEnd(Model):
    """That somebody is nothing to these children any more: they are gone from their lists at once."""

    version: ShortText


class EntouragePerson(Model):
    """Somebody around children: those of them whom whoever asks reaches. `version` stands for these values; `has_portrait`: there is a picture of them."""

    contact_id: UUID
    kind: EntourageKind
    first_name: str
    last_name: str
    relation: str
    phone: str | None
    birth_on: date | None
    decision: str | None
    decided_on: date | None
    starts_on: date
    ends_on: date | None
    child_ids: tuple[UUID, ...]
    version: str
    has_portrait: bool = False


class PortraitCreate(Model):
    """The picture of somebody: a JPEG, PNG or HEIC, of which a small one is made."""

    content: Annotated[Base64Bytes, Field(max_length=BODY_BYTES_MAX)] = Field(repr=False)


class EntourageAdded(Model):
    """Somebody who is around children from now on."""

    contact_id: UUID


class Entourage(Model):
    """The people around a child, by kind, those whom to call in their order. `pickup_age_min`: from which age a minor may collect."""

    child_id: UUID
    first_name: str
    last_name: str
    people: tuple[EntouragePerson, ...]
    pickup_age_min: int


class EntourageOrder(Model):
    """Whom to call of a child, the first one first: all of them."""

    contact_ids: list[UUID] = Field(max_length=PEOPLE_MAX)
