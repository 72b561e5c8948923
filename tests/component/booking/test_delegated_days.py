"""Whoever acts by a delegation sees the days between its first and its last one and no other, and a child whom its parent alone may entrust."""

import random
from datetime import timedelta
from uuid import UUID

import pytest

from contracts.family.events import Responsibility
from tests.factories.booking import BookingTown, Family, refusal_codes
from tests.factories.delegations import delegated
from tests.factories.households import responsibility
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

CASES = 60


@pytest.fixture
async def family(town: BookingTown) -> Family:
    """Two parents with a child."""
    return await town.family(guardians=2)


@pytest.fixture
async def activity_id(town: BookingTown, family: Family) -> UUID:
    """An activity that the child has joined."""
    activity_id = await town.activity(cutoff={"days_before": 0, "at": "23:59:59"})
    await town.enroll(family, activity_id)
    return activity_id


async def test_nothing_of_before_it_began_is_there_to_see_to_book_or_to_give_back(
    service: RunningService, town: BookingTown, family: Family, activity_id: UUID
) -> None:
    """What the family did earlier is its own, also in the week of the day on which somebody was asked."""
    booked, empty = await town.open(activity_id, 3, 4)
    (coming,) = await town.open(activity_id, 8)
    booking_id = (await town.book(family, booked)).json()["bookings"][0]["booking_id"]
    service.advance(days=5)
    today = await town.day(0)
    delegate = await delegated(town, family, begins_on=today)
    assert [cell["slot_id"] for cell in await delegate.cells(-30)] == [str(coming)]
    earlier = await delegate.becomes(begins_on=today - timedelta(days=5))
    assert len(await earlier.cells(-30)) == 3, "the days are there for whoever may see them"
    later = await delegate.becomes(begins_on=today)
    for slot_id in (booked, empty):
        assert refusal_codes(await later.book(slot_id)) == [("/lines/0/slot_id", "before_delegation")]
    given_back = await later.change(cancellations=[booking_id])
    assert refusal_codes(given_back) == [("/cancellations/0", "booking_unknown")]


async def test_whatever_is_asked_each_day_shown_is_between_the_first_and_the_last(
    service: RunningService, town: BookingTown, family: Family, activity_id: UUID
) -> None:
    """Whatever the dates of a delegation, the days of the family and the period asked for: those within all of them are shown, and no other."""
    chance = random.Random(20261130)
    await town.open(activity_id, *range(1, 60))
    service.advance(days=25)
    whole = {str(await town.day(offset)) for offset in range(-24, 35)}
    delegate = await delegated(town, family)
    sizes = set()
    for _ in range(CASES):
        begins, ends = chance.randint(-40, 0), chance.randint(0, 50)
        first = chance.randint(-60, 60)
        last = chance.randint(first, min(first + 90, 90))
        delegate = await delegate.becomes(begins_on=await town.day(begins), ends_on=await town.day(ends))
        shown = {cell["service_on"] for cell in await delegate.cells(first, last)}
        within = {str(await town.day(offset)) for offset in range(max(first, begins), min(last, ends) + 1)}
        assert shown == within & whole, (begins, ends, first, last)
        sizes.add(len(shown))
    assert len(sizes) > 10, sizes


async def test_a_child_whom_somebody_else_answers_for_alone_or_has_in_care_is_not_entrusted(
    town: BookingTown, family: Family, activity_id: UUID
) -> None:
    """With the next call, before the family service says so; a parent alone in charge still entrusts."""
    (slot_id,) = await town.open(activity_id, 10)
    delegate = await delegated(town, family)
    father, mother = family.guardian_ids
    others = {
        "sole": [_tie(father, "joint"), _tie(mother, "sole")],
        "care": [_tie(father, "joint"), _tie(mother, "joint"), _tie(UUID(int=7), "none", "caretaker")],
        "own care": [_tie(father, "joint", "caretaker"), _tie(mother, "none")],
    }
    for name, ties in others.items():
        await town.answer_for(family, *ties)
        answer = await delegate.book(slot_id)
        assert (answer.status_code, answer.json()["params"]["end"]) == (403, "authority_lost"), name
    await town.answer_for(family, _tie(father, "sole"), _tie(mother, "sole"))
    assert (await delegate.book(slot_id)).status_code == 201


def _tie(adult_id: UUID, authority: str, role: str = "guardian") -> Responsibility:
    return responsibility(adult_id, role=role).model_copy(update={"authority": authority})
