"""Corrections of a civil status and children to be added, as families ask for them and agents decide."""

import asyncio
from datetime import date
from uuid import uuid4

import pytest

from chassis.refusal import Invalid
from contracts.family.child_events import FieldRule
from contracts.family.events import ChangeRefused, ChildState
from contracts.http import PAGE_SIZE
from services.family.changes.domain import Sorted, sort
from services.family.people.domain import Child
from tests.component.family.changing import Asking
from tests.component.family.child_files import rows_of
from tests.component.family.delegating import OTHERS, codes
from tests.component.family.desk import Desk

pytestmark = pytest.mark.anyio

CANARY = "Quetzalcanari"


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


async def test_what_waits_is_read_page_by_page_of_all_files_or_of_one(asking: Asking, desk: Desk) -> None:
    """Also beyond the first page: each is read by itself, as long as it waits."""
    await asking.correct(asking.father, asking.home.child_ids[0], first_name="Lia")
    others = []
    for number in range(PAGE_SIZE):
        name = f"Autre {chr(97 + number)}"
        file = await desk.open(
            guardian={"first_name": "Paule", "last_name": name, "email": f"p{number}@courriel.example", "phone": None},
            children=[{"first_name": "Zoé", "last_name": name, "birth_on": "2019-01-01"}],
        )
        parent = asking.service.as_parent(file.adults[0].adult_id)
        answer = await asking.correct(parent, file.children[0].child_id, first_name="Zoë")
        others.append(answer.json()["change_id"])
    first = (await asking.client.get("/person-changes", headers=asking.desk)).json()
    assert len(first["items"]) == PAGE_SIZE
    second = await asking.client.get("/person-changes", params={"cursor": first["next_cursor"]}, headers=asking.desk)
    (last,) = second.json()["items"]
    assert (last["change_id"], second.json()["next_cursor"]) == (others[-1], None)
    own = {"household_id": str(asking.home.household.household_id)}
    (of_file,) = (await asking.client.get("/person-changes", params=own, headers=asking.desk)).json()["items"]
    assert of_file["after"]["first_name"] == "Lia"
    path = f"/person-changes/{last['change_id']}"
    read = await asking.client.get(path, headers=asking.desk)
    assert (read.status_code, read.json()) == (200, last)
    assert (await asking.client.get(path, headers=asking.father)).status_code == 403
    await asking.decide(last["change_id"])
    assert (await asking.client.get(path, headers=asking.desk)).status_code == 404


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
        ("/first_name", "child_in_file")
    ]
    assert codes(await asking.add(asking.father, birth_on="2026-09-02")) == [("/birth_on", "birth_in_future")]


async def test_a_child_is_asked_for_once_however_spelled(asking: Asking) -> None:
    first = (await asking.add(asking.father)).json()["change_id"]
    for headers, name in ((asking.father, "nora"), (asking.mother, "Norà")):
        assert codes(await asking.add(headers, first_name=name)) == [("/first_name", "child_asked")], name
    assert (await asking.add(asking.father, first_name="Norah")).status_code == 201, "a twin"
    assert (await asking.client.post(f"/person-changes/{first}/withdrawal", headers=asking.father)).status_code == 204
    assert (await asking.add(asking.father)).status_code == 201


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


async def test_who_is_kept_from_a_child_reads_their_request_no_more(asking: Asking) -> None:
    """It says what the child is called by now."""
    child_id, service = asking.home.child_ids[0], asking.service
    assert (await asking.correct(asking.father, child_id, first_name="Lea")).status_code == 200
    assert (await asking.correct(asking.father, asking.home.father_id, first_name="Rick")).status_code == 200
    assert len(await asking.listed(asking.father)) == 2
    taken = {
        "role": "guardian",
        "authority": "none",
        "starts_on": "2026-09-01",
        "evidence_kind": "judgment",
        "evidence_on": "2026-08-20",
        "evidence": "JAF de Caen",
    }
    path = f"/children/{child_id}/responsibilities/{asking.home.father_id}"
    answer = await service.client.put(path, json=taken, headers=asking.desk)
    assert answer.status_code == 200, answer.text
    assert [item["person_id"] for item in await asking.listed(asking.father)] == [str(asking.home.father_id)]
    assert len(await asking.listed(asking.desk)) == 2


async def test_a_request_is_noted_where_the_asker_lives_today(asking: Asking, desk: Desk) -> None:
    """The father moved out: what he asks for is in the history of his home, not of the one that he left, and agents read it there."""
    home, service = asking.home, asking.service
    left_id, child_id = str(home.household.household_id), home.child_ids[0]
    ended = await service.client.post(
        f"/households/{left_id}/members/{home.father_id}/end", json={"ends_on": "2026-09-01"}, headers=asking.desk
    )
    assert ended.status_code == 200, ended.text
    own = await desk.open(**OTHERS)
    for person_id in (home.father_id, child_id):
        path = f"/households/{own.household_id}/members/{person_id}"
        joined = await service.client.put(path, json={"starts_on": "2026-09-01"}, headers=asking.desk)
        assert joined.status_code == 200, joined.text
    service.advance(days=1)
    assert (await asking.correct(asking.father, child_id, first_name="Lea")).status_code == 200
    (asked,) = await asking.listed(asking.father)
    assert asked["reference"] == own.reference
    history = await service.client.get("/history", params={"household_id": left_id}, headers=asking.mother)
    assert "change_asked" not in history.text
