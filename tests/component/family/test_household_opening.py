"""Opening a household's file through the private interface: what is kept, what is told to others, what is refused."""

import asyncio
import json
from typing import Any, Final
from uuid import uuid4

import pytest

from contracts.family.events import (
    ChildAdded,
    ChildState,
    HouseholdCreated,
    HouseholdState,
    QuotientState,
    ResponsibilityState,
)
from services.family.people import store
from tests.component.family.desk import FILE, Desk, file_with
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_an_opened_file_is_kept_and_told_whole_in_one_commit(service: RunningService, desk: Desk) -> None:
    household = await desk.open(
        co_guardian={"civility": "madame", "first_name": "Anne", "last_name": "Martin"},
        quotient={"value_cents": 62_000, "effective_on": "2026-01-01", "source": "caf"},
    )
    assert household.reference == "F-000001"
    assert [guardian.is_invited for guardian in household.adults] == [True, False]
    assert household.payer_adult_id == household.adults[0].adult_id
    assert household.quotient is not None
    state, child, custody, created, added, quotients = await service.outbox()
    assert isinstance(state, HouseholdState)
    assert [adult.adult_id for adult in state.adults] == [adult.adult_id for adult in household.adults]
    assert [payer.adult_id for payer in state.payers] == [household.payer_adult_id]
    assert [(member.person_id, member.name) for member in state.child_members] == [
        (child.child_id, child.first_name) for child in household.children
    ]
    assert isinstance(child, ChildState)
    assert child.birth_on == household.children[0].birth_on
    assert isinstance(custody, ResponsibilityState)
    assert [(item.adult_id, item.role, item.authority) for item in custody.responsibilities] == sorted(
        (adult.adult_id, "guardian", "joint") for adult in household.adults
    )
    assert [item.household_ids for item in custody.residences] == [(household.household_id,)]
    assert isinstance(quotients, QuotientState)
    assert quotients.quotients == (household.quotient,)
    assert isinstance(created, HouseholdCreated)
    assert isinstance(added, ChildAdded)
    assert added.child_id == household.children[0].child_id


async def test_names_are_kept_as_typed_but_for_spaces(desk: Desk) -> None:
    household = await desk.open(guardian={"first_name": "  Jean   Marie ", "last_name": "d’Arc DE  LA Tour"})
    assert (household.adults[0].first_name, household.adults[0].last_name) == ("Jean Marie", "d’Arc DE LA Tour")


