"""Morning, lunch, afternoon and whole day: units that share places, in groups at sites."""

import random
from typing import Any
from uuid import UUID

import pytest

from tests.factories.booking import PARTS, WHOLE_DAY, BookingTown, Family, refusal_codes, unit
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

POOLS_SQL = """
select p.part, p.capacity, p.taken,
       (select count(*) from bookings b join slots s on s.id = b.slot_id
        where p.id = any(s.pool_ids) and b.status = 'confirmed') as live
from pools p order by p.part
"""


async def pools(service: RunningService) -> dict[str, tuple[int, int, int]]:
    """Capacity, counter and live bookings of each part of the one day that is open."""
    return {row["part"]: (row["capacity"], row["taken"], row["live"]) for row in await service.db.fetch(POOLS_SQL)}


async def enrolled(town: BookingTown, activity_id: UUID, count: int) -> list[Family]:
    families = [await town.family() for _ in range(count)]
    for family in families:
        await town.enroll(family, activity_id)
    return families


async def test_a_whole_day_takes_the_last_place_of_the_morning(service: RunningService, town: BookingTown) -> None:
    activity_id = await town.activity(units=PARTS)
    slots = await town.open_units(activity_id, 10, capacity=2)
    await town.open_units(activity_id, 10, capacity=1, unit_codes=["matin"])
    first, second, third = await enrolled(town, activity_id, 3)

    whole = await town.book(first, slots["journee"])
    assert whole.status_code == 201, whole.text
    assert await pools(service) == {"matin": (1, 1, 1), "repas": (2, 1, 1), "apres-midi": (2, 1, 1)}

    assert refusal_codes(await town.book(second, slots["matin"])) == [("/lines/0/slot_id", "slot_full")]
    assert refusal_codes(await town.book(second, slots["journee"])) == [("/lines/0/slot_id", "slot_full")]
    states = {row["unit_code"]: row["cells"][0]["state"] for row in (await town.calendar(second))["rows"]}
    assert states == {"matin": "full", "repas": "bookable", "apres-midi": "bookable", "journee": "full"}
    assert (await town.book(second, slots["repas"], slots["apres-midi"])).status_code == 201
    assert refusal_codes(await town.book(third, slots["apres-midi"])) == [("/lines/0/slot_id", "slot_full")]

    await town.give_back(first, whole.json()["bookings"][0]["booking_id"])
    assert await pools(service) == {"matin": (1, 0, 0), "repas": (2, 1, 1), "apres-midi": (2, 1, 1)}
    assert (await town.book(third, slots["journee"])).status_code == 201


async def test_whatever_the_mix_no_place_is_sold_twice(service: RunningService, town: BookingTown) -> None:
    chance = random.Random(20_261_129)
    activity_id = await town.activity(units=PARTS)
    slots = await town.open_units(activity_id, 10, capacity=3)
    held: list[tuple[Family, str]] = []
    for family in await enrolled(town, activity_id, 10):
        for code in chance.sample(sorted(slots), 3):
            answer = await town.book(family, slots[code])
            if answer.status_code == 201:
                held.append((family, answer.json()["bookings"][0]["booking_id"]))
        if held and chance.random() < 0.4:
            await town.give_back(*held.pop(chance.randrange(len(held))))
        for capacity, taken, live in (await pools(service)).values():
            assert taken == live <= capacity


async def test_a_unit_opens_once_each_of_its_parts_has_places(town: BookingTown) -> None:
    activity_id = await town.activity(units=PARTS)
    mornings = await town.open_units(activity_id, 10, capacity=2, unit_codes=["matin", "apres-midi"])
    assert set(mornings) == {"matin", "apres-midi"}
    everything = await town.open_units(activity_id, 10, capacity=1, unit_codes=["repas"])
    assert everything | mornings == everything
    listing = {"from_on": str(await town.day(10)), "to_on": str(await town.day(10))}
    slots = (await town.client.get("/slots", params=listing, headers=town.director)).json()["items"]
    assert {slot["unit_code"]: slot["capacity"] for slot in slots} == {
        "matin": 2,
        "repas": 1,
        "apres-midi": 2,
        "journee": 1,
    }
    assert {slot["unit_label"] for slot in slots} == {"Matin", "Repas", "Apres-midi", "Journée"}
    answer = await town.open_slots(
        activity_id, days=[str(await town.day(10))], capacity=1, unit_codes=["matin", "journee", "nuit"]
    )
    assert refusal_codes(answer) == [("/unit_codes/1", "unit_unknown"), ("/unit_codes/2", "unit_unknown")]


