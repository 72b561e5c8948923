"""One address of several adults: one account and one invitation; whoever signs in says who acts, and what they do is theirs alone."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.actor import read_actor
from contracts.family.events import Adult
from contracts.identity.events import AccountState
from contracts.types import SessionStage
from services.identity.invariants.queries import STRAY_PERSONS_SQL
from tests.component.identity.company import SHARED, are_waiting, both_parents, shared
from tests.component.identity.walk import PERSONAL_PASSWORD, Walk, field_codes, guardian, problem
from tests.support.polling import eventually
from tests.support.roles import Role
from tests.support.services import RunningService
from tests.support.towns import also_under

pytestmark = pytest.mark.anyio


@pytest.fixture
def parents() -> tuple[Adult, Adult]:
    """Two parents of one address."""
    return both_parents()


async def test_two_parents_of_one_address_have_one_account_and_one_invitation(
    walk: Walk, service: RunningService, parents: tuple[Adult, Adult]
) -> None:
    await service.deliver(walk.household(*parents))
    await service.run_job("issue_credentials")
    assert len(await walk.credentials()) == 1
    (state,) = [event for event in await service.outbox() if isinstance(event, AccountState)]
    assert set(state.guardian_ids) == {person.adult_id for person in parents}


@also_under("belfort", "structure", "tirelire")
async def test_whoever_signs_in_says_who_acts_in_every_town(
    walk: Walk, service: RunningService, parents: tuple[Adult, Adult]
) -> None:
    """With a user name or with the address; until it is said nothing else is open, and the actor token names the one chosen."""
    token = await shared(walk, *parents)
    session = await walk.session(token)
    assert (session.stage, session.guardian_id, session.actor_token) == (SessionStage.CHOOSE_PERSON, None, None)
    named = {person["name"]: UUID(person["guardian_id"]) for person in await walk.persons(token)}
    assert named == {"Dominique Testeur": parents[0].adult_id, "Claude Autre": parents[1].adult_id}
    assert problem(await walk.accept(token), 409) == "person_not_chosen"

    assert (await walk.choose_person(token, parents[1].adult_id)).json()["stage"] == "accept_terms"
    assert (await walk.accept(token)).status_code == 200
    acting = await walk.session(token)
    actor = read_actor(str(acting.actor_token), service.actor_key)
    assert (acting.stage, actor.guardian_id) == (SessionStage.READY, parents[1].adult_id)
    assert acting.is_shared


async def test_each_of_them_accepts_the_terms_for_themself_and_once(
    walk: Walk, service: RunningService, parents: tuple[Adult, Adult]
) -> None:
    token = await shared(walk, *parents)
    for person in parents:
        answer = await walk.choose_person(token, person.adult_id)
        assert answer.json()["stage"] == "accept_terms", "the other one's acceptance is not theirs"
        assert (await walk.accept(token)).status_code == 200
        own = await service.client.get("/me/accepted-terms", headers={"X-Session": token})
        assert [item["person_id"] for item in own.json()["items"]] == [str(person.adult_id)]
    assert (await walk.choose_person(token, parents[0].adult_id)).json()["stage"] == "ready"
    account_id = (await walk.session(token)).account_id
    proofs = await service.client.get(
        f"/accounts/{account_id}/accepted-terms", headers=service.as_agent(Role.FRONT_DESK)
    )
    assert {item["name"] for item in proofs.json()["items"]} == {"Dominique Testeur", "Claude Autre"}


async def test_what_one_read_and_proved_is_not_the_others(walk: Walk, parents: tuple[Adult, Adult]) -> None:
    """The end of the terms that one was served accepts nothing for the other, and a proof ends with whoever gave it."""
    token = await shared(walk, *parents)
    await walk.choose_person(token, parents[0].adult_id)
    served = await walk.terms(token)
    assert (await walk.accept(token)).status_code == 200
    assert (await walk.prove(token, await walk.mailed_code(token))).status_code == 200
    assert "address" in await walk.opened(token)
    await walk.choose_person(token, parents[1].adult_id)
    assert problem(await walk.accept(token, end_token=served["end_token"]), 409) == "terms_not_read"
    assert (await walk.accept(token)).status_code == 200
    assert "address" not in await walk.opened(token)


async def test_a_code_that_was_mailed_to_one_proves_nothing_for_the_other(
    walk: Walk, parents: tuple[Adult, Adult]
) -> None:
    token = await shared(walk, *parents)
    for person in parents:
        await walk.choose_person(token, person.adult_id)
        await walk.accept(token)
    code = await walk.mailed_code(token)
    await walk.choose_person(token, parents[0].adult_id)
    assert field_codes(await walk.prove(token, code)) == {"/code": "step_up_code_wrong"}
    await walk.choose_person(token, parents[1].adult_id)
    assert (await walk.prove(token, code)).status_code == 200
    assert "address" in await walk.opened(token)


@pytest.mark.parametrize("is_first", [True, False], ids=["before", "after"])
async def test_a_proof_that_meets_the_choice_of_the_other_is_not_theirs(
    walk: Walk, service: RunningService, parents: tuple[Adult, Adult], is_first: bool
) -> None:
    """One is typing a code while the other takes over in the same session, in another tab."""
    token = await shared(walk, *parents)
    for person in parents:
        await walk.choose_person(token, person.adult_id)
        await walk.accept(token)
    code = await walk.mailed_code(token)
    works = [walk.prove(token, code), walk.choose_person(token, parents[0].adult_id)]
    async with service.db.transaction() as tx:
        await tx.fetch("select true from sessions for update")
        tasks = list[asyncio.Task[Any]]()
        for work in works if is_first else reversed(works):
            tasks.append(asyncio.ensure_future(work))
            await eventually(lambda: are_waiting(service, len(tasks)))
    answers = await asyncio.gather(*tasks)
    assert {answer.status_code for answer in answers} == {200}
    assert (await walk.session(token)).guardian_id == parents[0].adult_id
    assert "address" not in await walk.opened(token)


async def test_the_choice_is_of_one_session_and_can_be_changed(walk: Walk, parents: tuple[Adult, Adult]) -> None:
    token = await shared(walk, *parents)
    await walk.choose_person(token, parents[0].adult_id)
    other = await walk.signed_in(SHARED, PERSONAL_PASSWORD)
    assert (await walk.session(other)).stage is SessionStage.CHOOSE_PERSON
    await walk.choose_person(other, parents[1].adult_id)
    assert (await walk.session(token)).guardian_id == parents[0].adult_id
    assert (await walk.session(other)).guardian_id == parents[1].adult_id
    await walk.choose_person(token, parents[1].adult_id)
    assert [person["is_acting"] for person in await walk.persons(token)].count(True) == 1


async def test_nobody_acts_as_somebody_whom_the_account_does_not_stand_for(
    walk: Walk, service: RunningService, parents: tuple[Adult, Adult]
) -> None:
    stranger = guardian("ailleurs@famille.example")
    await service.deliver(walk.household(stranger))
    token = await shared(walk, *parents)
    for guardian_id in (stranger.adult_id, uuid4()):
        assert problem(await walk.choose_person(token, guardian_id), 404) == "not_found"
    assert (await walk.session(token)).stage is SessionStage.CHOOSE_PERSON
    assert problem(await walk.choose_person("nobody-has-this-token", parents[0].adult_id), 401) == "session_ended"


async def test_nobody_acts_before_there_is_a_personal_password(
    walk: Walk, service: RunningService, parents: tuple[Adult, Adult]
) -> None:
    await service.deliver(walk.household(*parents))
    mailed = await walk.issued()
    await walk.activate(mailed.activation_token)
    token = await walk.signed_in(mailed.username, mailed.temporary_password)
    assert problem(await walk.choose_person(token, parents[0].adult_id), 409) == "credentials_not_chosen"


async def test_the_history_names_who_acted(walk: Walk, service: RunningService, parents: tuple[Adult, Adult]) -> None:
    token = await shared(walk, *parents)
    await walk.choose_person(token, parents[1].adult_id)
    await walk.choose_person(token, parents[1].adult_id)
    await walk.accept(token)
    answer = await service.client.get("/history", headers=service.as_parent(parents[0].adult_id))
    noted = [(item["action"], item["actor_id"]) for item in answer.json()["items"]]
    assert noted[:2] == [("terms_accepted", str(parents[1].adult_id)), ("person_chosen", str(parents[1].adult_id))]
    assert noted.count(noted[1]) == 1, "to choose whoever acts already is no act"


async def test_a_second_file_of_the_address_opens_with_the_account_that_is_there(
    walk: Walk, service: RunningService
) -> None:
    """Across files: whoever was signed in alone goes on as they were, and says who acts from the next sign-in on."""
    person = guardian()
    token = await walk.ready(person)
    other = guardian(first_name="Claude")
    await service.deliver(walk.household(other))
    await service.run_job("issue_credentials")
    assert len(await walk.credentials()) == 1, "nobody is invited again"
    session = await walk.session(token)
    assert (session.stage, session.guardian_id) == (SessionStage.READY, person.adult_id)
    again = await walk.signed_in(SHARED, PERSONAL_PASSWORD)
    assert (await walk.session(again)).stage is SessionStage.CHOOSE_PERSON
    assert [known["references"] for known in await walk.persons(again)] == [["F-000001"], ["F-000001"]]


async def test_one_adult_of_two_files_has_one_account_and_nothing_to_choose(
    walk: Walk, service: RunningService
) -> None:
    person = guardian()
    token = await walk.ready(person)
    await service.deliver(walk.household(person, guardian("autre@famille.example")))
    again = await walk.signed_in(SHARED, PERSONAL_PASSWORD)
    for known in (token, again):
        session = await walk.session(known)
        assert (session.stage, session.is_shared) == (SessionStage.READY, False)


async def test_an_erased_household_takes_one_of_two_along(
    walk: Walk, service: RunningService, parents: tuple[Adult, Adult]
) -> None:
    """Of two files of one address: who is erased leaves the account and takes their proofs along; the other keeps theirs."""
    first, (one, two) = uuid4(), parents
    token = await shared(walk, one, household_id=first)
    await walk.accept(token)
    await service.deliver(walk.household(two))
    await walk.choose_person(token, two.adult_id)
    await walk.accept(token)
    state = walk.household(one, household_id=first)
    tombstone = service.envelope(state)
    object.__setattr__(tombstone, "payload", None)
    await service.deliver(tombstone)
    kept = await service.db.fetch("select person_id from terms_acceptances")
    assert [row["person_id"] for row in kept] == [two.adult_id]
    assert (await walk.session(token)).guardian_id == two.adult_id
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []


async def test_the_invariant_sees_what_it_names(
    walk: Walk, service: RunningService, parents: tuple[Adult, Adult]
) -> None:
    await service.deliver(walk.household(*parents))
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []
    await service.db.execute("delete from account_persons")
    keys = {row["key"].split(" ", 2)[2] for row in await service.db.fetch(STRAY_PERSONS_SQL)}
    assert keys == {"stands for nobody", "has no account"}
