"""The way of a family from the invitation to a space that is open, and what stays shut on the way."""

import pytest

from chassis.actor import read_actor
from contracts.identity.events import AccountActivated, AccountCreated, AccountState, CredentialsChosen, TermsAccepted
from contracts.types import AccountStatus, ActorKind, SessionStage
from tests.component.identity.walk import (
    PERSONAL_PASSWORD,
    PERSONAL_USERNAME,
    Walk,
    field_codes,
    guardian,
    problem,
)
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_each_step_opens_the_next_one(walk: Walk, service: RunningService) -> None:
    person = guardian()
    _, token = await walk.activated(person)
    first = await walk.session(token)
    assert (first.stage, first.actor_token) == (SessionStage.CHOOSE_CREDENTIALS, None)
    assert problem(await walk.accept(token), 409) == "credentials_not_chosen"

    renewed = (await walk.choose(token)).json()["session_token"]
    second = await walk.session(renewed)
    assert (second.stage, second.actor_token) == (SessionStage.ACCEPT_TERMS, None)

    accepted = await walk.accept(renewed)
    assert accepted.status_code == 200
    assert accepted.json()["stage"] == "ready"
    third = await walk.session(renewed)
    assert (third.stage, third.username) == (SessionStage.READY, PERSONAL_USERNAME)
    assert third.actor_token is not None
    actor = read_actor(third.actor_token, service.actor_key)
    assert (actor.account_id, actor.kind, actor.guardian_id) == (
        third.account_id,
        ActorKind.PARENT,
        person.adult_id,
    )


async def test_personal_credentials_open_the_space_at_once(walk: Walk) -> None:
    await walk.ready()
    token = await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    assert (await walk.session(token)).stage is SessionStage.READY


async def test_the_walk_is_told_as_events(walk: Walk, service: RunningService) -> None:
    await walk.ready(person := guardian())
    events = await service.outbox()
    facts = [type(event) for event in events if event.topic == "identity.account_facts"]
    assert facts == [AccountCreated, AccountActivated, TermsAccepted]
    assert [type(event) for event in events if event.topic == "identity.security_facts"] == [CredentialsChosen]
    states = [event for event in events if isinstance(event, AccountState)]
    assert [state.status for state in states] == [
        AccountStatus.INVITED,
        AccountStatus.ACTIVATED,
        AccountStatus.ACTIVE,
    ]
    assert {(state.guardian_ids, state.email) for state in states} == {((person.adult_id,), person.email)}


async def test_fact_topics_name_nobody(walk: Walk, service: RunningService) -> None:
    await walk.ready(guardian("canari@famille.example", last_name="Canarivore"))
    rows = await service.db.fetch(
        "select payload from outbox where topic in ('identity.account_facts', 'identity.security_facts')"
    )
    assert rows
    text = b"".join(row["payload"] for row in rows).lower()
    for word in (b"canari", b"dominique", b"famille.example"):
        assert word not in text


async def test_the_sign_in_before_this_one_is_shown(walk: Walk, service: RunningService) -> None:
    token = await walk.ready()
    assert (await walk.session(token)).previous_sign_in_at is None
    service.advance(days=3)
    now = await service.db.now()
    second = await walk.session(await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD))
    assert second.previous_sign_in_at is not None
    assert (now - second.previous_sign_in_at).days == 3
    service.advance(hours=1)
    third = await walk.session(await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD))
    assert third.previous_sign_in_at is not None
    assert (third.previous_sign_in_at - now).total_seconds() < 60


async def test_a_town_without_services_asks_for_no_key(walk: Walk, service: RunningService) -> None:
    """The step, its keys and their refusals are of the towns that name services."""
    mailed, first = await walk.activated()
    assert mailed.service_keys == ()
    token = (await walk.choose(first)).json()["session_token"]
    session = await walk.session(token)
    assert (session.stage, session.first_steps) == (
        SessionStage.ACCEPT_TERMS,
        (SessionStage.CHOOSE_CREDENTIALS, SessionStage.ACCEPT_TERMS),
    )
    assert await walk.own_services(token) == {}
    assert (await walk.enter_keys(token, enfance="")).json()["stage"] == "accept_terms"
    assert field_codes(await walk.enter_keys(token, enfance="23456-B7J8K2")) == {"/keys/0/key": "service_unknown"}
    answer = await service.client.post(
        f"/accounts/{session.account_id}/service-keys",
        json={"service": "enfance"},
        headers=service.as_agent(Role.DIRECTOR),
    )
    assert answer.status_code == 404
    assert await service.db.fetchval("select count(*) from service_key_answers") == 0
