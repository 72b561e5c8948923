"""Corrections of a civil status and children to be added, as families ask for them and agents decide."""

import asyncio
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from chassis.refusal import Invalid
from contracts.family.child_events import FieldRule
from contracts.family.events import ChangeRefused, ChildState
from services.family.changes.domain import Sorted, sort
from services.family.people.domain import Child
from tests.component.family.child_files import rows_of
from tests.component.family.delegating import OTHERS, Home, codes, opened
from tests.component.family.desk import Desk
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

CANARY = "Quetzalcanari"


class Asking:
    """What parents of a home ask for, and agents decide."""

    def __init__(self, home: Home) -> None:
        self.home, self.service, self.client = home, home.service, home.service.client
        self.father, self.mother = (self.service.as_parent(item) for item in (home.father_id, home.mother_id))
        self.desk = self.service.as_agent(Role.FRONT_DESK)

    async def read(self, headers: dict[str, str], person_id: Any) -> Any:
        return await self.client.get(f"/civil-statuses/{person_id}", headers=headers)

    async def correct(self, headers: dict[str, str], person_id: Any, **fields: Any) -> Any:
        known = (await self.read(headers, person_id)).json()
        body = {"version": known.get("version", "none"), **fields}
        return await self.client.post(f"/civil-statuses/{person_id}", json=body, headers=headers)

    async def add(self, headers: dict[str, str], **fields: Any) -> Any:
        body = {"first_name": "Nora", "last_name": "Le Goff", "birth_on": "2022-02-03", **fields}
        return await self.client.post("/wanted-children", json=body, headers=headers | self.service.key())

    async def listed(self, headers: dict[str, str]) -> list[Any]:
        answer = await self.client.get("/person-changes", headers=headers)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def decide(self, change_id: str, is_accepted: bool = True, reason: str | None = None) -> Any:
        body = {"is_accepted": is_accepted, "reason": reason}
        return await self.client.put(f"/person-changes/{change_id}/decision", json=body, headers=self.desk)

    async def names(self) -> list[str]:
        answer = await self.client.get(f"/households/{self.home.household.household_id}", headers=self.desk)
        return [child["first_name"] for child in answer.json()["children"]]


@pytest.fixture
async def asking(service: RunningService, desk: Desk) -> Asking:
    return Asking(await opened(service, desk))


