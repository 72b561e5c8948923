"""A parent lets somebody act for named children, until a day: who may give what, and who sees it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from contracts.family.events import DelegateAsked, DelegateState, DelegationGiven, DelegationState
from contracts.types import ActorKind
from tests.component.family.delegating import JEANNE, MOTHER, OTHERS, Home, codes, opened
from tests.component.family.desk import Desk
from tests.support.applications import Applications
from tests.support.services import RunningService, write_town

pytestmark = pytest.mark.anyio


@pytest.fixture
async def home(service: RunningService, desk: Desk) -> Home:
    """A household of two parents and two children."""
    return await opened(service, desk)


async def test_what_a_parent_gives_is_seen_by_both_and_by_the_delegate_and_told(home: Home) -> None:
    given = await home.given()

    assert given["acts"] == ["calendar.read", "days.book"], "whoever books sees what there is to book"
    assert [child["first_name"] for child in given["children"]] == ["Léa", "Tom"]
    assert await home.seen(home.father_id) == await home.seen(home.mother_id) == [given]
    (held,) = await home.held(await home.delegate_of(given))
    assert held["parent_first_name"] == "Éric"
    assert held["children"] == given["children"]
    assert not {"household_id", "parent_id", "email", "parent_name"} & held.keys()
    (state,) = await home.events(DelegationState)
    assert state.acts == ("calendar.read", "days.book")
    assert "Jeanne" not in state.model_dump_json()
    (delegate,) = await home.events(DelegateState)
    assert (delegate.email, delegate.last_name, delegate.delegations[0].name) == (
        JEANNE["email"],
        "Lefort",
        "Jeanne Lefort",
    )
    (fact,) = await home.events(DelegationGiven)
    assert fact.parent_id == home.father_id
    assert not await home.events(DelegateAsked), "she is invited instead"
    (entry,) = await home.history(home.mother_id)
    assert (entry["action"], entry["actor_id"]) == ("delegation_given", str(home.father_id))
    assert entry["after"]["delegate"] == "Jeanne Lefort"


async def test_the_same_request_gives_one_delegation(home: Home) -> None:
    key = home.service.key()
    first, again = await home.give(key=key), await home.give(key=key)
    assert first.json() == again.json()
    assert len(await home.seen()) == 1


async def test_nobody_lets_somebody_act_for_a_child_whom_they_do_not_answer_for(home: Home, desk: Desk) -> None:
    other = await desk.open(**OTHERS)
    zoe, nobodys = str(other.children[0].child_id), str(uuid4())
    for child_id in (zoe, nobodys):
        answer = await home.give(child_ids=[home.child_ids[0], child_id])
        assert answer.status_code == 404
        assert codes(answer) == [("/child_ids/1", "child_not_answered_for")]
        assert "Zoé" not in answer.text
    assert (await home.give(other.adults[0].adult_id, child_ids=home.child_ids)).status_code == 404
    other_home = {"household_id": str(other.household_id)}
    assert (await home.give(child_ids=[zoe], **other_home)).status_code == 404
    assert await home.seen() == []


async def test_only_exercised_authority_is_entrusted(home: Home) -> None:
    lea, tom = home.child_ids
    await home.answers_for(lea, home.mother_id, "sole")
    assert codes(await home.give()) == [("/child_ids/0", "child_not_answered_for")], "another alone has it"
    await home.answers_for(tom, home.father_id, "none")
    assert codes(await home.give(child_ids=[tom])) == [("/child_ids/0", "child_not_answered_for")]
    assert (await home.give(home.mother_id)).status_code == 201


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"email": "ERIC.legoff@courriel.example"}, ("/email", "delegate_is_oneself")),
        ({"email": "Anna@courriel.example"}, ("/email", "delegate_of_the_household")),
        ({"email": "jeanne"}, ("/email", "invalid")),
        ({"first_name": "\u200b"}, ("/first_name", "unprintable_character")),
        ({"last_name": "---"}, ("/last_name", "no_letter")),
        ({"ends_on": "2026-08-31"}, ("/ends_on", "delegation_day_out_of_range")),
        ({"ends_on": "2027-09-02"}, ("/ends_on", "delegation_day_out_of_range")),
        ({"child_ids": []}, ("/child_ids", "invalid")),
        ({"acts": []}, ("/acts", "invalid")),
        ({"acts": ["invoices.read"]}, ("/acts/0", "invalid")),
        ({"acts": ["calendar.read", "delegations.give"]}, ("/acts/1", "invalid")),
    ],
)
async def test_what_cannot_be_given_is_said_by_its_field(
    home: Home, fields: dict[str, Any], refused: tuple[str, str]
) -> None:
    answer = await home.give(**fields)
    assert answer.status_code == 422
    assert codes(answer) == [refused]


@pytest.mark.parametrize("ends_on", ["2026-09-01", "2027-09-01"])
async def test_the_first_and_the_last_day_of_the_range_are_in_it(home: Home, ends_on: str) -> None:
    assert (await home.give(ends_on=ends_on)).status_code == 201


async def test_a_parent_lets_one_person_act_once_and_may_again_after_the_end(home: Home) -> None:
    first = await home.given()
    again = await home.give(email="JEANNE@courriel.example")
    assert (again.status_code, again.json()["code"]) == (409, "delegation_exists")
    beside = await home.given(home.mother_id)
    assert await home.delegate_of(beside) == await home.delegate_of(first), "one person, and one account"
    assert len(await home.events(DelegateAsked)) == 1
    assert (await home.revoke(first["delegation_id"], home.father_id)).status_code == 200
    assert (await home.give()).status_code == 201


async def test_a_household_lets_few_people_act(home: Home) -> None:
    for number in range(10):
        given = await home.given(email=f"aide{number}@courriel.example")
        await home.revoke(given["delegation_id"], home.mother_id)
    answer = await home.give()
    assert (answer.status_code, answer.json()["code"]) == (429, "delegations_too_many")
    home.service.advance(days=2)
    assert (await home.give()).status_code == 201


async def test_an_adult_of_another_file_keeps_one_account(home: Home, desk: Desk) -> None:
    other = await desk.open(**OTHERS)
    paul = other.adults[0]
    given = await home.given(first_name="Paul", last_name="Voisin", email="Paul@courriel.example")
    assert await home.delegate_of(given) == str(paul.adult_id)
    (delegate,) = await home.events(DelegateState)
    assert delegate.email is None, "his file says it"
    (asked,) = await home.events(DelegateAsked)
    assert asked.delegate_id == paul.adult_id
    (held,) = await home.held(str(paul.adult_id), ActorKind.PARENT)
    assert held["delegation_id"] == given["delegation_id"]
    assert await home.seen() == [given]
    seen = await home.service.client.get("/delegations", headers=home.service.as_parent(paul.adult_id))
    assert seen.json()["items"] == [], "of his own household there is none"


async def test_who_may_not_fetch_a_child_is_not_let_act_for_it(home: Home, desk: Desk) -> None:
    paul = (await desk.open(**OTHERS)).adults[0]
    await home.answers_for(home.child_ids[1], paul.adult_id, "none", role="forbidden_pickup")
    answer = await home.give(email=str(paul.email))
    assert (answer.status_code, codes(answer)) == (422, [("/email", "delegate_kept_away")])
    assert (await home.give(email=str(paul.email), child_ids=home.child_ids[:1])).status_code == 201


@pytest.fixture
async def closed(applications: Applications, tmp_path: Path) -> AsyncIterator[RunningService]:
    """The service of a town where families let nobody act."""
    town = write_town(tmp_path, family={"delegation_days_max": 0})
    async with applications.lend("family", town_file=town) as running:
        yield running


async def test_a_town_may_let_families_give_none(closed: RunningService) -> None:
    home = Home(closed, await Desk(closed).open(co_guardian=MOTHER))
    answer = await home.give()
    assert (answer.status_code, answer.json()["code"]) == (403, "delegations_closed")
