"""A child who moves from one site to another: each site's agents have what is theirs today, and what is town-wide is not theirs."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from contracts.booking.events import BookingCancelled
from tests.component.booking.test_reach_of_sites import HERE, THERE
from tests.factories.booking import BookingTown, Family, refusal_codes
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

MOVES_ON = 20


async def two_sites(town: BookingTown, **fields: Any) -> UUID:
    """An activity that is held at two sites."""
    for code in (HERE, THERE):
        await town.site({"code": code, "label": code.capitalize()})
    return await town.activity(site_codes=[HERE, THERE], **fields)


async def slots_on(town: BookingTown, activity_id: UUID, offset: int) -> dict[str, UUID]:
    """The slots of a day that opens at every site, by site."""
    answer = await town.open_slots(activity_id, days=[str(await town.day(offset))], capacity=10)
    return {slot["site_code"]: UUID(slot["slot_id"]) for slot in answer.json()["items"]}


def agent_at(town: BookingTown, *sites: str, role: Role = Role.SITE) -> dict[str, str]:
    """The headers of an agent of some sites."""
    return town.service.as_agent(role, sites=frozenset(sites))


@dataclass
class Moved:
    """A child who is here until day 19 and there from day 20 on."""

    town: BookingTown
    activity_id: UUID
    family: Family
    enrollment_id: UUID
    groups: dict[tuple[str, str], UUID]

    async def end(self, offset: int, *sites: str) -> httpx2.Response:
        """An agent of some sites ends the enrollment so many days from today."""
        body = {"from_on": str(await self.town.day(offset)), "reason": "Déménagement."}
        agent = agent_at(self.town, *sites)
        return await self.town.client.post(f"/enrollments/{self.enrollment_id}/end", json=body, headers=agent)

    async def place(self, site: str, offset: int, *sites: str) -> httpx2.Response:
        """An agent of some sites places the child at a site."""
        body = {"group_id": str(self.groups[site, "default"]), "from_on": str(await self.town.day(offset))}
        agent = agent_at(self.town, *sites) if sites else self.town.director
        return await self.town.client.post(f"/enrollments/{self.enrollment_id}/placement", json=body, headers=agent)

    async def offers(self, *sites: str) -> int:
        """What an agent of some sites is answered who asks what the child may join."""
        path = f"/children/{self.family.child_id}/activities"
        return (await self.town.client.get(path, headers=agent_at(self.town, *sites))).status_code


@pytest.fixture
async def moved(town: BookingTown) -> Moved:
    activity_id, family = await two_sites(town), await town.family()
    enrollment_id = await town.enroll(family, activity_id, site_code=HERE)
    moved = Moved(town, activity_id, family, enrollment_id, await town.groups(activity_id))
    assert (await moved.place(THERE, MOVES_ON)).status_code == 200
    return moved


async def test_a_site_changes_no_day_of_another_one(moved: Moved) -> None:
    """Today the child is here; its days there are neither ended nor taken back from here."""
    there = (await slots_on(moved.town, moved.activity_id, MOVES_ON + 5))[THERE]
    assert (await moved.town.book(moved.family, there)).status_code == 201
    for answer in (await moved.end(5, HERE), await moved.end(MOVES_ON, HERE), await moved.place(HERE, 30, HERE)):
        assert (answer.status_code, answer.json()["code"]) == (409, "placed_at_another_site")
    assert (await moved.end(5, HERE)).json()["params"] == {"service_on": str(await moved.town.day(MOVES_ON))}
    assert not [event for event in await moved.town.service.outbox() if isinstance(event, BookingCancelled)]
    assert (await moved.end(MOVES_ON, THERE)).status_code == 200


async def test_a_site_reads_nothing_of_the_groups_at_another_one(moved: Moved) -> None:
    """The list of enrollments, and what an act on one answers."""
    for sites, seen in (((HERE,), [HERE]), ((THERE,), [THERE]), ((HERE, THERE), [HERE, THERE])):
        headers = agent_at(moved.town, *sites)
        (listed,) = (await moved.town.client.get("/enrollments", headers=headers)).json()["items"]
        assert [placement["site_code"] for placement in listed["placements"]] == seen
    answer = await moved.end(MOVES_ON + 30, THERE)
    assert [placement["site_code"] for placement in answer.json()["placements"]] == [THERE]


async def test_who_works_at_both_sites_changes_the_days_of_both(moved: Moved) -> None:
    assert (await moved.end(5, HERE, THERE)).status_code == 200


async def test_once_a_child_has_moved_the_former_site_has_it_no_more(moved: Moved) -> None:
    assert (await moved.offers(HERE), await moved.offers(THERE)) == (200, 200)
    line = {"child_id": str(moved.family.child_id), "slot_id": str(uuid4())}
    moved.town.service.advance(days=MOVES_ON)
    assert (await moved.offers(HERE), await moved.offers(THERE)) == (404, 200)
    assert (await moved.place(HERE, 2, HERE)).status_code == 404
    listed = await moved.town.client.get("/enrollments", headers=agent_at(moved.town, HERE))
    assert listed.json()["items"] == []
    for site, codes in ((HERE, ["child_unknown"]), (THERE, ["slot_unknown"])):
        headers = agent_at(moved.town, site) | moved.town.service.key()
        refused = await moved.town.client.post("/bookings", json={"lines": [line]}, headers=headers)
        assert [code for _, code in refusal_codes(refused)] == codes


async def test_the_last_site_of_an_enrollment_keeps_it_in_view(moved: Moved) -> None:
    assert (await moved.end(MOVES_ON + 10, THERE)).status_code == 200
    moved.town.service.advance(days=MOVES_ON + 100)
    assert (await moved.offers(HERE), await moved.offers(THERE)) == (404, 200)


async def test_an_enrollment_that_never_began_stays_with_its_site(town: BookingTown) -> None:
    activity_id, family = await two_sites(town), await town.family()
    enrollment_id = await town.enroll(family, activity_id, site_code=HERE, starts_on=str(await town.day(5)))
    moved = Moved(town, activity_id, family, enrollment_id, {})
    ended = await moved.end(3, HERE)
    assert (ended.status_code, ended.json()["status"]) == (200, "ended")
    assert (await moved.offers(HERE), await moved.offers(THERE)) == (200, 404)


async def test_any_site_takes_the_first_enrollment_of_a_child_at_its_own_place(town: BookingTown) -> None:
    activity_id, family = await two_sites(town), await town.family()
    await town.activity(label="Là-bas", site_codes=[THERE])
    agent = agent_at(town, HERE, role=Role.FRONT_DESK)
    offers = await town.client.get(f"/children/{family.child_id}/activities", headers=agent)
    assert [offer["activity"]["activity_id"] for offer in offers.json()["items"]] == [str(activity_id)]
    wish = {"child_id": str(family.child_id), "activity_id": str(activity_id)}
    foreign = await town.client.post(
        "/enrollments", json={**wish, "site_code": THERE}, headers=agent | town.service.key()
    )
    assert (foreign.status_code, refusal_codes(foreign)) == (404, [("/site_code", "site_unknown")])
    answer = await town.client.post("/enrollments", json=wish, headers=agent | town.service.key())
    assert answer.status_code == 201, answer.text
    assert [placement["site_code"] for placement in answer.json()["placements"]] == [HERE]
    other = agent_at(town, THERE, role=Role.FRONT_DESK)
    second = await town.client.post("/enrollments", json=wish, headers=other | town.service.key())
    assert (second.status_code, refusal_codes(second)) == (404, [("/child_id", "child_unknown")])


async def test_a_refused_enrollment_gives_no_site_the_child(town: BookingTown) -> None:
    activity_id, family = await two_sites(town), await town.family()
    asked = await town.request_enrollment(family, activity_id, site_code=THERE)
    await town.decide(UUID(asked.json()["enrollment_id"]), is_validated=False, reason="Complet.")
    path = f"/children/{family.child_id}/activities"
    assert (await town.client.get(path, headers=agent_at(town, HERE))).status_code == 200


async def test_sites_and_activities_are_made_by_who_works_everywhere(town: BookingTown) -> None:
    await two_sites(town)
    director = agent_at(town, HERE, role=Role.DIRECTOR)
    site = {"code": HERE, "label": "Autre nom"}
    activity = await town.activity_body(site_codes=[HERE])
    for path, body in (("/sites", site), ("/activities", activity)):
        assert (await town.client.post(path, json=body, headers=director)).status_code == 403
        assert (await town.client.post(path, json=body, headers=town.director)).status_code == 201


async def test_that_a_child_is_elsewhere_does_not_say_where(town: BookingTown) -> None:
    """An agent of one site hears that the child is at another, in the calendar and when booking; who works at both hears of what."""
    await two_sites(town)
    family = await town.family()
    activities = [await town.activity(), await town.activity(label="Suivi secret", site_codes=[THERE])]
    for activity_id in activities:
        await town.enroll(family, activity_id)
    (here,), (there,) = [await town.open(activity_id, 10) for activity_id in activities]
    assert (await town.book(family, there)).status_code == 201
    period = {"from_on": str(await town.day(0)), "to_on": str(await town.day(30))}
    query = {"household_id": str(family.household_id), **period}
    line = {"lines": [{"child_id": str(family.child_id), "slot_id": str(here)}]}
    mark = {"marks": [{"child_id": str(family.child_id), "attendance": "unbooked"}]}
    (today,) = await town.open(activities[0], 0)
    (away,) = await town.open(activities[1], 0)
    await town.client.put(f"/slots/{away}/attendance", json=mark, headers=agent_at(town, THERE))
    for sites, code, is_named in (((HERE,), "at_another_site", False), ((HERE, THERE), "elsewhere", True)):
        agent = agent_at(town, *sites)
        calendar = await town.client.get("/calendar", params=query, headers=agent)
        refused = await town.client.post("/bookings", json=line, headers=agent | town.service.key())
        assert code in {cell["reason"] for row in calendar.json()["rows"] for cell in row["cells"]}
        assert refusal_codes(refused) == [("/lines/0/slot_id", code)]
        marked = await town.client.put(f"/slots/{today}/attendance", json=mark, headers=agent)
        assert refusal_codes(marked) == [("/marks/0/attendance", code)]
        assert ["secret" in answer.text for answer in (calendar, refused, marked)] == [is_named] * 3


async def test_a_child_of_another_site_is_not_added_to_a_sheet_by_its_id(town: BookingTown) -> None:
    """An agent of the site where it is enrolled adds it there; of a child that nobody enrolled yet everybody may take care."""
    activity_id, family, newcomer = await two_sites(town), await town.family(), await town.family()
    await town.enroll(family, activity_id, site_code=THERE)
    today = await slots_on(town, activity_id, 0)
    for site, whose, status in ((HERE, family, 404), (HERE, newcomer, 200), (THERE, family, 200)):
        body = {"marks": [{"child_id": str(whose.child_id), "attendance": "unbooked"}]}
        answer = await town.client.put(f"/slots/{today[site]}/attendance", json=body, headers=agent_at(town, site))
        assert answer.status_code == status, answer.text
