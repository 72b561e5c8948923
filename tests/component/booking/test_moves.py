"""A child changes files on a day. What is booked from then on is listed to agents, goes along or is given up; its former household keeps the days before."""

from typing import Any
from uuid import UUID

import httpx2
import pytest

from contracts.booking.events import BookingCancelled, BookingConfirmed
from tests.factories.booking import BookingTown, Family, refusal_codes
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

LAST = 20
"""So many days from today, the child belongs to its first household for the last time."""
REASON = "L’enfant vit désormais dans un autre foyer."


class Move:
    """A child with days booked before and after it changes files."""

    def __init__(self, town: BookingTown, family: Family, home: Family, enrollment_id: UUID, slots: list[UUID]) -> None:
        self.town, self.family, self.home = town, family, home
        self.enrollment_id, self.slots = enrollment_id, slots
        self.agent = town.service.as_agent(Role.FRONT_DESK)

    async def strays(self) -> list[dict[str, Any]]:
        """What an agent is told to decide."""
        answer = await self.town.client.get("/stray-days", headers=self.agent)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def go(self, **fields: Any) -> httpx2.Response:
        """Have the enrollment go along."""
        body = {
            "household_id": str(self.home.household_id),
            "from_on": str(await self.town.day(LAST + 1)),
            "reason": REASON,
        }
        path = f"/enrollments/{self.enrollment_id}/move"
        return await self.town.client.post(path, json=body | fields, headers=self.agent)

    async def live(self, family: Family) -> list[str]:
        """The days that a household has booked, as its parent reads them."""
        query = f"from_on={await self.town.day(0)}&to_on={await self.town.day(60)}"
        answer = await self.town.client.get(f"/bookings?{query}", headers=self.town.parent(family))
        if answer.status_code == 404:
            return []
        return [item["service_on"] for item in answer.json()["items"] if item["status"] == "confirmed"]


@pytest.fixture
async def move(town: BookingTown) -> Move:
    family, activity_id = await town.family(), await town.activity()
    enrollment_id = await town.enroll(family, activity_id)
    slots = await town.open(activity_id, 10, 30, 40)
    booked = await town.book(family, *slots)
    assert booked.status_code == 201, booked.text
    home = await town.move(family, LAST)
    return Move(town, family, home, enrollment_id, slots)


async def test_namesakes_whose_days_are_to_decide_are_told_apart_by_birth(move: Move) -> None:
    town = move.town
    other, activity_id = await town.family(), await town.activity()
    await town.enroll(other, activity_id)
    assert (await town.book(other, *await town.open(activity_id, 30))).status_code == 201
    await town.move(other, LAST)
    strays = await move.strays()
    assert len({stray["child_id"] for stray in strays}) == 2
    assert all(stray["child_birth_on"] for stray in strays)


async def test_days_after_the_move_are_listed_and_go_along(move: Move) -> None:
    town = move.town
    (stray,) = await move.strays()
    days = [str(await town.day(offset)) for offset in (10, 30, 40)]
    assert (stray["first_on"], stray["last_on"], stray["day_count"]) == (days[1], days[2], 2)
    assert [home["household_id"] for home in stray["homes"]] == [str(move.home.household_id)]
    assert stray["child_birth_on"] is None
    before = len(await town.service.outbox())
    answer = await move.go()
    assert answer.status_code == 200, answer.text
    enrollment = answer.json()
    assert (enrollment["household_id"], enrollment["status"]) == (str(move.home.household_id), "validated")
    assert enrollment["starts_on"] == str(await town.day(LAST + 1))
    assert await move.strays() == []
    town.service.advance(days=LAST + 1)
    assert await move.live(move.home) == days[1:]
    assert await move.live(move.family) == []
    events = (await town.service.outbox())[before:]
    cancelled = [event for event in events if isinstance(event, BookingCancelled)]
    confirmed = [event for event in events if isinstance(event, BookingConfirmed)]
    assert {event.household_id for event in cancelled} == {move.family.household_id}
    assert not any(event.is_chargeable for event in cancelled), "the home that is left owes nothing of later days"
    assert [(event.household_id, str(event.service_on)) for event in confirmed] == [
        (move.home.household_id, day) for day in days[1:]
    ]
    taken = await town.service.db.fetch("select sum(taken) as taken from pools")
    assert taken[0]["taken"] == 3, "every place is taken once"


async def test_the_day_before_stays_with_the_household_that_is_left(move: Move) -> None:
    await move.go()
    assert await move.live(move.family) == [str(await move.town.day(10))]
    given_back = await move.town.client.get(
        f"/enrollments?household_id={move.family.household_id}", headers=move.town.parent(move.family)
    )
    (kept,) = given_back.json()["items"]
    assert kept["ends_on"] == str(await move.town.day(LAST))


async def test_neither_household_reads_of_the_other_in_its_history(move: Move) -> None:
    await move.go()
    for own, other in ((move.family, move.home), (move.home, move.family)):
        history = await move.town.client.get(f"/history?household_id={own.household_id}", headers=move.agent)
        assert "enrollment_moved" in history.text
        assert str(other.household_id) not in history.text


async def test_days_are_given_up_where_nobody_takes_them(move: Move) -> None:
    """The other decision: the enrollment ends with the membership, and what is beyond is cancelled."""
    body = {"from_on": str(await move.town.day(LAST + 1)), "reason": REASON}
    ended = await move.town.client.post(f"/enrollments/{move.enrollment_id}/end", json=body, headers=move.agent)
    assert ended.status_code == 200, ended.text
    assert await move.strays() == []
    assert await move.live(move.family) == [str(await move.town.day(10))]


@pytest.mark.parametrize("own", [True, False])
async def test_days_go_nowhere_where_the_child_is_not(move: Move, own: bool) -> None:
    """Not to the household that has them, not before the child is there; nothing changes."""
    early = {"from_on": str(await move.town.day(LAST))}
    refused = await (move.go(household_id=str(move.family.household_id)) if own else move.go(**early))
    assert (refused.status_code, refusal_codes(refused)) == (422, [("/household_id", "child_not_there_by_then")])
    assert len(await move.live(move.family)) == 3


async def test_a_second_move_finds_nothing_to_take(move: Move) -> None:
    """Two agents decide at once: whoever comes second changes nothing."""
    assert (await move.go()).status_code == 200
    again = await move.go()
    assert again.status_code in (409, 422), again.text
    confirmed = await move.town.service.db.fetchval("select count(*) from bookings where status = 'confirmed'")
    assert confirmed == 3


async def test_a_child_who_stays_has_nothing_listed(town: BookingTown) -> None:
    """The control."""
    family, activity_id = await town.family(), await town.activity()
    await town.enroll(family, activity_id)
    (slot_id,) = await town.open(activity_id, 10)
    assert (await town.book(family, slot_id)).status_code == 201
    headers = town.service.as_agent(Role.FRONT_DESK)
    assert (await town.client.get("/stray-days", headers=headers)).json()["items"] == []