async def test_the_label_of_an_only_unit_is_left_unsaid(town: BookingTown) -> None:
    activity_id = await town.activity()
    await town.open(activity_id, 10)
    (family,) = await enrolled(town, activity_id, 1)
    (row,) = (await town.calendar(family))["rows"]
    assert (row["unit_code"], row["unit_label"]) == ("journee", None)


async def test_units_that_exclude_each_other_are_not_had_on_one_day(town: BookingTown) -> None:
    """Their hours share no minute: it is the town that will not have both."""
    early, late = unit("aube", "07:00", "08:00"), unit("soir", "17:00", "19:00", excludes=["aube"])
    activity_id = await town.activity(units=[early, late])
    slots, other_day = await town.open_units(activity_id, 10), await town.open_units(activity_id, 11)
    (family,) = await enrolled(town, activity_id, 1)
    assert (await town.book(family, slots["soir"])).status_code == 201
    answer = await town.book(family, slots["aube"])
    assert refusal_codes(answer) == [("/lines/0/slot_id", "unit_excluded")]
    assert answer.json()["errors"][0]["params"]["other_unit"] == "Soir"
    cells = {row["unit_code"]: row["cells"][0] for row in (await town.calendar(family))["rows"]}
    assert (cells["aube"]["state"], cells["aube"]["reason"]) == ("closed", "unit_excluded")
    assert (await town.book(family, other_day["aube"])).status_code == 201


@pytest.mark.parametrize(
    ("units", "pointer", "code"),
    [
        ([WHOLE_DAY, WHOLE_DAY], "/units/1/code", "code_repeated"),
        ([unit("soir", "20:00", "08:00")], "/units/0/ends_at", "range_reversed"),
        ([unit("jour", "08:00", "18:00", implies=["matin"])], "/units/0/implies", "unit_unknown"),
        ([unit("jour", "08:00", "18:00", implies=["jour"])], "/units/0/implies", "unit_unknown"),
        ([*PARTS, unit("tout", "07:00", "19:00", implies=["journee"])], "/units/4/implies", "unit_unknown"),
        ([*PARTS, unit("tout", "07:00", "19:00", implies=["matin", "matin"])], "/units/4/implies", "code_repeated"),
        ([unit("jour", "08:00", "18:00", excludes=["nuit"])], "/units/0/excludes", "unit_unknown"),
    ],
)
async def test_units_that_do_not_hold_together_are_refused(
    town: BookingTown, units: list[dict[str, Any]], pointer: str, code: str
) -> None:
    body = await town.activity_body(units=units)
    answer = await town.client.post("/activities", json=body, headers=town.director)
    assert (answer.status_code, refusal_codes(answer)) == (422, [(pointer, code)])


NORTH, SOUTH = {"code": "nord", "label": "École Nord"}, {"code": "sud", "label": "École Sud"}
BABIES = {"site_code": "nord", "code": "petits", "label": "Petits"}


async def two_sites(town: BookingTown) -> tuple[UUID, dict[tuple[str, str], UUID]]:
    """An activity at two sites, with a group of its own at the first, and its groups by site and code."""
    for site in (NORTH, SOUTH):
        await town.site(site)
    activity_id = await town.activity(site_codes=["nord", "sud"], groups=[BABIES])
    return activity_id, await town.groups(activity_id)


async def test_each_site_has_a_default_group_beside_those_named(town: BookingTown) -> None:
    activity_id, groups = await two_sites(town)
    assert set(groups) == {("nord", "default"), ("nord", "petits"), ("sud", "default")}
    activity = next(
        item
        for item in (await town.client.get("/activities")).json()["items"]
        if item["activity_id"] == str(activity_id)
    )
    assert activity["sites"] == [NORTH, SOUTH]
    await town.site({"code": "sud", "label": "Groupe scolaire Sud"})
    listed = (await town.client.get("/sites", headers=town.director)).json()["items"]
    assert {site["code"]: site["label"] for site in listed} == {
        "maison": "Maison de l’enfance",
        "nord": "École Nord",
    } | {"sud": "Groupe scolaire Sud"}


@pytest.mark.parametrize(
    ("fields", "status", "pointer", "code"),
    [
        ({"site_codes": ["nulle-part"]}, 404, "/site_codes/0", "site_unknown"),
        ({"site_codes": ["maison", "maison"]}, 422, "/site_codes/1", "code_repeated"),
        ({"groups": [BABIES]}, 422, "/groups/0/site_code", "site_unknown"),
        ({"groups": [{**BABIES, "site_code": "maison", "code": "default"}]}, 422, "/groups/0/code", "code_repeated"),
    ],
)
async def test_sites_and_groups_that_do_not_hold_together_are_refused(
    town: BookingTown, fields: dict[str, Any], status: int, pointer: str, code: str
) -> None:
    answer = await town.client.post("/activities", json=await town.activity_body(**fields), headers=town.director)
    assert (answer.status_code, refusal_codes(answer)) == (status, [(pointer, code)])


