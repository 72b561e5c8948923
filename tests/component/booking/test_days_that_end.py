"""Memberships and responsibilities that end: who may still ask, book and give back, and what the calendar says of it."""

from uuid import UUID, uuid4

import pytest

from tests.factories.booking import BookingTown, Family, refusal_codes
from tests.factories.households import KnownChild, adult, custody_state, household_state, membership, responsibility
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


async def enrolled(town: BookingTown, *offsets: int, guardians: int = 1) -> tuple[Family, list[UUID]]:
    """A child that is enrolled, and slots so many days from today."""
    family, activity_id = await town.family(guardians=guardians), await town.activity()
    await town.enroll(family, activity_id)
    return family, await town.open(activity_id, *offsets)


async def booked(town: BookingTown, family: Family, slot_id: UUID) -> str:
    """The id of a booking."""
    answer = await town.book(family, slot_id)
    assert answer.status_code == 201, answer.text
    booking_id: str = answer.json()["bookings"][0]["booking_id"]
    return booking_id


async def shown(town: BookingTown, family: Family, first: int = 0, last: int = 60) -> list[tuple[str, str | None]]:
    """State and reason of each day of the calendar."""
    return [(cell["state"], cell["reason"]) for cell in await town.cells(family, first, last)]


async def test_who_answered_for_a_child_until_yesterday_asks_and_books_nothing(town: BookingTown) -> None:
    family, (slot_id,) = await enrolled(town, 10, guardians=2)
    until = responsibility(family.guardian_ids[1], ends_on=await town.day(0))
    await town.answer_for(family, responsibility(family.guardian_id), until)
    path = f"/children/{family.child_id}/activities"
    headers = town.parent(family, 1)
    assert (await town.client.get(path, headers=headers)).status_code == 200
    town.service.advance(days=1)
    assert (await town.client.get(path, headers=headers)).status_code == 404
    refused = await town.book(family, slot_id, headers=headers | town.service.key())
    assert (refused.status_code, refusal_codes(refused)) == (404, [("/lines/0/child_id", "child_unknown")])
    assert (await town.book(family, slot_id)).status_code == 201


async def test_a_day_after_the_end_of_a_responsibility_is_not_booked(town: BookingTown) -> None:
    """The day itself still is."""
    family, slots = await enrolled(town, 20, 21)
    await town.answer_for(family, responsibility(family.guardian_id, ends_on=await town.day(20)))
    assert await shown(town, family) == [("bookable", None), ("closed", "not_answered_for")]
    assert refusal_codes(await town.book(family, slots[1])) == [("/lines/0/slot_id", "not_answered_for")]
    assert (await town.book(family, slots[0])).status_code == 201
    agent = town.service.as_agent(Role.FRONT_DESK) | town.service.key()
    assert (await town.book(family, slots[1], headers=agent)).status_code == 201


async def test_a_day_after_the_last_one_in_a_household_is_not_booked(town: BookingTown) -> None:
    """What is shown is what is decided, for the family and for an agent."""
    family, slots = await enrolled(town, 20, 21)
    await town.move(family, 20)
    assert await shown(town, family) == [("bookable", None), ("closed", "not_in_household")]
    for headers in (town.parent(family), town.service.as_agent(Role.FRONT_DESK)):
        line = {"child_id": str(family.child_id), "slot_id": str(slots[1])}
        body = {"lines": [line], "household_id": str(family.household_id)}
        answer = await town.client.post("/bookings", json=body, headers=headers | town.service.key())
        assert refusal_codes(answer) == [("/lines/0/slot_id", "not_in_household")]
    assert (await town.book(family, slots[0])).status_code == 201