async def test_a_child_s_name_is_asked_for_decided_and_told(asking: Asking, capsys: pytest.CaptureFixture[str]) -> None:
    child_id = asking.home.child_ids[0]
    asked = await asking.correct(asking.father, child_id, first_name=CANARY)
    assert asked.status_code == 200, asked.text
    (waiting,) = await asking.listed(asking.desk)
    assert (waiting["before"]["first_name"], waiting["after"]["first_name"]) == ("Léa", CANARY)
    assert await asking.names() == ["Léa", "Tom"], "nothing changes before the decision"
    text = await rows_of(asking.service.db) + capsys.readouterr().out
    assert [trace for trace in (CANARY, CANARY.encode().hex()) if trace in text] == []
    twice = await asking.correct(asking.mother, child_id, last_name="Autre")
    assert (twice.status_code, twice.json()["code"]) == (409, "change_waits")
    answers = await asyncio.gather(*(asking.decide(waiting["change_id"]) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    assert await asking.names() == [CANARY, "Tom"]
    states = [state for state in await asking.home.events(ChildState) if str(state.child_id) == child_id]
    assert states[-1].first_name == CANARY
    assert [item["status"] for item in await asking.listed(asking.father)] == ["accepted"]
    assert await asking.listed(asking.mother) == [], "each adult follows what they asked for"


async def test_a_refusal_says_why_and_is_mailed_sealed(asking: Asking) -> None:
    change_id = (await asking.correct(asking.father, asking.home.child_ids[0], birth_on="2018-03-05")).json()[
        "change_id"
    ]
    assert codes(await asking.decide(change_id, is_accepted=False)) == [("/reason", "missing")]
    assert (await asking.decide(change_id, is_accepted=False, reason=f"{CANARY} ?")).status_code == 204
    (refusal,) = await asking.home.events(ChangeRefused)
    assert CANARY not in refusal.model_dump_json()
    (own,) = await asking.listed(asking.father)
    assert (own["status"], own["reason"]) == ("refused", f"{CANARY} ?")
    assert await asking.listed(asking.desk) == []
    again = await asking.correct(asking.father, asking.home.child_ids[0], birth_on="2018-03-05")
    assert again.is_success, "a decided request stands in nobody's way"


async def test_what_was_made_from_another_file_is_not_carried_out(asking: Asking) -> None:
    child_id = asking.home.child_ids[0]
    change_id = (await asking.correct(asking.father, child_id, first_name="Lia")).json()["change_id"]
    await asking.service.db.execute("update children set first_name = 'Léana' where child_id = $1", child_id)
    (waiting,) = await asking.listed(asking.desk)
    assert waiting["is_stale"]
    refused = await asking.decide(change_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "change_outdated")
    assert (await asking.names())[0] == "Léana"


async def test_a_request_is_withdrawn_by_whoever_asked(asking: Asking) -> None:
    change_id = (await asking.correct(asking.father, asking.home.child_ids[0], first_name="Lia")).json()["change_id"]
    path = f"/person-changes/{change_id}/withdrawal"
    assert (await asking.client.post(path, headers=asking.mother)).status_code == 404
    assert (await asking.client.post(path, headers=asking.father)).status_code == 204
    assert (await asking.decide(change_id)).json()["code"] == "change_decided"
    assert await asking.listed(asking.desk) == []


async def test_a_child_is_added_by_an_agent_s_yes(asking: Asking) -> None:
    change_id = (await asking.add(asking.father)).json()["change_id"]
    assert await asking.names() == ["Léa", "Tom"]
    assert (await asking.decide(change_id)).status_code == 204
    assert await asking.names() == ["Léa", "Tom", "Nora"]
    listed = (await asking.client.get("/me/children", headers=asking.father)).json()["items"]
    assert "Nora" in [child["first_name"] for child in listed], "whoever asked answers for the child"
    assert codes(await asking.add(asking.father, first_name="LEA", birth_on="2018-03-04")) == [
        ("/first_name", "child_repeated")
    ]
    assert codes(await asking.add(asking.father, birth_on="2026-09-02")) == [("/birth_on", "birth_in_future")]


@pytest.mark.parametrize("is_new", [True, False])
async def test_nothing_is_decided_for_whoever_left_the_household(asking: Asking, is_new: bool) -> None:
    """They would answer for a child in a file that is theirs no longer: it is refused to the agent, who refuses it with a reason."""
    asked = (
        asking.add(asking.father)
        if is_new
        else asking.correct(asking.father, asking.home.child_ids[0], first_name="Lia")
    )
    change_id = (await asked).json()["change_id"]
    household_id = asking.home.household.household_id
    paying = {"adult_id": str(asking.home.mother_id), "starts_on": "2026-09-01"}
    payer = await asking.client.put(f"/households/{household_id}/payer", json=paying, headers=asking.desk)
    assert payer.status_code == 200, payer.text
    (waiting,) = await asking.listed(asking.desk)
    assert not waiting["is_stale"]
    path = f"/households/{household_id}/members/{asking.home.father_id}/end"
    left = await asking.client.post(path, json={"ends_on": str(date(2026, 9, 1))}, headers=asking.desk)
    assert left.status_code == 200, left.text
    asking.service.advance(days=1)
    (waiting,) = await asking.listed(asking.desk)
    assert (waiting["is_stale"], waiting["asked_by_name"]) == (True, "Éric Le Goff-Œuvrard")
    refused = await asking.decide(change_id)
    assert (refused.status_code, refused.json()["code"]) == (409, "change_outdated")
    assert await asking.names() == ["Léa", "Tom"]
    assert (await asking.decide(change_id, is_accepted=False, reason="Vous avez quitté ce dossier.")).status_code == 204
    assert await asking.listed(asking.desk) == []


async def test_adults_correct_themselves_and_nobody_else(asking: Asking, desk: Desk) -> None:
    """A civility at once, a name by an agent's yes."""
    done = await asking.correct(asking.father, asking.home.father_id, civility="none", first_name="Erik")
    assert done.is_success, done.text
    known = (await asking.read(asking.father, asking.home.father_id)).json()
    assert (known["civility"], known["first_name"], known["is_waiting"]) == ("none", "Éric", True)
    (waiting,) = await asking.listed(asking.desk)
    assert (await asking.decide(waiting["change_id"])).status_code == 204
    assert (await asking.read(asking.father, asking.home.father_id)).json()["first_name"] == "Erik"
    assert (await asking.read(asking.mother, asking.home.father_id)).status_code == 404
    stranger = asking.service.as_parent((await desk.open(**OTHERS)).adults[0].adult_id)
    for person_id in (asking.home.father_id, asking.home.child_ids[0]):
        assert (await asking.correct(stranger, person_id, first_name="X")).status_code == 404


def test_each_field_follows_the_rule_of_the_town() -> None:
    child = Child(uuid4(), "Léa", "Le Goff", date(2018, 3, 4))
    rules = {"first_name": FieldRule.AT_ONCE, "last_name": FieldRule.REQUEST, "birth_on": FieldRule.READ_ONLY}
    decided = sort(child, {"first_name": "Lia", "last_name": "Goff", "birth_on": None}, rules)
    assert isinstance(decided, Sorted)
    assert (decided.at_once, decided.requested) == ({"first_name": "Lia"}, {"last_name": "Goff"})
    for rule in (FieldRule.READ_ONLY, FieldRule.HIDDEN):
        refused = sort(child, {"birth_on": "2018-03-05"}, rules | {"birth_on": rule})
        assert isinstance(refused, Invalid)
        assert [fault.code for fault in refused.fields] == ["field_kept_by_town"]
    same = sort(child, {"birth_on": "2018-03-04"}, rules)
    assert isinstance(same, Sorted)
    assert not same.at_once, "what is so already is no change"
