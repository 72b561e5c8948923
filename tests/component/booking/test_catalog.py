"""Activities and the days on which they take place."""

from typing import Any
from uuid import uuid4

import pytest

from contracts.booking.events import ActivityState
from tests.factories.booking import BookingTown, refusal_codes
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_an_activity_is_public_and_told(service: RunningService, town: BookingTown) -> None:
    activity_id = await town.activity(label="Judo", kind="sport")
    answer = await town.client.get("/activities")
    assert answer.status_code == 200
    (activity,) = answer.json()["items"]
    assert (activity["activity_id"], activity["label"], activity["kind"]) == (str(activity_id), "Judo", "sport")
    assert activity["cutoff"] == {"days_before": 2, "at": "12:00:00"}
    (event,) = await service.outbox()
    assert isinstance(event, ActivityState)
    assert (event.activity_id, event.kind, event.tariff_code) == (activity_id, "sport", "leisure_day")
    assert [(site.code, site.label) for site in event.sites] == [("maison", "Maison de l’enfance")]
    assert [(unit.code, unit.label) for unit in event.units] == [("journee", "Journée")]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"age_min": 12}, "/age_max"),
        ({"ends_on": "2000-01-01"}, "/ends_on"),
        ({"age_max": 19}, "/age_max"),
        ({"label": " "}, "/label"),
        ({"kind": "canteen"}, "/kind"),
        ({"starts_on": "0001-01-01"}, "/starts_on"),
        ({"price_cents": 0}, "/price_cents"),
        ({"cutoff": {"days_before": -1, "at": "12:00"}}, "/cutoff/days_before"),
        ({"cutoff": {"days_before": 1, "at": "12:00:00+02:00"}}, "/cutoff/at"),
        ({"label": "Judo\x00"}, "/label"),
    ],
)
async def test_an_activity_that_does_not_hold_together_is_refused_by_its_field(
    town: BookingTown, fields: dict[str, Any], pointer: str
) -> None:
    body = await town.activity_body(**fields)
    answer = await town.client.post("/activities", json=body, headers=town.director)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [field for field, _ in refusal_codes(answer)] == [pointer]


async def test_places_can_be_raised_and_never_lowered_below_those_taken(town: BookingTown) -> None:
    activity_id = await town.activity()
    first, second = await town.open(activity_id, 10, 11, capacity=2)
    for _ in range(2):
        family = await town.family()
        await town.enroll(family, activity_id)
        assert (await town.book(family, first)).status_code == 201
    assert await town.open(activity_id, 10, capacity=5) == [first]

    body = {"days": [str(await town.day(11)), str(await town.day(10))], "capacity": 1}
    answer = await town.client.post(f"/activities/{activity_id}/slots", json=body, headers=town.director)
    assert (answer.status_code, answer.json()["code"]) == (409, "capacity_below_taken")
    assert refusal_codes(answer) == [("/days/1", "capacity_below_taken")]
    listed = await town.client.get(
        "/slots",
        params={"from_on": str(await town.day(0)), "to_on": str(await town.day(30))},
        headers=town.service.as_agent(Role.FRONT_DESK),
    )
    places = [(slot["slot_id"], slot["capacity"], slot["taken"]) for slot in listed.json()["items"]]
    assert places == [(str(first), 5, 2), (str(second), 2, 0)]


async def test_a_day_outside_the_activity_cannot_be_opened(town: BookingTown) -> None:
    activity_id = await town.activity()
    body = {"days": [str(await town.day(10)), str(await town.day(201))], "capacity": 1}
    answer = await town.client.post(f"/activities/{activity_id}/slots", json=body, headers=town.director)
    assert (answer.status_code, refusal_codes(answer)) == (422, [("/days/1", "outside_activity")])
    missing = await town.client.post(f"/activities/{uuid4()}/slots", json=body, headers=town.director)
    assert missing.status_code == 404


async def test_days_come_in_pages(town: BookingTown) -> None:
    activity_id = await town.activity()
    slot_ids = [str(slot_id) for slot_id in await town.open(activity_id, *range(150))]
    params = {
        "activity_id": str(activity_id),
        "from_on": str(await town.day(0)),
        "to_on": str(await town.day(200)),
    }
    first = (await town.client.get("/slots", params=params, headers=town.director)).json()
    params["cursor"] = first["next_cursor"]
    second = (await town.client.get("/slots", params=params, headers=town.director)).json()
    assert [slot["slot_id"] for slot in first["items"] + second["items"]] == slot_ids
    assert second["next_cursor"] is None


async def test_only_entitled_agents_change_the_catalogue(service: RunningService, town: BookingTown) -> None:
    activity_id = await town.activity()
    family = await town.family()
    days = {"days": [str(await town.day(1))], "capacity": 1}
    for headers in (town.parent(family), service.as_agent(Role.FINANCE)):
        created = await town.client.post("/activities", json=await town.activity_body(), headers=headers)
        opened = await town.client.post(f"/activities/{activity_id}/slots", json=days, headers=headers)
        assert created.status_code == opened.status_code == 403
    body = await town.activity_body()
    assert (await town.client.post("/activities", json=body, headers=service.as_system())).status_code == 201
    assert (await town.client.post("/activities", json=body)).status_code == 401
    listing = {"from_on": days["days"], "to_on": days["days"]}
    assert (await town.client.get("/slots", params=listing, headers=town.parent(family))).status_code == 403


async def test_a_site_that_is_renamed_is_called_so_everywhere(service: RunningService, town: BookingTown) -> None:
    """Its default groups bear its name, and whoever keeps the activities held there hears it; nothing is said when nothing changed."""
    there = await town.activity(groups=[{"site_code": "maison", "code": "petits", "label": "Petits"}])
    await town.site({"code": "nord", "label": "École Nord"})
    await town.activity(site_codes=["nord"])
    renamed = {"code": "maison", "label": "Maison des enfants"}
    for _ in range(2):
        answer = await town.client.post("/sites", json=renamed, headers=town.director)
        assert (answer.status_code, answer.json()) == (201, renamed)
    _, _, event = await service.outbox()
    assert isinstance(event, ActivityState)
    assert (event.activity_id, [site.label for site in event.sites]) == (there, ["Maison des enfants"])
    activities = (await town.client.get("/activities")).json()["items"]
    assert [sorted(group["label"] for group in activity["groups"]) for activity in activities] == [
        ["Maison des enfants", "Petits"],
        ["École Nord"],
    ]