async def test_each_day_is_booked_for_the_home_of_that_day(town: BookingTown) -> None:
    """The same adult answers in both homes, and need not say for which."""
    family, slots = await enrolled(town, 20, 21)
    home = await town.move(family, 20, guardian_id=family.guardian_id)
    activity_id = await town.service.db.fetchval("select activity_id from enrollments")
    asked = await town.request_enrollment(
        family, activity_id, household_id=str(home.household_id), starts_on=str(await town.day(21))
    )
    assert asked.status_code == 201, asked.text
    await town.decide(UUID(asked.json()["enrollment_id"]), is_validated=True)
    households = [(await town.book(family, slot_id)).json()["bookings"][0]["household_id"] for slot_id in slots]
    assert households == [str(family.household_id), str(home.household_id)]


async def test_a_new_home_enrolls_and_books_ahead(town: BookingTown) -> None:
    """The child comes in three weeks; its days there are asked for today, and none before."""
    family, (early, late) = await enrolled(town, 20, 30)
    home = await town.move(family, 20)
    activity_id = await town.service.db.fetchval("select activity_id from enrollments")
    assert refusal_codes(await town.request_enrollment(home, activity_id)) == [("/child_id", "child_unknown")]
    assert (
        await town.client.get(f"/children/{family.child_id}/activities", headers=town.parent(home))
    ).status_code == 200
    asked = await town.request_enrollment(home, activity_id, starts_on=str(await town.day(21)))
    assert asked.status_code == 201, asked.text
    await town.decide(UUID(asked.json()["enrollment_id"]), is_validated=True)
    assert await shown(town, home) == [("closed", "not_in_household"), ("bookable", None)]
    assert (await town.book(home, early)).status_code == 404
    assert (await town.give_back(home, await booked(town, home, late))).status_code == 201


async def test_who_will_belong_to_a_household_does_nothing_for_it_before(town: BookingTown) -> None:
    family, (slot_id,) = await enrolled(town, 30, guardians=1)
    child, coming, other = KnownChild(family.child_id), uuid4(), await town.day(20)
    state = household_state(family.household_id, [adult(family.guardian_id), adult(coming)], [child])
    mine, theirs = state.adult_members
    members = (mine, theirs.model_copy(update={"starts_on": other}))
    await town.service.deliver(
        state.model_copy(update={"adult_members": members}),
        custody_state(child, [family.guardian_id, coming], [family.household_id]),
    )
    headers = town.service.as_parent(coming)
    calendar = f"/calendar?from_on={other}&to_on={other}"
    assert (await town.client.get(calendar, headers=headers)).status_code == 404
    assert (await town.book(family, slot_id, headers=headers | town.service.key())).status_code == 404
    town.service.advance(days=20)
    assert (await town.book(family, slot_id, headers=headers | town.service.key())).status_code == 201


async def test_an_enrollment_ends_with_the_membership(town: BookingTown) -> None:
    """Without a last day it is cut; one that was said is refused in words."""
    family, activity_id = await town.family(), await town.activity()
    await town.move(family, 20)
    late = await town.request_enrollment(family, activity_id, ends_on=str(await town.day(21)))
    assert refusal_codes(late) == [("/ends_on", "outside_membership")]
    cut = await town.request_enrollment(family, activity_id)
    assert (cut.status_code, cut.json()["ends_on"]) == (201, str(await town.day(20)))


async def test_an_agent_need_not_say_which_home_once_there_is_one(town: BookingTown) -> None:
    family, activity_id = await town.family(), await town.activity()
    home = await town.move(family, 20)
    town.service.advance(days=21)
    agent = town.service.as_agent(Role.FRONT_DESK)
    wish = {"child_id": str(family.child_id), "activity_id": str(activity_id)}
    asked = await town.client.post("/enrollments", json=wish, headers=agent | town.service.key())
    assert (asked.status_code, asked.json().get("household_id")) == (201, str(home.household_id))


