"""Booking and giving back in one act: all of it or nothing, and the answer says what was done."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.booking.events import BasketConfirmed, BookingCancelled, BookingConfirmed
from tests.component.booking.test_bookings import taken
from tests.factories.booking import BookingTown, Family, refusal_codes
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def held(town: BookingTown, family: Family, *slot_ids: UUID) -> list[str]:
    """Bookings of the first child on these days."""
    answer = await town.book(family, *slot_ids)
    assert answer.status_code == 201, answer.text
    return [booking["booking_id"] for booking in answer.json()["bookings"]]


async def states(town: BookingTown, family: Family) -> dict[UUID, str]:
    """The state of each day in the calendar of a family with one child."""
    return {UUID(cell["slot_id"]): cell["state"] for cell in await town.cells(family, -7)}


async def test_one_act_books_and_gives_back_and_says_both(service: RunningService, town: BookingTown) -> None:
    family = await town.family()
    activity_id = await town.activity()
    first, second, third = await town.open(activity_id, 10, 17, 24)
    await town.enroll(family, activity_id)
    kept, given = await held(town, family, first, second)

    answer = await town.change(family, [(family.child_id, third)], [given, given])

    assert answer.status_code == 201, answer.text
    done: dict[str, Any] = answer.json()
    assert [(b["slot_id"], b["status"], b["basket_id"]) for b in done["bookings"]] == [
        (str(third), "confirmed", done["basket_id"])
    ]
    (cancelled,) = done["cancelled"]
    assert (cancelled["booking_id"], cancelled["status"], cancelled["child_first_name"]) == (
        given,
        "cancelled",
        "Lina 1",
    )
    assert cancelled["cancelled_at"] == done["bookings"][0]["confirmed_at"]
    listed = await town.client.get(
        "/bookings",
        params={"from_on": str(await town.day(0)), "to_on": str(await town.day(60))},
        headers=town.parent(family),
    )
    by_id = {booking["booking_id"]: booking for booking in listed.json()["items"]}
    assert by_id[given] == cancelled
    assert by_id[kept]["status"] == "confirmed"
    events = (await service.outbox())[-3:]
    assert [type(event) for event in events] == [BookingCancelled, BookingConfirmed, BasketConfirmed]
    assert [await taken(service, slot_id) for slot_id in (first, second, third)] == [(1, 1), (0, 0), (1, 1)]


async def test_a_closed_sheet_or_a_passed_cutoff_refuses_the_whole(service: RunningService, town: BookingTown) -> None:
    """The family's page is stale: the sheet of a day was closed since it was drawn."""
    family = await town.family()
    activity_id = await town.activity(cutoff={"days_before": 0, "at": "23:59:59"})
    late, closed, wished = await town.open(activity_id, 1, 2, 9)
    await town.enroll(family, activity_id)
    bookings = await held(town, family, late, closed)
    service.advance(days=2)
    agent = town.site_agent
    marks = {"marks": [{"child_id": str(family.child_id), "attendance": "present"}]}
    await town.client.put(f"/slots/{closed}/attendance", json=marks, headers=agent)
    answer = await town.client.post(f"/slots/{closed}/attendance/closure", headers=agent)
    assert answer.status_code == 200, answer.text
    event_count = len(await service.outbox())

    answer = await town.change(family, [(family.child_id, wished)], bookings)

    assert (answer.status_code, answer.json()["code"]) == (409, "basket_refused")
    assert refusal_codes(answer) == [("/cancellations/0", "cutoff_passed"), ("/cancellations/1", "slot_closed")]
    assert await states(town, family) == {late: "booked_locked", closed: "booked_locked", wished: "bookable"}
    assert len(await service.outbox()) == event_count


async def test_a_full_day_is_exchanged_between_siblings_and_with_itself(
    service: RunningService, town: BookingTown
) -> None:
    family = await town.family(children=2)
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 10, capacity=1)
    await town.enroll(family, activity_id)
    (first,) = await held(town, family, slot_id)
    sibling = family.child_ids[1]
    assert refusal_codes(await town.change(family, [(sibling, slot_id)])) == [("/lines/0/slot_id", "slot_full")]
    exchanged = await town.change(family, [(sibling, slot_id)], [first])
    assert exchanged.status_code == 201, exchanged.text
    assert await taken(service, slot_id) == (1, 1)
    (second,) = (booking["booking_id"] for booking in exchanged.json()["bookings"])
    again = await town.change(family, [(sibling, slot_id)], [second])
    assert again.status_code == 201, again.text
    assert again.json()["bookings"][0]["booking_id"] != second
    assert await taken(service, slot_id) == (1, 1)


async def test_one_act_is_about_one_household(service: RunningService, town: BookingTown) -> None:
    family, other = await town.family(), await town.family()
    activity_id = await town.activity()
    first, second = await town.open(activity_id, 10, 17)
    bookings = []
    for household in (family, other):
        await town.enroll(household, activity_id)
        bookings += await held(town, household, first)
    agent = service.as_agent(Role.FRONT_DESK)
    both = await town.change(family, [], bookings, agent)
    assert refusal_codes(both) == [("/cancellations/1", "other_household")]
    mixed = await town.change(family, [(other.child_id, second)], bookings[:1], agent)
    assert refusal_codes(mixed) == [("/lines/0/child_id", "other_household")]
    assert await taken(service, first) == (2, 2)
    assert (await town.change(family, [], bookings[:1], agent)).status_code == 201
    foreign = await town.change(other, [(other.child_id, second)], [bookings[1], bookings[0], str(uuid4())])
    assert foreign.status_code == 404
    assert refusal_codes(foreign) == [("/cancellations/1", "booking_unknown"), ("/cancellations/2", "booking_unknown")]
    assert await taken(service, first) == (1, 1)


async def test_a_repeated_key_gives_back_once_and_answers_the_same(service: RunningService, town: BookingTown) -> None:
    family = await town.family()
    activity_id = await town.activity()
    first, second = await town.open(activity_id, 10, 17)
    await town.enroll(family, activity_id)
    bookings = await held(town, family, first)
    key = service.key()
    wished = [(family.child_id, second)]
    twins = await asyncio.gather(*(town.change(family, wished, bookings, key) for _ in range(2)))
    again = await town.change(family, wished, bookings, key)
    assert {answer.status_code for answer in (*twins, again)} == {201}
    assert twins[0].json() == twins[1].json() == again.json()
    cancelled = [event for event in await service.outbox() if isinstance(event, BookingCancelled)]
    assert [str(event.booking_id) for event in cancelled] == bookings
    reused = await town.change(family, (), bookings, key)
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")
