"""A household's file that becomes two: who leaves it for a file of their own, as it is asked for, shown and confirmed."""

from datetime import date
from enum import StrEnum, auto
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.event import Model
from contracts.family.models import AddressCreate, Reason
from contracts.http import Day

ADULTS_MAX: Final = 10
CHILDREN_MAX: Final = 30


class ChildPlace(StrEnum):
    """Where a child belongs after a split: to the file that it was in, to the new one, or to both, as a child of two homes."""

    FORMER = auto()
    NEW = auto()
    BOTH = auto()


class ChildSplit(Model):
    """Where a child of the file belongs from the day of the split on."""

    child_id: UUID
    place: ChildPlace


class SplitCreate(Model):
    """Who leaves a file for one of their own from a day on. A child that is not named stays. `payer_adult_id` pays in the new file, `former_payer_id` in the
    former one from that day on: it is needed where who paid there leaves, and changes nothing where it is left out. `secret_reason` says why the new address is protected
    from the start; where the former file's is, the new one is too, whether it is said or not."""

    adult_ids: tuple[UUID, ...] = Field(min_length=1, max_length=ADULTS_MAX)
    children: tuple[ChildSplit, ...] = Field(default=(), max_length=CHILDREN_MAX)
    from_on: Day
    address: AddressCreate
    payer_adult_id: UUID
    former_payer_id: UUID | None = None
    secret_reason: Reason | None = None


class SplitConfirm(SplitCreate):
    """A split as it was shown: `fingerprint` stands for what was, and another one is refused."""

    fingerprint: Annotated[str, StringConstraints(min_length=64, max_length=64)]


class SplitSide(Model):
    """One of the two files from the day of the split on: who belongs to it, and who pays."""

    adult_names: tuple[str, ...]
    child_names: tuple[str, ...]
    payer_name: str | None


class SplitPreview(Model):
    """What a split makes of a file. `children_to_place` are called so of whom nothing says yet where they live from then on; `ended_delegation_count`
    delegations of those who leave end. `is_address_protected`: nothing ever tells the address of the new file. The new file has no quotient until it is given one."""

    reference: str
    from_on: date
    former: SplitSide
    new: SplitSide
    children_to_place: tuple[str, ...]
    ended_delegation_count: int
    is_address_protected: bool
    fingerprint: str
