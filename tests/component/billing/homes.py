"""A child of two homes, whose parents pay in turn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from contracts.family.events import HouseholdPayer, HouseholdState, Residence, ResponsibilityState
from contracts.types import ResidencePattern
from tests.component.billing.families import LEISURE_GRID, Booked, Family, activity, publish_tariff
from tests.factories.households import LONG_AGO, KnownChild, adult, custody_state
from tests.support.services import RunningService

MONDAY = date(2026, 9, 7)
"""The first day of a week at the first home."""


def residence(pattern: ResidencePattern, *homes: UUID, **fields: Any) -> Residence:
    """Where a child lives, since long ago."""
    values: dict[str, Any] = {"anchor_on": None, "starts_on": LONG_AGO, "ends_on": None}
    return Residence(pattern=pattern, household_ids=homes, **(values | fields))


def lives_at(child_id: UUID, *residences: Residence) -> ResponsibilityState:
    """A child's custody, as far as homes go."""
    return custody_state(KnownChild(child_id), [], [], residences=residences)


def paid_by(family: Family, *payers: tuple[UUID, date, date | None]) -> HouseholdState:
    """A household whose register names these payers."""
    state = family.state()
    others = [adult(who, first_name="Anne", last_name="Roux") for who, _, _ in payers if who != family.guardian_id]
    lines = tuple(HouseholdPayer(adult_id=who, starts_on=first, ends_on=last) for who, first, last in payers)
    return state.model_copy(update={"payers": lines, "adults": (*state.adults, *others)})


@dataclass
class TwoHomes:
    """The homes A and B of a child, week by week in turn; A is in the second bracket and B in the third."""

    service: RunningService
    a: Family = field(default_factory=Family)
    b: Family = field(init=False)
    centre: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        self.b = Family(child_id=self.a.child_id, last_name="Roux")

    async def settle(self) -> "TwoHomes":
        """The town knows them; a day costs 4.15 in the second bracket, and 8.99 in the third."""
        brackets = [
            bracket | {"price_cents": price}
            for bracket, price in zip(LEISURE_GRID["brackets"], (300, 415, 899), strict=True)
        ]
        await publish_tariff(self.service, brackets=brackets)
        await self.service.deliver(activity(self.centre), self.a.state(), self.b.state(), self.in_turn())
        await self.service.deliver(self.a.quotient(75_000), self.b.quotient(150_000))
        await self.service.run_job("price_charges")
        return self

    def in_turn(self) -> ResponsibilityState:
        """A week at A, then a week at B."""
        homes = (self.a.household_id, self.b.household_id)
        return lives_at(self.a.child_id, residence(ResidencePattern.ALTERNATING, *homes, anchor_on=MONDAY))

    def days(self, numbers: Sequence[int], booked_by: Family | None = None) -> list[Booked]:
        """Days of September, booked by A unless told otherwise."""
        return [Booked(booked_by or self.a, self.centre, date(2026, 9, number)) for number in numbers]

    async def attend(self, days: Sequence[Booked]) -> None:
        """The child came."""
        await self.service.deliver(*(day.confirmed() for day in days), *(day.attended() for day in days))

    async def invoices(self, family: Family) -> list[dict[str, Any]]:
        """What the parent of a home sees."""
        answer = await self.service.client.get("/invoices", headers=self.service.as_parent(family.guardian_id))
        items: list[dict[str, Any]] = answer.json()["items"]
        return items