async def test_a_child_is_seen_and_booked_in_its_own_group_alone(town: BookingTown) -> None:
    activity_id, groups = await two_sites(town)
    answer = await town.open_slots(activity_id, days=[str(await town.day(10))], capacity=1)
    slots = {slot["group_id"]: slot for slot in answer.json()["items"]}
    assert {(slot["site_label"], slot["group_label"]) for slot in slots.values()} == {
        ("École Nord", "École Nord"),
        ("École Nord", "Petits"),
        ("École Sud", "École Sud"),
    }
    north, south = (UUID(slots[str(groups[site, "default"])]["slot_id"]) for site in ("nord", "sud"))
    family = await town.family()
    silent = await town.request_enrollment(family, activity_id)
    assert (silent.status_code, refusal_codes(silent)) == (422, [("/site_code", "missing")])
    wrong = await town.request_enrollment(family, activity_id, site_code="maison")
    assert (wrong.status_code, refusal_codes(wrong)) == (404, [("/site_code", "site_unknown")])
    await town.enroll(family, activity_id, site_code="sud")
    (row,) = (await town.calendar(family))["rows"]
    assert (row["site_label"], [cell["slot_id"] for cell in row["cells"]]) == ("École Sud", [str(south)])
    assert refusal_codes(await town.book(family, north)) == [("/lines/0/slot_id", "other_group")]
    assert (await town.book(family, south)).status_code == 201


async def test_the_places_of_one_group_are_not_those_of_another(town: BookingTown) -> None:
    activity_id, groups = await two_sites(town)
    group_id = str(groups["nord", "petits"])
    day = str(await town.day(10))
    answer = await town.open_slots(activity_id, days=[day], capacity=7, group_id=group_id)
    assert [(slot["group_id"], slot["capacity"]) for slot in answer.json()["items"]] == [(group_id, 7)]
    other_id = str(next(iter((await town.groups(await town.activity())).values())))
    foreign = await town.open_slots(activity_id, days=[day], capacity=7, group_id=other_id)
    assert (foreign.status_code, refusal_codes(foreign)) == (404, [("/group_id", "group_unknown")])


async def place(town: BookingTown, enrollment_id: UUID, group_id: UUID, offset: int) -> Any:
    """An agent places an enrolled child in another group, so many days from today."""
    body = {"group_id": str(group_id), "from_on": str(await town.day(offset))}
    return await town.client.post(f"/enrollments/{enrollment_id}/placement", json=body, headers=town.director)


async def test_a_child_changes_to_another_group_on_a_day(town: BookingTown) -> None:
    activity_id, groups = await two_sites(town)
    days = [str(await town.day(offset)) for offset in (10, 20)]
    opened = (await town.open_slots(activity_id, days=days, capacity=5)).json()["items"]
    slots = {(slot["group_id"], slot["service_on"]): UUID(slot["slot_id"]) for slot in opened}
    default, babies = groups["nord", "default"], groups["nord", "petits"]
    family = await town.family()
    enrollment_id = await town.enroll(family, activity_id, site_code="nord")
    booked = await town.book(family, slots[str(default), days[1]])

    remaining = await place(town, enrollment_id, babies, 15)
    assert (remaining.status_code, remaining.json()["code"]) == (409, "bookings_remain")
    assert remaining.json()["params"] == {"count": 1, "service_on": days[1]}
    await town.give_back(family, booked.json()["bookings"][0]["booking_id"])
    placed = await place(town, enrollment_id, babies, 15)
    assert placed.status_code == 200, placed.text
    assert [(p["group_id"], p["starts_on"], p["ends_on"]) for p in placed.json()["placements"]] == [
        (str(default), str(await town.day(-30)), str(await town.day(14))),
        (str(babies), str(await town.day(15)), str(await town.day(200))),
    ]
    assert [cell["slot_id"] for cell in await town.cells(family)] == [
        str(slots[str(default), days[0]]),
        str(slots[str(babies), days[1]]),
    ]
    assert refusal_codes(await town.book(family, slots[str(default), days[1]])) == [("/lines/0/slot_id", "other_group")]
    late = await place(town, enrollment_id, babies, 201)
    assert refusal_codes(late) == [("/from_on", "outside_enrollment")]
    other_activity = next(iter((await town.groups(await town.activity())).values()))
    foreign = await place(town, enrollment_id, other_activity, 15)
    assert (foreign.status_code, refusal_codes(foreign)) == (404, [("/group_id", "group_unknown")])
