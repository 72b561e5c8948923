"""A parent whom a decision keeps from a child belongs to its household all the same: billing's history tells them of nothing that was paid for the child."""

from datetime import date
from random import Random
from uuid import UUID, uuid4

import pytest

from chassis.days import DateRange
from contracts.family.events import Responsibility
from contracts.types import Authority, ResponsibilityRole
from services.billing.directory.domain import Bond, kept_apart
from tests.component.billing.paying import Payer
from tests.factories.households import KnownChild, adult, custody_state, household_state

pytestmark = pytest.mark.anyio

ROLES = (ResponsibilityRole.GUARDIAN, ResponsibilityRole.GUARDIAN, ResponsibilityRole.CARETAKER)
DAYS = (date(2020, 1, 1), date(2026, 1, 1), date(2099, 1, 1))
ROUNDS = 12


class Household:
    """The payer's household with a second adult, and what that one is to the child."""

    def __init__(self, payer: Payer) -> None:
        self.payer, self.other_id = payer, uuid4()
        family = payer.family
        self.child = KnownChild(family.child_id, family.child_first_name, family.last_name)

    async def join(self) -> None:
        family = self.payer.family
        adults = [adult(family.guardian_id, last_name=family.last_name, email=family.email), adult(self.other_id)]
        await self.payer.service.deliver(household_state(family.household_id, adults, [self.child]))

    async def answer(self, *ties: Responsibility) -> None:
        home = [self.payer.family.household_id]
        await self.payer.service.deliver(custody_state(self.child, [], home, responsibilities=ties))

    async def history(self, adult_id: UUID) -> list[str]:
        """What was changed, as an adult reads it, with what was done."""
        answer = await self.payer.service.client.get("/history", headers=self.payer.service.as_parent(adult_id))
        assert answer.status_code == 200, answer.text
        return [f"{item['action']} {item['after'] or ''}" for item in answer.json()["items"]]


def drawn(random: Random, adult_id: UUID) -> Responsibility:
    starts_on = random.choice(DAYS)
    ends_on = random.choice([None, *(day for day in DAYS if day >= starts_on)])
    authority = random.choice([Authority.NONE, Authority.NONE, Authority.JOINT])
    return Responsibility(
        adult_id=adult_id, role=random.choice(ROLES), authority=authority, starts_on=starts_on, ends_on=ends_on
    )


def is_kept(ties: list[Responsibility], adult_id: UUID, today: date) -> bool:
    bonds = [Bond(tie.adult_id, tie.role, tie.authority, DateRange.between(tie.starts_on, tie.ends_on)) for tie in ties]
    days = kept_apart(bonds).get(adult_id)
    return days is not None and any(today in during for during in days.ranges)


async def test_a_history_says_what_was_paid_to_whom_no_decision_keeps_from_the_child(payer: Payer) -> None:
    """Whatever the decisions say, drawn at random; the payer reads their own all the same."""
    await payer.started()
    home, random, today = Household(payer), Random(7), await payer.service.db.today()
    await home.join()
    seen = set()
    for _ in range(ROUNDS):
        ties = [drawn(random, home.other_id) for _ in range(random.randint(0, 3))]
        await home.answer(*ties)
        is_apart = is_kept(ties, home.other_id, today)
        (entry,) = await home.history(home.other_id)
        assert ("1840" in entry) != is_apart, ties
        assert entry.startswith("payment_started"), "that something was done is said"
        seen.add(is_apart)
    assert seen == {True, False}, "both were drawn"
    taken = Responsibility(
        adult_id=payer.family.guardian_id, role="guardian", authority="none", starts_on=DAYS[0], ends_on=None
    )
    await home.answer(taken)
    assert "1840" in (await home.history(payer.family.guardian_id))[0], "what one pays oneself is one's own"


async def test_who_left_the_household_reads_nothing_of_it(payer: Payer) -> None:
    await payer.started()
    home = Household(payer)
    await home.join()
    assert len(await home.history(home.other_id)) == 1
    await payer.service.deliver(payer.family.state())
    headers = payer.service.as_parent(home.other_id)
    answer = await payer.service.client.get(f"/history?household_id={payer.family.household_id}", headers=headers)
    assert answer.status_code == 404
