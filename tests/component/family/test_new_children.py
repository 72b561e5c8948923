"""A child joins a household by a request: asked for once, judged when it is sent and when it is accepted, and added as from the file."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from contracts.family.events import ChildAdded
from tests.component.family.delegating import OTHERS, codes, opened
from tests.component.family.desk import Desk
from tests.component.family.request_forms import RequestForms
from tests.support.applications import Applications
from tests.support.services import RunningService, write_town

pytestmark = pytest.mark.anyio

CODE = "nouvel_enfant"
NORA = {"first_name": " Nora  Zoé ", "last_name": "Quetzal", "birth_on": "2024-03-05"}


@pytest.fixture
async def requests(service: RunningService, desk: Desk) -> RequestForms:
    return RequestForms(await opened(service, desk))


def pages(**child: str) -> tuple[dict[str, Any], ...]:
    situation = {"is_expected": "no", "autorite": "yes"}
    return (situation, NORA | child, {"scolarise": "yes", "ecole": "École Pasteur, CP"})


async def drafted(requests: RequestForms, *filled: dict[str, Any]) -> str:
    request_id = await requests.begun(CODE)
    await requests.fill(request_id, filled or pages())
    book = await requests.papers.sent()
    assert (await requests.give(request_id, "livret_famille", book)).status_code == 200
    return request_id


async def sent(requests: RequestForms, *filled: dict[str, Any]) -> str:
    request_id = await drafted(requests, *filled)
    answer = await requests.send(request_id)
    assert answer.status_code == 200, answer.text
    return request_id


async def children(requests: RequestForms) -> list[dict[str, Any]]:
    household_id = requests.home.household.household_id
    answer = await requests.client.get(f"/households/{household_id}", headers=requests.agent())
    return list(answer.json()["children"])


async def test_an_accepted_request_adds_the_child_once(requests: RequestForms) -> None:
    """However often and by however many the button is pressed."""
    request_id, count = await sent(requests), len(await children(requests))
    answers = await asyncio.gather(*(requests.decide(request_id, "accept") for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200] * 3, [answer.text for answer in answers]
    kept = await children(requests)
    assert len(kept) == count + 1
    nora = next(child for child in kept if child["first_name"] == "Nora Zoé")
    assert (nora["last_name"], nora["birth_on"]) == ("Quetzal", "2024-03-05")
    assert [str(event.child_id) for event in await requests.home.events(ChildAdded)].count(nora["child_id"]) == 1
    own = (await requests.client.get("/me/household", headers=requests.father)).json()
    assert nora["child_id"] in {child["child_id"] for child in own["children"]}


async def test_what_cannot_be_a_child_of_the_household_is_said_while_it_is_typed(requests: RequestForms) -> None:
    there = (await children(requests))[0]
    request_id = await drafted(requests, *pages(birth_on="2090-01-01"))
    read = (await requests.read(request_id)).json()
    assert [(fault["step"], fault["pointer"], fault["code"]) for fault in read["faults"]] == [
        (2, "/answers/birth_on", "birth_in_future")
    ]
    assert (await requests.send(request_id)).json()["code"] == "request_incomplete"
    repeated = {name: there[name] for name in ("first_name", "last_name", "birth_on")}
    kept = (await requests.keep(request_id, 2, repeated)).json()
    assert [(fault["pointer"], fault["code"]) for fault in kept["faults"]] == [("/answers/first_name", "child_in_file")]


async def test_a_child_who_joined_meanwhile_is_not_added_again(requests: RequestForms) -> None:
    one, other = await sent(requests), await sent(requests)
    assert (await requests.decide(one, "accept")).status_code == 200
    again = await requests.decide(other, "accept")
    assert codes(again) == [("/first_name", "child_in_file")]
    assert (await requests.read(other)).json()["status"] == "sent", "nothing was decided"


async def test_one_who_is_to_be_born_is_called_by_the_towns_word(requests: RequestForms) -> None:
    day = str(await requests.home.service.db.today())
    request_id = await requests.begun(CODE)
    await requests.fill(
        request_id, ({"is_expected": "yes", "autorite": "yes"}, {"last_name": "Quetzal", "birth_on": day})
    )
    read = (await requests.read(request_id)).json()
    assert (read["asked"], read["pieces"]) == (
        ["is_expected", "autorite", "last_name", "birth_on", "precisions"],
        [],
    )
    assert (await requests.send(request_id)).status_code == 200
    assert (await requests.decide(request_id, "accept")).status_code == 200
    assert [child["first_name"] for child in await children(requests) if child["is_expected"]] == ["Bébé"]


async def test_agents_are_warned_of_a_child_who_is_known_and_families_are_not(
    requests: RequestForms, desk: Desk, service: RunningService
) -> None:
    other = await desk.open(**OTHERS)
    known = other.children[0].model_dump(mode="json")
    wanted = {"first_name": known["first_name"] + "e", "last_name": known["last_name"], "birth_on": known["birth_on"]}
    request_id = await sent(requests, *pages(**wanted))
    (alike,) = [
        child
        for child in (await requests.read(request_id, requests.agent())).json()["alike"]
        if child["household_id"] == str(other.household_id)
    ]
    assert alike["child_id"] == known["child_id"]
    assert (await requests.read(request_id)).json()["alike"] == []


async def test_whoever_left_the_household_has_no_child_added(requests: RequestForms) -> None:
    request_id, home = await sent(requests), requests.home
    path = f"/households/{home.household.household_id}/members/{home.father_id}/end"
    left = await requests.client.post(path, json={"ends_on": "2026-09-01"}, headers=requests.agent())
    assert left.status_code == 200, left.text
    requests.service.advance(days=1)
    refused = await requests.decide(request_id, "accept")
    assert refused.json()["code"] == "sender_left"


@pytest.mark.parametrize("rule", ["at_once", "read_only"])
async def test_a_town_that_adds_children_otherwise_offers_no_such_procedure(
    rule: str, applications: Applications, tmp_path: Path
) -> None:
    town = write_town(tmp_path, family={"fields": {"add_child": rule}})
    async with applications.lend("family", town_file=town) as service:
        requests = RequestForms(await opened(service, Desk(service)))
        assert CODE not in await requests.catalogue()
        assert (await requests.begin(CODE)).status_code == 404
