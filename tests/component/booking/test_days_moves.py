"""Everything that children have from a day on goes along to another file at once, as it was shown, or nothing of it does."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from contracts.booking.events import BookingCancelled, BookingConfirmed, EnrollmentEnded, EnrollmentValidated
from tests.factories.booking import BookingTown, Family, refusal_codes
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

LAST = 20
REASON = "L’enfant vit désormais dans un autre foyer."


class Parting:
    """A child of two activities, with days before and after it changes files."""

    def __init__(self, town: BookingTown, family: Family, home: Family, slots: list[UUID]) -> None:
        self.town, self.family, self.home, self.slots = town, family, home, slots
        self.agent = town.service.as_agent(Role.FRONT_DESK)

    async def asked(self, **fields: Any) -> dict[str, Any]:
        return {
            "household_id": str(self.home.household_id),
            "child_ids": [str(self.family.child_id)],
            "from_on": str(await self.town.day(LAST + 1)),
        } | fields

    async def preview(self, **fields: Any) -> dict[str, Any]:
        path = f"/households/{self.family.household_id}/days-moves/preview"
        answer = await self.town.client.post(path, json=await self.asked(**fields), headers=self.agent)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def go(self, fingerprint: str, key: dict[str, str] | None = None, **fields: Any) -> httpx2.Response:
        body = await self.asked(reason=REASON, fingerprint=fingerprint, **fields)
        headers = self.agent | (key or self.town.service.key())
        path = f"/households/{self.family.household_id}/days-moves"
        return await self.town.client.post(path, json=body, headers=headers)

    async def booked(self, family: Family) -> int:
        """How many days a household has booked."""
        count = "select count(*) from bookings where household_id = $1 and status = 'confirmed'"
        return int(await self.town.service.db.fetchval(count, family.household_id))


@pytest.fixture
async def parting(town: BookingTown) -> Parting:
    family, slots = await town.family(), []
    for offsets in ((10, 30, 40), (12, 32)):
        activity_id = await town.activity(label=f"Activité {offsets[0]}")
        await town.enroll(family, activity_id)
        slots += await town.open(activity_id, *offsets)
    booked = await town.book(family, *slots)
    assert booked.status_code == 201, booked.text
    return Parting(town, family, await town.move(family, LAST), slots)


async def test_all_of_it_goes_along_as_it_was_shown(parting: Parting) -> None:
    town, shown = parting.town, await parting.preview()
    days = [str(await town.day(offset)) for offset in (30, 40, 32)]
    assert (shown["to_reference"], [item["obstacle"] for item in shown["enrollments"]]) == ("F-000002", [None, None])
    assert sorted(day for item in shown["enrollments"] for day in item["booked_on"]) == sorted(days)
    before, key = len(await town.service.outbox()), town.service.key()
    moved = await parting.go(shown["fingerprint"], key)
    assert (moved.status_code, moved.json()) == (201, {"enrollment_count": 2, "day_count": 3})
    assert (await parting.go(shown["fingerprint"], key)).json() == moved.json(), "said twice, done once"
    assert (await parting.booked(parting.family), await parting.booked(parting.home)) == (2, 3)
    events = (await town.service.outbox())[before:]
    counts = {
        kind: sum(isinstance(event, kind) for event in events)
        for kind in (EnrollmentEnded, EnrollmentValidated, BookingCancelled, BookingConfirmed)
    }
    assert list(counts.values()) == [2, 2, 3, 3]
    assert not any(event.is_chargeable for event in events if isinstance(event, BookingCancelled))
    assert await town.service.db.fetchval("select sum(taken) from pools") == 5, "every place is taken once"
    acts = await town.service.db.fetchval("select count(*) from history where action = 'enrollment_moved'")
    assert acts == 4, "each household reads its own row of each enrollment"
    assert (await parting.preview())["enrollments"] == []


async def test_what_changed_since_it_was_shown_is_shown_again(parting: Parting) -> None:
    """An enrollment that ended after the preview, with its days: nothing goes along before that was seen."""
    town, shown = parting.town, await parting.preview()
    ended = {"from_on": str(await town.day(31)), "reason": REASON}
    path = f"/enrollments/{shown['enrollments'][1]['enrollment_id']}/end"
    assert (await town.client.post(path, json=ended, headers=parting.agent)).status_code == 200
    outdated = await parting.go(shown["fingerprint"])
    assert (outdated.status_code, outdated.json()["code"]) == (409, "days_move_outdated")
    assert await parting.booked(parting.home) == 0
    again = await parting.preview()
    moved = (await parting.go(again["fingerprint"])).json()
    assert moved["enrollment_count"] == 2
    assert await parting.booked(parting.home) == moved["day_count"] < 3


async def test_what_cannot_go_holds_all_of_it(parting: Parting) -> None:
    """The child is not there by then: the preview says so of each enrollment, and nothing moves."""
    early = {"from_on": str(await parting.town.day(LAST - 5))}
    shown = await parting.preview(**early)
    assert {item["obstacle"] for item in shown["enrollments"]} == {"child_not_there_by_then"}
    refused = await parting.go(shown["fingerprint"], **early)
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_goes_along")
    assert await parting.booked(parting.home) == 0


async def test_nothing_goes_along_of_children_who_have_nothing(parting: Parting) -> None:
    other = {"child_ids": [str(uuid4())]}
    shown = await parting.preview(**other)
    refused = await parting.go(shown["fingerprint"], **other)
    assert (shown["enrollments"], refused.json()["code"]) == ([], "nothing_goes_along")
    unknown = await parting.go("0" * 64, household_id=str(uuid4()))
    assert (unknown.status_code, refusal_codes(unknown)) == (404, [])
