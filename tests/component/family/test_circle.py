"""A household as a whole, as an agent's screen shows it: homes and people, that there is something to read of health, and its years."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.component.family.child_files import File
from tests.component.family.delegating import opened
from tests.component.family.desk import Desk
from tests.component.family.test_entourage import FORBIDDEN, GRANDMOTHER, Around
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def around(service: RunningService, desk: Desk) -> Around:
    return Around(File(await opened(service, desk)))


async def of_household(around: Around, part: str, *roles: Role, **places: Any) -> Any:
    """What an agent is answered about the household."""
    path = f"/households/{around.file.home.household.household_id}/{part}"
    return await around.client.get(path, headers=around.service.as_agent(*roles, **places))


async def test_homes_and_people_of_all_children_come_together(around: Around) -> None:
    desk = around.service.as_agent(Role.FRONT_DESK)
    await around.added(desk, **GRANDMOTHER, child_ids=around.child_ids)
    await around.added(desk, **FORBIDDEN)
    answer = await of_household(around, "circle", Role.FRONT_DESK)
    assert answer.status_code == 200, answer.text
    circle = answer.json()
    assert [child["child_id"] for child in circle["children"]] == [str(child_id) for child_id in around.child_ids]
    assert [home["household_id"] for home in circle["children"][0]["homes"]] == [
        str(around.file.home.household.household_id)
    ]
    people = {person["kind"]: person for person in circle["people"]}
    assert set(people["emergency"]["child_ids"]) == {str(child_id) for child_id in around.child_ids}
    assert people["forbidden"]["child_ids"] == [str(around.file.child_id)]


async def test_a_flag_of_health_says_that_and_never_what(around: Around) -> None:
    assert (await of_household(around, "health-flags", Role.DIRECTOR)).json() == {"children": []}
    health: dict[str, Any] = {"allergens": ["peanuts"], "has_pai": True, "conduct": "Stylo auto-injecteur"}
    assert (await around.file.say(around.file.mother, **health)).status_code == 200
    answer = await of_household(around, "health-flags", Role.DIRECTOR)
    flag = {"child_id": str(around.file.child_id), "has_pai": True, "has_allergies": True}
    assert answer.json() == {"children": [flag]}
    assert "peanuts" not in answer.text


async def test_a_plan_that_ended_is_no_flag(around: Around) -> None:
    today = await around.service.db.today()
    health: dict[str, Any] = {"has_pai": True, "conduct": "112", "pai_ends_on": str(today)}
    assert (await around.file.say(around.file.mother, **health)).status_code == 200
    assert len((await of_household(around, "health-flags", Role.DIRECTOR)).json()["children"]) == 1
    around.service.advance(days=1)
    assert (await of_household(around, "health-flags", Role.DIRECTOR)).json()["children"] == []


async def test_that_an_agent_was_told_is_noted_once_a_day_and_the_family_sees_it(around: Around) -> None:
    director = around.service.as_agent(Role.DIRECTOR)
    path = f"/households/{around.file.home.household.household_id}/health-flags"
    await around.client.get(path, headers=director)
    await around.file.say(around.file.mother, allergens=["milk"])
    for _ in range(2):
        assert (await around.client.get(path, headers=director)).status_code == 200
    assert await looks(around) == 1
    await around.client.get(path, headers=around.service.as_agent(Role.DIRECTOR))
    assert await looks(around) == 2, "another agent"
    around.service.advance(days=2)
    await around.client.get(path, headers=director)
    assert await looks(around) == 3, "another day"


async def looks(around: Around) -> int:
    """How many times the family reads that somebody was told."""
    path = f"/children/{around.file.child_id}/file-history"
    answer = await around.client.get(path, headers=around.file.mother)
    return [entry["action"] for entry in answer.json()["items"]].count("health_flag_seen")


@pytest.mark.parametrize(
    ("part", "readers"),
    [
        ("circle", {Role.FRONT_DESK, Role.DIRECTOR}),
        ("health-flags", {Role.DIRECTOR}),
        ("timeline", {Role.FRONT_DESK, Role.DIRECTOR, Role.FINANCE}),
    ],
)
async def test_each_part_is_for_whom_it_concerns(around: Around, part: str, readers: set[Role]) -> None:
    for role in (Role.FRONT_DESK, Role.DIRECTOR, Role.FINANCE, Role.SITE):
        assert (await of_household(around, part, role)).status_code == (200 if role in readers else 403), role
    path = f"/households/{uuid4()}/{part}"
    assert (await around.client.get(path, headers=around.service.as_agent(Role.DIRECTOR))).status_code == 404


@pytest.mark.parametrize("part", ["circle", "health-flags"])
async def test_an_agent_of_one_site_has_the_sheet_of_the_day_instead(around: Around, part: str) -> None:
    sites = frozenset({"tilleuls"})
    assert (await of_household(around, part, Role.DIRECTOR, sites=sites)).status_code == 404


async def test_the_years_of_a_household_keep_what_is_over(around: Around) -> None:
    home, desk = around.file.home, around.service.as_agent(Role.FRONT_DESK)
    household, today = home.household, await around.service.db.today()
    path = f"/households/{household.household_id}"
    mother, father = home.mother_id, home.father_id
    later = today + timedelta(days=60)
    for place, body in (
        ("quotient", {"value_cents": 74200, "effective_on": str(today - timedelta(days=200))}),
        ("quotient", {"value_cents": 51000, "effective_on": str(today)}),
        ("payer", {"adult_id": str(mother), "starts_on": str(later)}),
    ):
        answer = await around.client.put(f"{path}/{place}", json=body, headers=desk)
        assert answer.status_code == 200, answer.text
    years = (await of_household(around, "timeline", Role.FINANCE)).json()
    assert [row["value_cents"] for row in years["quotients"]] == [74200, 51000]
    assert [row["starts_on"] for row in years["payers"]][-1] == str(later)
    assert years["payers"][-1]["person_id"] == str(mother)
    assert {row["person_id"] for row in years["adults"]} == {str(mother), str(father)}
    assert [row["person_id"] for row in years["children"]] == [str(child_id) for child_id in home.child_ids]
