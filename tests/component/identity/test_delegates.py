"""Accounts of those whom families let act: invited once, of a kind of their own, and gone with the last delegation."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.actor import read_actor
from contracts.family.events import DelegateName, DelegateState
from contracts.identity.events import AccountCreated, AccountState
from contracts.types import ActorKind, SessionStage
from services.identity.invariants.queries import STRAY_PERSONS_SQL
from tests.component.identity.agent import PASSWORD, agent_of
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, guardian, town_file
from tests.support.applications import Applications
from tests.support.roles import Role
from tests.support.services import RunningService
from tests.support.towns import also_under

pytestmark = pytest.mark.anyio

EMAIL = "jeanne@courriel.example"


def delegate(delegate_id: UUID | None = None, **fields: Any) -> DelegateState:
    """Jeanne, whom a family asked."""
    values: dict[str, Any] = {
        "delegate_id": delegate_id or uuid4(),
        "first_name": "Jeanne",
        "last_name": "Lefort",
        "email": EMAIL,
        "delegations": (DelegateName(delegation_id=uuid4(), name="Mamie Jeanne"),),
    }
    return DelegateState.model_validate(values | fields)


async def erased(service: RunningService, state: DelegateState) -> None:
    """The delegate is erased."""
    envelope = service.envelope(state)
    await service.deliver(replace(envelope, payload=None))


async def ready(walk: Walk) -> str:
    """Jeanne's session once she activated her account, chose credentials and accepted the terms."""
    credential = await walk.issued()
    assert credential.is_delegate
    assert (await walk.activate(credential.activation_token)).status_code == 201
    token = await walk.signed_in(credential.username, credential.temporary_password)
    session = await walk.session(token)
    assert session.first_steps == (SessionStage.CHOOSE_CREDENTIALS, SessionStage.ACCEPT_TERMS)
    assert session.actor_token is None
    token = (await walk.choose(token)).json()["session_token"]
    assert (await walk.session(token)).actor_token is None, "the terms come first"
    assert (await walk.accept(token)).status_code == 200
    return str(token)


async def test_a_delegate_is_invited_and_acts_as_one_after_the_first_steps(service: RunningService, walk: Walk) -> None:
    state = delegate()
    await service.deliver(state)
    token = await ready(walk)
    session = await walk.session(token)
    assert (session.kind, session.guardian_id) == (ActorKind.DELEGATE, state.delegate_id)
    actor = read_actor(str(session.actor_token), service.actor_key)
    assert (actor.kind, actor.guardian_id, actor.permissions, actor.sites) == (
        ActorKind.DELEGATE,
        state.delegate_id,
        frozenset(),
        frozenset(),
    )


async def test_further_delegations_late_states_and_duplicates_invite_nobody_again(
    service: RunningService, walk: Walk
) -> None:
    state = delegate()
    record = service.envelope(state)
    await service.deliver(record, record, state, state)
    await service.deliver(service.envelope(state, sequence=1))
    await walk.issued()
    assert len(await walk.credentials()) == 1
    created = [event for event in await service.outbox() if isinstance(event, AccountCreated)]
    assert [event.kind for event in created] == [ActorKind.DELEGATE]


async def test_an_adult_of_a_file_keeps_the_familys_account(service: RunningService, walk: Walk) -> None:
    person = guardian()
    await walk.invited(person)
    state = delegate(person.adult_id, email=None)
    await service.deliver(state)
    await walk.issued()
    states = [event for event in await service.outbox() if isinstance(event, AccountState)]
    assert {(event.kind, event.guardian_ids) for event in states} == {(ActorKind.PARENT, (person.adult_id,))}
    await erased(service, state)
    assert await service.db.fetchval("select count(*) from accounts") == 1


