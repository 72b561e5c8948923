"""Payers: an adult who pays for a household is one account there, whoever pays before and after them."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID, uuid5

from pydantic import Field

from contracts.event import Model
from contracts.http import Day
from contracts.types import ActivityKind

PAYERS: Final = UUID("6f3c1d52-8f0e-4b7a-9d43-2c1f5b6a7e90")


def payer_id_of(household_id: UUID, adult_id: UUID) -> UUID:
    """The payer that an adult is for a household: the same one each time, for whoever needs to know."""
    return uuid5(PAYERS, f"{household_id} {adult_id}")


class PayerShare(Model):
    """A payer's part of a child's day, in basis points (1/10000)."""

    payer_id: UUID
    share_basis_points: Annotated[int, Field(ge=1, le=10_000, strict=True)]


class PayerSharesChange(Model):
    """Who pays what part of a child's days, of one kind of activity or of every kind, from a day until a day; both count.

    The parts sum to 10000. None at all: the payer of the child's home pays again.
    """

    activity_kind: ActivityKind | None = None
    shares: tuple[PayerShare, ...] = Field(max_length=10)
    starts_on: Day
    ends_on: Day | None = None


class DatedShares(Model):
    """Parts that stand, from a day until a day; both count. `activity_kind` is None for those of every kind."""

    activity_kind: str | None
    shares: tuple[PayerShare, ...]
    starts_on: date
    ends_on: date | None


class KnownPayer(Model):
    """An adult who pays for a household of the child, paid or will pay, or for whom a part of its days was entered. The name is None
    once they were erased."""

    payer_id: UUID
    household_id: UUID
    name: str | None


class ChildPayers(Model):
    """The payers of a child's households, and the parts that they pay of its days."""

    child_id: UUID
    payers: tuple[KnownPayer, ...]
    shares: tuple[DatedShares, ...]


class PayerConflict(Model):
    """Days for which a register names several payers of a household: none of them was chosen. `standing_name` is who paid for the
    first of these days and goes on, None when nobody did."""

    household_id: UUID
    starts_on: date
    ends_on: date | None
    names: tuple[str, ...]
    standing_name: str | None
    noted_at: datetime