async def test_an_enrollment_begins_with_the_membership(town: BookingTown) -> None:
    family, activity_id = await town.family(), await town.activity()
    child = KnownChild(family.child_id)
    members = (membership(child, starts_on=await town.day(-10)),)
    await town.service.deliver(
        household_state(family.household_id, [adult(family.guardian_id)], [child], child_members=members)
    )
    early = await town.request_enrollment(family, activity_id, starts_on=str(await town.day(-11)))
    assert refusal_codes(early) == [("/starts_on", "outside_membership")]
    cut = await town.request_enrollment(family, activity_id)
    assert (cut.status_code, cut.json()["starts_on"]) == (201, str(await town.day(-10)))


async def test_an_activity_that_begins_after_the_last_day_is_not_offered(town: BookingTown) -> None:
    family = await town.family()
    await town.activity(starts_on=str(await town.day(21)))
    await town.move(family, 20)
    answer = await town.client.get(f"/children/{family.child_id}/activities", headers=town.parent(family))
    assert [offer["reason"] for offer in answer.json()["items"]] == ["outside_membership"]


async def test_a_day_booked_before_a_move_is_given_back_by_either_home(town: BookingTown) -> None:
    """The former household, which pays it, and from the move on the new one; a stranger never."""
    family, slots = await enrolled(town, 40, 41, 42)
    ids = [await booked(town, family, slot_id) for slot_id in slots]
    home, stranger = await town.move(family, 5), await town.family()
    assert (await town.give_back(home, ids[0])).status_code == 404
    assert (await town.give_back(family, ids[0])).status_code == 201
    town.service.advance(days=10)
    states = [cell["state"] for cell in await town.cells(family)]
    assert states == ["closed", "booked", "booked"]
    assert (await town.give_back(stranger, ids[1])).status_code == 404
    assert (await town.give_back(family, ids[1])).status_code == 201
    assert (await town.give_back(home, ids[2])).status_code == 201


async def test_who_answers_for_a_child_no_more_gives_nothing_back_while_somebody_does(town: BookingTown) -> None:
    """Living in the household is not enough."""
    family, (slot_id,) = await enrolled(town, 40, guardians=2)
    booking_id = await booked(town, family, slot_id)
    first, second = family.guardian_ids
    await town.answer_for(family, responsibility(first, ends_on=await town.day(-1)), responsibility(second))
    assert (await town.give_back(family, booking_id)).status_code == 404
    other = town.parent(family, 1) | town.service.key()
    assert (await town.give_back(family, booking_id, headers=other)).status_code == 201


async def test_a_home_gives_nothing_back_of_the_other_one(town: BookingTown) -> None:
    """Both are the child's on that day: each books and gives back for itself."""
    family, (slot_id,) = await enrolled(town, 10)
    home = await town.second_home(family)
    booking_id = await booked(town, family, slot_id)
    assert (await town.give_back(home, booking_id)).status_code == 404


async def test_a_day_after_majority_is_given_back_by_who_answered_last(town: BookingTown) -> None:
    """Nobody answers for the child any more, and the household still pays."""
    family, slots = await enrolled(town, 100, 101, guardians=2)
    ids = [await booked(town, family, slot_id) for slot_id in slots]
    before, majority = await town.day(5), await town.day(20)
    first, second = family.guardian_ids
    await town.answer_for(family, responsibility(first, ends_on=majority), responsibility(second, ends_on=before))
    town.service.advance(days=10)
    other = town.parent(family, 1) | town.service.key()
    assert (await town.give_back(family, ids[0], headers=other)).status_code == 404
    town.service.advance(days=20)
    assert await shown(town, family, 60, 80) == [("booked", None), ("booked", None)]
    other = town.parent(family, 1) | town.service.key()
    assert (await town.give_back(family, ids[0], headers=other)).status_code == 404
    assert (await town.give_back(family, ids[0])).status_code == 201
    state = household_state(family.household_id, [adult(first), adult(second)], [KnownChild(family.child_id)])
    left, stays = state.adult_members
    left = left.model_copy(update={"ends_on": await town.day(-1)})
    await town.service.deliver(state.model_copy(update={"adult_members": (left, stays)}))
    assert (await town.give_back(family, ids[1])).status_code == 404
