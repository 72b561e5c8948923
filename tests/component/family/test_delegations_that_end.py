"""What ends a delegation: a parent, its delegate, an agent, its last day, or what it stood on; and what is forgotten when."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from contracts.family.events import DelegateAsked, DelegateState, DelegationEnded, DelegationState
from contracts.types import ActorKind
from tests.component.family.delegating import JEANNE, OTHERS, Home, codes, opened
from tests.component.family.desk import Desk
from tests.component.family.readdressing import FORMER, put_contact
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def home(service: RunningService, desk: Desk) -> Home:
    """A household of two parents and two children."""
    return await opened(service, desk)


async def test_either_parent_ends_it_and_it_ends_once(home: Home) -> None:
    given = await home.given()
    answers = await asyncio.gather(
        home.revoke(given["delegation_id"], home.mother_id), home.revoke(given["delegation_id"], home.father_id)
    )
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["end"] == "revoked"
    assert len(await home.events(DelegationEnded)) == 1
    assert [entry["action"] for entry in await home.history()] == ["delegation_ended", "delegation_given"]
    (held,) = await home.held(await home.delegate_of(given))
    assert held["end"] == "revoked", "who helped still finds what ended it"


async def test_nobody_else_ends_it(home: Home, desk: Desk) -> None:
    given, other = await home.given(), await desk.open(**OTHERS)
    assert (await home.revoke(given["delegation_id"], other.adults[0].adult_id)).status_code == 404
    assert (await home.revoke(str(uuid4()), home.father_id)).status_code == 404
    partner = {"starts_on": "2026-09-01"}
    path = f"/households/{home.household.household_id}/members/{other.adults[0].adult_id}"
    await home.service.client.put(path, json=partner, headers=desk.headers)
    refused = await home.revoke(given["delegation_id"], other.adults[0].adult_id)
    assert (refused.status_code, refused.json()["code"]) == (403, "revocation_not_yours")
    path = f"/me/delegations/{given['delegation_id']}/renunciation"
    assert (await home.service.client.post(path, headers=home.holder(str(uuid4())))).status_code == 404
    (seen,) = await home.seen()
    assert seen["end"] is None


async def test_the_delegate_gives_it_up(home: Home) -> None:
    given = await home.given()
    path = f"/me/delegations/{given['delegation_id']}/renunciation"
    answer = await home.service.client.post(path, headers=home.holder(await home.delegate_of(given)))
    assert (answer.status_code, answer.json()["end"]) == (200, "given_up")
    entry = (await home.history())[0]
    assert (entry["actor_kind"], entry["actor_id"]) == ("delegate", given["delegation_id"])
    (seen,) = await home.seen()
    assert seen["end"] == "given_up"


async def test_an_agent_ends_it_with_a_reason_that_the_family_reads(home: Home) -> None:
    given = await home.given()
    path, body = f"/delegations/{given['delegation_id']}/end", {"reason": "Demande du juge."}
    desk, site = home.service.as_agent(Role.FRONT_DESK), home.service.as_agent(Role.SITE)
    assert (await home.service.client.post(path, json=body, headers=site)).status_code == 403
    assert (await home.service.client.post(path, json={"reason": " "}, headers=desk)).status_code == 422
    assert (await home.service.client.post(path, json=body, headers=desk)).status_code == 200
    (seen,) = await home.seen()
    assert (seen["end"], seen["end_reason"]) == ("ended_by_town", "Demande du juge.")
    (held,) = await home.held(await home.delegate_of(given))
    assert "juge" not in str(held)


async def test_a_corrected_address_ends_what_was_given_from_the_former_one(home: Home, desk: Desk) -> None:
    """Whoever read a mistyped address may have let themself act; what the other parent gave stands, and so does all when a number alone changes."""
    theirs, hers = await home.given(), await home.given(home.mother_id, email="autre@courriel.example")
    for change in ({"phone": "02 31 44 55 66"}, {"email": FORMER.upper()}):
        assert (await put_contact(home.service, home.father_id, desk.headers, **change)).status_code == 200
        assert {item["end"] for item in await home.seen()} == {None}
    corrected = await put_contact(home.service, home.father_id, desk.headers, email="mairie@courriel.example")
    assert corrected.status_code == 200, corrected.text
    ended = {item["delegation_id"]: item["end"] for item in await home.seen()}
    assert ended == {theirs["delegation_id"]: "address_corrected", hers["delegation_id"]: None}
    assert (await home.history())[0]["action"] == "delegation_ended"
    assert (await home.events(DelegationState))[-1].end == "address_corrected"
    again = await home.give()
    assert (again.status_code, again.json()["code"]) == (409, "email_given_lately"), (
        "a token of before is believed for minutes"
    )


async def test_a_delegate_is_let_do_nothing_else_here(home: Home) -> None:
    given = await home.given()
    delegate = home.holder(await home.delegate_of(given))
    body = {**JEANNE, "email": "encore@courriel.example", "child_ids": home.child_ids, "acts": ["calendar.read"]}
    onwards = {**body, "ends_on": "2026-10-01", "household_id": str(home.household.household_id)}
    client = home.service.client
    assert (await client.post("/delegations", json=onwards, headers=delegate | home.service.key())).status_code == 403
    household = f"/households/{home.household.household_id}"
    for path in (household, "/me/household", "/me/households", "/delegations", "/history", "/me/email-change"):
        assert (await client.get(path, headers=delegate)).status_code == 403, path


async def test_an_adult_who_helps_gives_nothing_on(home: Home, desk: Desk) -> None:
    paul = (await desk.open(**OTHERS)).adults[0]
    await home.given(email=str(paul.email))
    onwards = {"household_id": str(home.household.household_id), "email": "encore@courriel.example"}
    assert (await home.give(paul.adult_id, **onwards)).status_code == 404
    assert codes(await home.give(paul.adult_id, email="encore@courriel.example"))[0][1] == "child_not_answered_for"


@pytest.mark.parametrize("end", ["authority_lost", "parent_left", "children_left", "expired"])
async def test_what_it_stands_on_ends_it(home: Home, desk: Desk, end: str) -> None:
    given = await home.given(ends_on="2026-09-02")
    if end == "expired":
        home.service.advance(days=2)
    elif end == "authority_lost":
        for child_id in home.child_ids:
            await home.answers_for(child_id, home.father_id, "none")
    else:
        leaving = [home.father_id] if end == "parent_left" else home.child_ids
        for person_id in leaving:
            path = f"/households/{home.household.household_id}/members/{person_id}/end"
            gone = await home.service.client.post(path, json={"ends_on": "2026-08-31"}, headers=desk.headers)
            assert gone.status_code == 200, gone.text
    (before,) = await home.held(await home.delegate_of(given))
    assert before["end"] == end, "whoever reads does not wait for a job"
    assert not await home.events(DelegationEnded)

    await home.service.run_job("follow_people")
    await home.service.run_job("follow_people")

    (fact,) = await home.events(DelegationEnded)
    assert fact.end == end
    assert (await home.events(DelegationState))[-1].end == end
    (seen,) = await home.seen(home.mother_id)
    assert seen["end"] == end


async def test_one_child_that_leaves_ends_nothing_for_the_other(home: Home, desk: Desk) -> None:
    given = await home.given()
    await home.answers_for(home.child_ids[0], home.father_id, "none")
    await home.service.run_job("follow_people")
    (held,) = await home.held(await home.delegate_of(given))
    assert held["end"] is None
    assert [child["first_name"] for child in held["children"]] == ["Tom"]


async def test_the_last_day_ends_at_midnight_of_the_town_and_not_of_utc(home: Home) -> None:
    given = await home.given(ends_on="2026-09-01")
    home.service.db.clock_offset += datetime(2026, 9, 1, 21, 59, 30, tzinfo=UTC) - await home.service.db.now()
    (held,) = await home.held(await home.delegate_of(given))
    assert held["end"] is None, "23:59 in Paris"
    home.service.advance(minutes=1)
    (held,) = await home.held(await home.delegate_of(given))
    assert held["end"] == "expired", "past midnight in Paris, where UTC has an hour and more to go"


async def test_who_has_a_file_later_keeps_what_they_held_and_one_account(home: Home, desk: Desk) -> None:
    given, beside = (
        await home.given(email="paul@courriel.example"),
        await home.given(home.mother_id, email="paul@courriel.example"),
    )
    former = UUID(await home.delegate_of(given))
    paul = (await desk.open(**OTHERS)).adults[0]
    twin = await home.give(home.mother_id, email="paul@courriel.example")
    assert (twin.status_code, twin.json()["code"]) == (409, "delegation_exists"), "of one address there is one"

    await home.service.run_job("follow_people")

    assert {item["delegation_id"] for item in await home.held(str(paul.adult_id), ActorKind.PARENT)} >= {
        given["delegation_id"],
        beside["delegation_id"],
    }
    assert await home.held(str(former)) == []
    live = [item for item in await home.seen() if item["end"] is None]
    assert {await home.delegate_of(item) for item in live} == {str(paul.adult_id)}
    assert len(live) == 2, "one of each parent"
    erased = await home.service.db.fetch("select key from outbox where topic = 'family.delegates' and payload is null")
    assert [row["key"] for row in erased] == [str(former)]


async def test_accounts_go_a_month_after_the_end_and_delegations_a_year(home: Home) -> None:
    given = await home.given()
    await home.revoke(given["delegation_id"], home.father_id)
    erased = "select topic, key from outbox where payload is null order by id"
    home.service.advance(days=29)
    await home.service.run_job("forget_delegations")
    assert await home.service.db.fetch(erased) == []
    home.service.advance(days=2)
    await home.service.run_job("forget_delegations")
    rows = [tuple(row) for row in await home.service.db.fetch(erased)]
    assert rows == [("family.delegates", await home.delegate_of(given))]
    assert len(await home.seen()) == 1

    home.service.advance(days=335)
    await home.service.run_job("forget_delegations")

    rows = [tuple(row) for row in await home.service.db.fetch(erased)]
    assert rows[-1] == ("family.delegations", given["delegation_id"])
    assert await home.seen() == []
    assert not await home.service.db.fetchval("select exists (select from delegates)")


async def test_whoever_is_asked_again_gets_an_account_again(home: Home) -> None:
    given = await home.given()
    await home.revoke(given["delegation_id"], home.father_id)
    home.service.advance(days=31)
    await home.service.run_job("forget_delegations")
    before = len(await home.events(DelegateState))
    again = await home.given()
    assert await home.delegate_of(again) == await home.delegate_of(given)
    assert len(await home.events(DelegateState)) == before + 1
    assert not await home.events(DelegateAsked), "who has no account any more is invited"