async def test_the_same_key_opens_one_file_and_gets_one_answer(service: RunningService, desk: Desk) -> None:
    key = service.key()
    first, again = await desk.post(file_with(), key), await desk.post(file_with(), key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert len(await service.outbox()) == 5
    other = await desk.post(file_with(guardian={"last_name": "Martin"}), key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


ANNE: Final = {
    "civility": "madame",
    "first_name": "Anne",
    "last_name": "Martin",
    "email": "ERIC.legoff@courriel.example",
}
ELSEWHERE: Final = [{"first_name": "Noé", "last_name": "Martin", "birth_on": "2019-06-01"}]


async def test_two_parents_of_a_file_may_give_one_address(desk: Desk) -> None:
    """Both stand in the file, each under their own name."""
    household = await desk.open(co_guardian=ANNE)
    assert [adult.first_name for adult in household.adults] == ["Éric", "Anne"]
    assert len({str(adult.email).casefold() for adult in household.adults}) == 1
    assert all(adult.is_invited for adult in household.adults)


async def test_an_address_of_another_file_may_be_somebody_elses(desk: Desk) -> None:
    """Another name at the same address is another person."""
    first = await desk.open()
    second = await desk.open(guardian=ANNE, children=ELSEWHERE)
    assert {adult.adult_id for adult in first.adults}.isdisjoint(adult.adult_id for adult in second.adults)


async def test_the_same_name_and_address_are_the_same_person_in_both_files(service: RunningService, desk: Desk) -> None:
    """Whoever has a child with each of two partners stands in both files once, as the town knows them already; each file has its payer."""
    first = await desk.open()
    again = {**FILE["guardian"], "first_name": "eric", "last_name": "LE GOFF-OEUVRARD", "phone": "02 00 00 00 00"}
    partner = {"civility": "madame", "first_name": "Anne", "last_name": "Martin", "email": "anne@courriel.example"}
    second = await desk.open(guardian=partner, co_guardian=again, children=ELSEWHERE)
    known = first.adults[0]
    assert [adult.adult_id for adult in second.adults][1] == known.adult_id
    assert (second.adults[1].first_name, second.adults[1].phone) == (known.first_name, known.phone)
    assert first.payer_adult_id != second.payer_adult_id
    assert await service.db.fetchval("select count(*) from adults") == 2
    own = await service.client.get("/me/households", headers=service.as_parent(known.adult_id))
    assert {item["reference"] for item in own.json()["items"]} == {first.reference, second.reference}
    theirs = await service.client.get("/me/households", headers=service.as_parent(second.adults[0].adult_id))
    assert [item["reference"] for item in theirs.json()["items"]] == [second.reference]


async def test_the_same_name_without_an_address_is_no_proof(service: RunningService, desk: Desk) -> None:
    """Namesakes are not guessed to be one: the twin of a file is found by the child."""
    await desk.open(guardian={"email": None})
    await desk.open(guardian={"email": None}, children=ELSEWHERE)
    assert await service.db.fetchval("select count(*) from adults") == 2


async def test_two_agents_who_name_the_same_person_at_once_name_one(service: RunningService, desk: Desk) -> None:
    answers = await asyncio.gather(desk.post(file_with()), desk.post(file_with(children=ELSEWHERE)))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert await service.db.fetchval("select count(*) from adults") == 1


async def test_two_agents_who_give_two_people_one_address_at_once_have_both(
    service: RunningService, desk: Desk
) -> None:
    answers = await asyncio.gather(desk.post(file_with()), desk.post(file_with(guardian=ANNE, children=ELSEWHERE)))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert await service.db.fetchval("select count(distinct email_key) from adults") == 1


async def test_a_household_may_have_no_address_at_all(service: RunningService, desk: Desk) -> None:
    """Its people are in the file like any other, and nobody is invited."""
    household = await desk.open(guardian={"email": None})
    assert [adult.email for adult in household.adults if adult.adult_id == household.payer_adult_id] == [None]
    (state,) = [event for event in await service.outbox() if isinstance(event, HouseholdState)]
    assert (state.adults[0].email, state.adults[0].is_invited) == (None, False)


async def test_a_guardian_has_one_file_with_a_child(desk: Desk) -> None:
    household = await desk.open()
    twin = file_with(guardian={"last_name": "LE GOFF ŒUVRARD", "first_name": "eric", "email": "autre@courriel.example"})
    refused = await desk.post(twin)
    assert (refused.status_code, refused.json()["code"]) == (409, "household_already_exists")
    assert refused.json()["params"] == {"reference": household.reference}


@pytest.mark.parametrize("is_in_turn", [True, False], ids=["in_turn", "control_without_turns"])
async def test_files_asked_for_at_once_for_one_family_open_once(
    service: RunningService, desk: Desk, monkeypatch: pytest.MonkeyPatch, is_in_turn: bool
) -> None:
    if not is_in_turn:
        monkeypatch.setattr(store, "TAKE_TURN_SQL", "select person, pg_sleep(0.2) from unnest($1::text[]) person")
    answers = await asyncio.gather(*(desk.post(file_with(guardian={"email": f"a{n}@b.example"})) for n in range(8)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    opened = [answer for answer in answers if answer.status_code == 201]
    assert (len(opened) == 1) is is_in_turn
    assert await service.db.fetchval("select count(*) from households") == len(opened)


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"children": [{"first_name": "A", "last_name": "B", "birth_on": "2099-01-01"}]}, "/children/0/birth_on", "birth_in_future"),
        ({"children": [{"first_name": "A", "last_name": "B", "birth_on": "1999-01-01"}]}, "/children/0/birth_on", "child_of_age"),
        ({"children": [file_with()["children"][0]] * 2}, "/children/1/first_name", "child_repeated"),
        ({"guardian": {"email": "a\u200bb@c.example"}}, "/guardian/email", "unprintable_character"),
        ({"guardian": {"last_name": "abc\u202e"}}, "/guardian/last_name", "unprintable_character"),
        ({"guardian": {"last_name": "--"}}, "/guardian/last_name", "no_letter"),
        ({"address": {"street": "1\u2028rue"}}, "/address/street", "unprintable_character"),
        ({"address": {"street": "\u115f\u1160"}}, "/address/street", "unprintable_character"),
        ({"address": {"complement": "\u034f\u034f"}}, "/address/complement", "unprintable_character"),
        ({"guardian": {"last_name": "\u3164"}}, "/guardian/last_name", "unprintable_character"),
        (
            {"quotient": {"value_cents": 1, "effective_on": "1950-01-01"}},
            "/quotient/effective_on",
            "quotient_day_out_of_range",
        ),
        (
            {"co_guardian": {**FILE["guardian"], "civility": "none", "first_name": "ERIC", "phone": None}},
            "/co_guardian/first_name",
            "adult_repeated",
        ),
    ],
)  # fmt: skip
async def test_a_field_that_cannot_be_is_said_and_nothing_is_made(
    service: RunningService, desk: Desk, changes: dict[str, Any], pointer: str, code: str
) -> None:
    refused = await desk.post(file_with(**changes))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [(pointer, code)]
    assert await service.outbox() == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"guardian": {"email": "nobody"}}, "/guardian/email"),
        ({"guardian": {"email": "a\u0000b@c.example"}}, "/guardian/email"),
        ({"guardian": {"phone": "call me"}}, "/guardian/phone"),
        ({"guardian": {"first_name": "a\u0000b"}}, "/guardian/first_name"),
        ({"address": {"street": "1\nrue"}}, "/address/street"),
        ({"guardian": {"first_name": "   "}}, "/guardian/first_name"),
        ({"guardian": {"last_name": "x" * 81}}, "/guardian/last_name"),
        ({"guardian": {"is_invited": False}}, "/guardian/is_invited"),
        ({"address": {"postal_code": "1400"}}, "/address/postal_code"),
        ({"children": []}, "/children"),
        ({"children": [{"first_name": "A", "last_name": "B", "birth_on": "0018-03-04"}]}, "/children/0/birth_on"),
        ({"children": [{"first_name": "A", "last_name": "B", "birth_on": "2018-02-30"}]}, "/children/0/birth_on"),
        ({"reference": "F-000007"}, "/reference"),
    ],
)
async def test_a_request_that_does_not_fit_is_refused_by_the_field(
    desk: Desk, changes: dict[str, Any], pointer: str
) -> None:
    refused = await desk.post(file_with(**changes))
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]


