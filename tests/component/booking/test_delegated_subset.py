"""Whatever is said of people and of a delegation: who acts by it gets no day that its parent would not get."""

import random
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.factories.booking import BookingTown, Family
from tests.factories.delegations import delegated
from tests.factories.households import KnownChild, adult, custody_state, household_state, membership, responsibility
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

CASES = 80


@pytest.fixture
async def family(town: BookingTown) -> Family:
    """Two parents with two children."""
    return await town.family(children=2, guardians=2)


@pytest.fixture
async def activity_id(town: BookingTown, family: Family) -> UUID:
    """An activity that both children have joined."""
    activity_id = await town.activity()
    await town.enroll(family, activity_id)
    return activity_id


async def test_what_a_delegate_may_do_is_always_among_what_the_parent_may_do(
    service: RunningService, town: BookingTown, family: Family, activity_id: UUID
) -> None:
    """Whatever is said of people and of the delegation, and in whatever order: each day that a delegate gets, the parent gets too."""
    chance = random.Random(20261129)
    slot_ids = await town.open(activity_id, *range(3, 40), capacity=50)
    children = [KnownChild(child_id, first_name=f"Lina {n}") for n, child_id in enumerate(family.child_ids, 1)]
    delegate = await delegated(town, family, child_ids=family.child_ids)
    seen = {201: 0, 403: 0, 404: 0, 409: 0}
    for _ in range(CASES):
        await service.deliver(*await _chosen_people(town, family, children, chance))
        delegate = await delegate.becomes(**await _chosen_terms(town, family, chance))
        slot_id, child_id = chance.choice(slot_ids), chance.choice(family.child_ids)
        by_delegate = await delegate.book(slot_id, child_id=child_id)
        seen[by_delegate.status_code] += 1
        if by_delegate.status_code != 201:
            continue
        booking_id = by_delegate.json()["bookings"][0]["booking_id"]
        assert child_id in delegate.state.child_ids
        assert "days.book" in delegate.state.acts
        assert delegate.state.end is None
        given_back = await town.give_back(family, booking_id)
        assert given_back.status_code == 201, given_back.text
        by_parent = await town.book_lines(family, [(child_id, slot_id)])
        assert by_parent.status_code == 201, by_parent.text
        parents_cells = {cell["slot_id"]: cell["state"] for cell in await town.cells(family)}
        for cell in await delegate.cells():
            assert cell["slot_id"] in parents_cells
        again = await delegate.change(cancellations=[by_parent.json()["bookings"][0]["booking_id"]])
        assert again.status_code == 201, again.text
    assert seen[201] > 3, seen
    assert seen[403] > 3, seen
    assert seen[404] + seen[409] > 3, seen


async def _chosen_people(
    town: BookingTown, family: Family, children: list[KnownChild], chance: random.Random
) -> list[Any]:
    """Who belongs to the household when, and who answers for each child how."""
    first, last = await town.day(chance.randint(-20, 5)), await town.day(chance.randint(6, 60))
    members = tuple(membership(child, starts_on=first, ends_on=last) for child in children if chance.random() < 0.9)
    adults = [adult(guardian_id) for guardian_id in family.guardian_ids]
    household = household_state(family.household_id, adults, children, child_members=members)
    custody = []
    for child in children:
        tie = responsibility(
            family.guardian_id,
            await town.day(chance.choice([-20, -10, -1, 10])),
            await town.day(chance.randint(11, 60)),
            chance.choice(["guardian", "guardian", "guardian", "guardian", "caretaker", "pickup"]),
        ).model_copy(update={"authority": chance.choice(["joint", "joint", "joint", "sole", "none"])})
        custody.append(custody_state(child, [], [family.household_id], responsibilities=(tie,)))
    return [household, *custody]


async def _chosen_terms(town: BookingTown, family: Family, chance: random.Random) -> dict[str, Any]:
    """What the delegation says."""
    is_ended = chance.random() < 0.15
    return {
        "child_ids": tuple(child_id for child_id in family.child_ids if chance.random() < 0.8) or family.child_ids[:1],
        "acts": chance.choice([("calendar.read", "days.book"), ("calendar.read", "days.book"), ("calendar.read",)]),
        "ends_on": await town.day(chance.choice([-1, 5, 20, 60])),
        "end": "revoked" if is_ended else None,
        "ended_at": datetime.now(UTC) if is_ended else None,
    }