async def test_the_account_goes_with_the_delegate_and_its_sessions_at_once(service: RunningService, walk: Walk) -> None:
    state = delegate()
    await service.deliver(state)
    token = await ready(walk)
    await erased(service, state)
    answer = await service.client.get("/sessions/current", headers={"X-Session": token})
    assert answer.status_code == 401
    assert (await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)).status_code == 401
    for table in ("account_persons", "terms_acceptances"):
        assert await service.db.fetchval(f"select count(*) from {table}") == 0, table
    (gone,) = await service.db.fetch("select key from outbox where topic = 'identity.accounts' and payload is null")
    assert gone["key"]


async def test_a_delegate_and_a_family_of_one_address_have_an_account_each_until_the_file_is_known(
    service: RunningService, walk: Walk
) -> None:
    """The family service says soon that both are one; until then, and in whatever order both come, neither takes the other's account."""
    state, person = delegate(), guardian(EMAIL)
    await service.deliver(state, walk.household(person))
    rows = await service.db.fetch("select kind, guardian_id from accounts join account_persons using (account_id)")
    assert {(row["kind"], row["guardian_id"]) for row in rows} == {
        ("delegate", state.delegate_id),
        ("parent", person.adult_id),
    }
    assert await service.db.fetch(STRAY_PERSONS_SQL) == []
    await service.deliver(delegate(person.adult_id, email=None))
    await erased(service, state)
    rows = await service.db.fetch("select kind, guardian_id from accounts join account_persons using (account_id)")
    assert [(row["kind"], row["guardian_id"]) for row in rows] == [("parent", person.adult_id)]


@also_under("structure")
async def test_a_family_is_mailed_a_name_that_still_opens_once_the_delegate_is_gone(
    service: RunningService, walk: Walk
) -> None:
    """Where families sign in with an address, a delegate's account takes it from nobody: it goes some seconds later."""
    state, person = delegate(), guardian(EMAIL)
    await service.deliver(state, walk.household(person))
    await service.run_job("issue_credentials")
    mailed = next(mail for mail in await walk.credentials() if not mail.is_delegate)
    await service.deliver(delegate(person.adult_id, email=None))
    await erased(service, state)
    await walk.activate(mailed.activation_token)
    assert (await walk.sign_in(mailed.username, mailed.temporary_password)).status_code == 201


@also_under("structure")
async def test_a_delegate_takes_no_address_from_an_agent(service: RunningService, walk: Walk) -> None:
    await agent_of(walk, email=EMAIL)
    await service.deliver(delegate())
    assert (await walk.sign_in(EMAIL, PASSWORD)).status_code == 201
    await ready(walk)


async def test_who_is_asked_again_is_invited_again(service: RunningService, walk: Walk) -> None:
    state = delegate()
    await service.deliver(state)
    await ready(walk)
    await erased(service, state)
    await service.deliver(state)
    assert (await walk.issued()).is_delegate
    assert len(await walk.credentials()) == 2


async def test_a_forgotten_password_of_a_delegate_is_mailed_like_any_other(service: RunningService, walk: Walk) -> None:
    await service.deliver(delegate())
    await ready(walk)
    await service.client.post("/password-resets", json={"email": EMAIL}, headers=walk.browser)
    await walk.issued()
    assert len(await walk.credentials()) == 2


async def test_agents_give_no_password_of_a_delegate(service: RunningService, walk: Walk) -> None:
    await service.deliver(delegate())
    account_id = await service.db.fetchval("select account_id from accounts")
    for path in (f"/accounts/{account_id}/provisional-password", f"/accounts/{account_id}/invitation"):
        answer = await service.client.post(path, headers=service.as_agent(Role.FRONT_DESK))
        assert answer.status_code == 404, path


@pytest.fixture
async def by_email(applications: Applications, tmp_path: Path) -> AsyncIterator[RunningService]:
    """The service of a town whose families sign in with their address."""
    async with applications.lend("identity", town_file=town_file(tmp_path, "tirelire")) as running:
        yield running


async def test_a_delegate_signs_in_as_families_do(by_email: RunningService, secrets_dir: Path) -> None:
    walk = Walk(by_email, secrets_dir)
    await by_email.deliver(delegate())
    credential = await walk.issued()
    assert (credential.username, credential.has_username) == (EMAIL, False)