async def test_a_child_is_under_age_until_their_eighteenth_birthday_in_the_town(
    service: RunningService, desk: Desk
) -> None:
    child = {"first_name": "A", "last_name": "B", "birth_on": "2008-09-02"}
    service.advance(hours=11, minutes=59)
    assert (await desk.post(file_with(children=[child]))).status_code == 201
    service.advance(minutes=1)  # 22:00 UTC is midnight in the town
    refused = await desk.post(file_with(guardian={"email": "b@c.example"}, children=[child]))
    assert refused.json()["errors"][0]["code"] == "child_of_age"


async def test_only_the_front_desk_and_directors_open_files(service: RunningService, desk: Desk) -> None:
    for headers, status in (
        ({}, 401),
        (service.as_parent(uuid4()), 403),
        (service.as_agent(Role.SITE, Role.FINANCE), 403),
        (service.as_agent(Role.DIRECTOR), 201),
    ):
        response = await service.client.post("/households", json=file_with(), headers={**headers, **service.key()})
        assert response.status_code == status, response.text


async def test_a_file_is_not_opened_without_an_idempotency_key(service: RunningService, desk: Desk) -> None:
    response = await service.client.post("/households", json=file_with(), headers=desk.headers)
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_missing")


async def test_half_a_character_is_refused(desk: Desk, service: RunningService) -> None:
    body = json.dumps(file_with(guardian={"first_name": "a\ud800"})).encode()
    headers = {**desk.headers, **service.key(), "Content-Type": "application/json"}
    response = await service.client.post("/households", content=body, headers=headers)
    assert response.status_code in (400, 422), response.text


async def test_children_of_one_first_name_are_told_apart_in_what_others_learn(
    service: RunningService, desk: Desk
) -> None:
    """Half-siblings were « Lou » twice in mails, calendar and invoices."""
    lou = {"first_name": "Lou", "birth_on": "2018-03-04"}
    await desk.open(children=[{**lou, "last_name": "Roy"}, {**lou, "last_name": "Petit"}])
    (state,) = [event for event in await service.outbox() if isinstance(event, HouseholdState)]
    assert [member.name for member in state.child_members] == ["Lou Roy", "Lou Petit"]
