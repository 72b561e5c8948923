"""Agents of a site: what stands at another one is not there for them, in no sheet, list, count or change."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from tests.factories.booking import BookingTown, Family, refusal_codes
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

HERE, THERE = "maison", "plateau"


@dataclass
class TwoSites:
    """A child enrolled and booked at each of two sites of one activity, and an agent of the first."""

    town: BookingTown
    activity_id: UUID
    here: Family
    there: Family
    slots: dict[str, UUID]
    enrollments: dict[str, UUID]
    agent: dict[str, str]

    async def get(self, path: str, **query: Any) -> tuple[int, Any]:
        """What the agent reads."""
        answer = await self.town.client.get(path, params=query, headers=self.agent)
        return answer.status_code, answer.json()

    async def post(self, path: str, body: Any) -> tuple[int, list[tuple[str, str]]]:
        """What the agent does."""
        answer = await self.town.client.post(path, json=body, headers=self.agent | self.town.service.key())
        return answer.status_code, [] if answer.is_success else refusal_codes(answer)


@pytest.fixture
async def sites(town: BookingTown) -> TwoSites:
    await town.site({"code": THERE, "label": "Accueil du Plateau"})
    activity_id = await town.activity(site_codes=[HERE, THERE])
    answer = await town.open_slots(activity_id, days=[str(await town.day(10)), str(await town.day(0))], capacity=10)
    tomorrow = str(await town.day(10))
    slots = {
        slot["site_code"]: UUID(slot["slot_id"]) for slot in answer.json()["items"] if slot["service_on"] == tomorrow
    }
    here, there = await town.family(), await town.family()
    enrollments = {}
    for code, family in ((HERE, here), (THERE, there)):
        enrollments[code] = await town.enroll(family, activity_id, site_code=code)
        assert (await town.book(family, slots[code])).status_code == 201
    agent = town.service.as_agent(Role.SITE, Role.DIRECTOR, sites=frozenset({HERE}))
    return TwoSites(town, activity_id, here, there, slots, enrollments, agent)


async def period(town: BookingTown) -> dict[str, str]:
    return {"from_on": str(await town.day(0)), "to_on": str(await town.day(30))}


async def test_a_sheet_of_another_site_is_not_there(sites: TwoSites) -> None:
    assert (await sites.get(f"/slots/{sites.slots[HERE]}/attendance"))[0] == 200
    assert (await sites.get(f"/slots/{sites.slots[THERE]}/attendance"))[0] == 404
    marks = {"marks": [{"child_id": str(sites.there.child_id), "attendance": "present"}]}
    marked = await sites.town.client.put(
        f"/slots/{sites.slots[THERE]}/attendance", json=marks, headers=sites.agent | sites.town.service.key()
    )
    assert marked.status_code == 404
    assert (await sites.post(f"/slots/{sites.slots[THERE]}/attendance/closure", {}))[0] == 404
    assert (await sites.post(f"/slots/{sites.slots[HERE]}/attendance/closure", {}))[0] == 409  # its day has not come


async def test_lists_and_counts_hold_one_s_own_sites(sites: TwoSites) -> None:
    _, places = await sites.get("/sites")
    assert [site["code"] for site in places["items"]] == [HERE]
    _, slots = await sites.get("/slots", activity_id=str(sites.activity_id), **await period(sites.town))
    assert {slot["site_code"] for slot in slots["items"]} == {HERE}
    assert [slot["taken"] for slot in slots["items"]] == [0, 1]
    _, enrollments = await sites.get("/enrollments")
    assert [item["enrollment_id"] for item in enrollments["items"]] == [str(sites.enrollments[HERE])]
    _, none = await sites.get("/enrollments", household_id=str(sites.there.household_id))
    assert none["items"] == []


async def test_days_of_a_household_at_another_site_are_not_there(sites: TwoSites) -> None:
    for family, count in ((sites.here, 1), (sites.there, 0)):
        query = {"household_id": str(family.household_id), **await period(sites.town)}
        assert len((await sites.get("/bookings", **query))[1]["items"]) == count
        assert len((await sites.get("/calendar", **query))[1]["rows"]) == count
    query = {"household_id": str(sites.here.household_id)}
    assert (await sites.get("/history", **query))[0] == 404
    everywhere = sites.town.service.as_agent(Role.DIRECTOR)
    assert (await sites.town.client.get("/history", params=query, headers=everywhere)).status_code == 200


async def test_nothing_is_booked_or_given_back_at_another_site(sites: TwoSites) -> None:
    (booked,) = (await sites.town.cells(sites.there, 9, 11))[:1]
    given_back = {"cancellations": [await sites.town.booking(booked["booking_id"])]}
    assert await sites.post("/bookings", given_back) == (404, [("/cancellations/0", "booking_unknown")])
    line = {"child_id": str(sites.here.child_id), "slot_id": str(sites.slots[THERE])}
    assert await sites.post("/bookings", {"lines": [line]}) == (404, [("/lines/0/slot_id", "slot_unknown")])
    line = {"child_id": str(sites.there.child_id), "slot_id": str(sites.slots[HERE])}
    assert await sites.post("/bookings", {"lines": [line]}) == (404, [("/lines/0/child_id", "child_unknown")])


async def test_children_and_enrollments_of_another_site_are_not_there(sites: TwoSites) -> None:
    child_id = sites.there.child_id
    assert (await sites.get(f"/children/{sites.here.child_id}/activities"))[0] == 200
    assert (await sites.get(f"/children/{child_id}/activities"))[0] == 404
    wish = {"child_id": str(child_id), "activity_id": str(sites.activity_id)}
    assert (await sites.post("/enrollments", wish))[0] == 404
    end = {"from_on": str(await sites.town.day(20)), "reason": "Déménagement."}
    assert (await sites.post(f"/enrollments/{sites.enrollments[THERE]}/end", end))[0] == 404
    assert (await sites.post(f"/enrollments/{sites.enrollments[HERE]}/end", end))[0] == 200


async def test_an_agent_of_a_site_opens_and_places_there_alone(sites: TwoSites) -> None:
    groups = await sites.town.groups(sites.activity_id)
    day = str(await sites.town.day(15))
    opened = await sites.town.client.post(
        f"/activities/{sites.activity_id}/slots",
        json={"days": [day], "capacity": 5},
        headers=sites.agent | sites.town.service.key(),
    )
    assert {slot["site_code"] for slot in opened.json()["items"]} == {HERE}
    move = {"from_on": day, "group_id": str(groups[THERE, "default"])}
    assert await sites.post(f"/enrollments/{sites.enrollments[HERE]}/placement", move) == (
        404,
        [("/group_id", "group_unknown")],
    )
    foreign = {"days": [day], "capacity": 5, "group_id": str(groups[THERE, "default"])}
    assert not (
        await sites.town.client.post(
            f"/activities/{sites.activity_id}/slots", json=foreign, headers=sites.agent | sites.town.service.key()
        )
    ).is_success
