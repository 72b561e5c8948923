"""Civil statuses that agents correct, and children whom they add to a file, at once."""

from datetime import date

import pytest

from contracts.family.events import ChildState
from tests.component.family.changing import Asking
from tests.component.family.delegating import OTHERS, codes
from tests.component.family.desk import Desk
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


async def test_an_agent_corrects_anybody_at_once_whatever_the_town_lets_families_do(asking: Asking) -> None:
    """Noted at the counter; what a family asked for before is not carried out any more."""
    child_id, father_id = asking.home.child_ids[0], asking.home.father_id
    await asking.correct(asking.father, child_id, first_name="Lia")
    known = (await asking.read(asking.desk, child_id)).json()
    assert set(known["rules"].values()) == {"at_once"}
    assert (await asking.correct(asking.desk, child_id, first_name="Léana", birth_on="2018-03-05")).is_success
    assert (await asking.correct(asking.desk, father_id, last_name="Le Goffic")).is_success
    states = [state for state in await asking.home.events(ChildState) if str(state.child_id) == child_id]
    assert (states[-1].first_name, states[-1].birth_on) == ("Léana", date(2018, 3, 5))
    assert (await asking.read(asking.father, father_id)).json()["last_name"] == "Le Goffic"
    (waiting,) = await asking.listed(asking.desk)
    assert waiting["is_stale"]
    history = await asking.client.get(
        "/history", params={"household_id": str(asking.home.household.household_id)}, headers=asking.desk
    )
    assert [entry["action"] for entry in history.json()["items"]][:2] == ["civil_status_changed"] * 2
    stale = {"version": known["version"], "first_name": "Lou"}
    late = await asking.client.post(f"/civil-statuses/{child_id}", json=stale, headers=asking.desk)
    assert (late.status_code, late.json()["code"]) == (409, "change_outdated")
    assert (await asking.read(asking.service.as_agent(Role.FINANCE), child_id)).status_code == 403


async def test_an_agent_adds_a_child_and_says_who_answers_for_it(asking: Asking, desk: Desk) -> None:
    household_id, parents = str(asking.home.household.household_id), [asking.home.father_id, asking.home.mother_id]
    stranger = (await desk.open(**OTHERS)).adults[0].adult_id
    body = {"household_id": household_id, "guardian_ids": [str(adult_id) for adult_id in parents]}
    assert codes(await asking.add(asking.desk, household_id=household_id)) == [("/guardian_ids", "missing")]
    assert codes(await asking.add(asking.desk, **body | {"guardian_ids": [str(stranger)]})) == [
        ("/guardian_ids", "adult_not_in_household")
    ]
    assert codes(await asking.add(asking.father, **body)) == [("/guardian_ids", "field_kept_by_town")]
    added = await asking.add(asking.desk, **body)
    assert (added.status_code, added.json()) == (201, {"change_id": None, "is_done": True})
    assert await asking.names() == ["Léa", "Tom", "Nora"]
    for parent in (asking.father, asking.mother):
        listed = (await asking.client.get("/me/children", headers=parent)).json()["items"]
        assert "Nora" in [child["first_name"] for child in listed]
    assert await asking.listed(asking.desk) == []


async def test_a_birth_is_expected_in_a_file_that_is_there(asking: Asking) -> None:
    """By its family's request or an agent, ten months ahead at most; a name may come later, and nobody who is born lacks one."""
    household_id = str(asking.home.household.household_id)
    birth = {"first_name": None, "birth_on": "2027-03-01", "is_expected": True}
    assert codes(await asking.add(asking.father, first_name=None)) == [("/first_name", "missing")]
    assert codes(await asking.add(asking.father, **birth | {"birth_on": "2027-07-02"})) == [
        ("/birth_on", "expected_day_out_of_range")
    ]
    change_id = (await asking.add(asking.father, **birth)).json()["change_id"]
    (waiting,) = await asking.listed(asking.desk)
    assert (waiting["is_expected"], waiting["after"]["birth_on"]) == (True, "2027-03-01")
    assert (await asking.decide(change_id)).status_code == 204
    twin = birth | {"first_name": "Lou", "household_id": household_id, "guardian_ids": [str(asking.home.father_id)]}
    assert (await asking.add(asking.desk, **twin)).status_code == 201
    assert await asking.names() == ["Léa", "Tom", "Bébé", "Lou"]
    expected = (await asking.client.get("/expected-children", headers=asking.desk)).json()["items"]
    assert {item["expected_on"] for item in expected} == {"2027-03-01"}
    moved = await asking.correct(asking.desk, expected[0]["child_id"], birth_on="2030-01-01")
    assert codes(moved) == [("/birth_on", "expected_day_out_of_range")]
