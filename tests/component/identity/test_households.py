"""Accounts follow the households' files: created, moved, closed, erased; never twice, never backwards."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from joserfc.jwk import OKPKey

from chassis.sealing import unseal
from contracts.event import Envelope
from contracts.family.events import Adult, HouseholdState
from contracts.identity.events import AccountCreated, AccountState, CredentialIssued, EmailReplaced
from contracts.types import AccountStatus, CredentialPurpose
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, guardian, problem
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def account(service: RunningService, field: str) -> object:
    """One column of the only account there is."""
    rows = await service.db.fetch("select * from accounts")
    assert len(rows) == 1
    return rows[0][field]


async def test_each_invited_guardian_gets_an_account_and_an_invitation(walk: Walk, service: RunningService) -> None:
    one, two = guardian(), guardian("claude@famille.example", last_name="Dupré")
    absent = guardian("seul@famille.example", is_invited=False)
    unreachable = guardian(None)
    await service.deliver(walk.household(one, two, absent, unreachable))
    await service.run_job("issue_credentials")
    created = [event for event in await service.outbox() if isinstance(event, AccountCreated)]
    assert {event.guardian_id for event in created} == {one.adult_id, two.adult_id}
    issued = [event for event in await service.outbox() if isinstance(event, CredentialIssued)]
    assert {event.account_id for event in issued} == {event.account_id for event in created}
    assert {event.purpose for event in issued} == {CredentialPurpose.INVITATION}
    assert len({event.sealed for event in issued}) == 2
    assert {credential.username[:-5] for credential in await walk.credentials()} == {"testeur", "dupre"}


async def test_a_link_works_for_as_long_as_the_town_says(walk: Walk, service: RunningService) -> None:
    await walk.invited()
    (issued,) = [event for event in await service.outbox() if isinstance(event, CredentialIssued)]
    assert (issued.expires_at - await service.db.now()).total_seconds() == pytest.approx(14 * 86_400, abs=60)


async def test_a_state_that_comes_again_changes_nothing(walk: Walk, service: RunningService) -> None:
    state = walk.household(guardian())
    first = service.envelope(state)
    await service.deliver(first)
    await service.run_job("issue_credentials")
    before = len(await service.outbox())
    await service.deliver(first, service.envelope(state, sequence=1), service.envelope(state, sequence=2))
    await service.run_job("issue_credentials")
    assert len(await service.outbox()) == before


async def test_a_replay_from_the_start_mails_nobody(walk: Walk, service: RunningService) -> None:
    household_id, person = uuid4(), guardian("first@famille.example")
    moved = person.model_copy(update={"email": "second@famille.example"})
    states = [walk.household(version, household_id=household_id) for version in (person, moved)]
    await service.deliver(*states)
    await service.run_job("issue_credentials")
    before = len(await service.outbox())
    await service.db.execute("truncate inbox")
    await service.deliver(*(service.envelope(state, sequence=number) for number, state in enumerate(states, 1)))
    await service.run_job("issue_credentials")
    assert len(await service.outbox()) == before
    assert await account(service, "email") == "second@famille.example"


async def test_a_state_that_comes_late_is_ignored(walk: Walk, service: RunningService) -> None:
    household_id, person = uuid4(), guardian()
    newer = walk.household(person.model_copy(update={"email": "new@famille.example"}), household_id=household_id)
    await service.deliver(service.envelope(newer, sequence=7))
    await service.deliver(service.envelope(walk.household(person, household_id=household_id), sequence=6))
    assert await account(service, "email") == "new@famille.example"


async def test_two_replicas_with_one_state_make_one_account(walk: Walk, service: RunningService) -> None:
    person = guardian()
    envelopes = [service.envelope(walk.household(person)) for _ in range(8)]
    await asyncio.gather(*(service.deliver_unchecked(envelope) for envelope in envelopes))
    assert await service.db.fetchval("select count(*) from dead_letters") == 0
    assert await service.db.fetchval("select guardian_id from account_persons") == person.adult_id
    assert await service.db.fetchval("select count(*) from invitations") == 1


async def test_a_corrected_address_is_invited_instead(walk: Walk, service: RunningService) -> None:
    household_id, person = uuid4(), guardian("typo@famille.example")
    await service.deliver(walk.household(person, household_id=household_id))
    wrong = await walk.issued()
    await service.deliver(
        walk.household(person.model_copy(update={"email": "right@famille.example"}), household_id=household_id)
    )
    right = await walk.issued()
    assert problem(await walk.activate(wrong.activation_token), 409) == "activation_link_replaced"
    assert (await walk.activate(right.activation_token)).status_code == 201
    assert problem(await walk.sign_in(wrong.username, wrong.temporary_password), 401) == "invalid_credentials"
    assert await walk.signed_in("right@famille.example", right.temporary_password)


async def test_a_late_state_of_another_household_brings_no_former_address_back(
    walk: Walk, service: RunningService
) -> None:
    """An adult of two households; what the second says was published before the correction, in another partition."""
    person, first, second = guardian("typo@famille.example"), uuid4(), uuid4()
    right = person.model_copy(update={"email": "right@famille.example", "revision": 2})
    await service.deliver(walk.household(person, household_id=first), walk.household(person, household_id=second))
    await service.deliver(walk.household(right, household_id=first))
    await service.deliver(walk.household(person, household_id=second))
    assert await account(service, "email") == "right@famille.example"
    await service.deliver(walk.household(right, household_id=second))
    assert len([event for event in await service.outbox() if isinstance(event, EmailReplaced)]) == 1


async def test_an_account_in_use_follows_the_address_that_its_holder_confirmed(
    walk: Walk, service: RunningService
) -> None:
    household_id, person = uuid4(), guardian()
    await service.deliver(walk.household(person, household_id=household_id))
    mailed = await walk.issued()
    await walk.activate(mailed.activation_token)
    await walk.choose(await walk.signed_in(mailed.username, mailed.temporary_password))
    moved = person.model_copy(update={"email": "new@famille.example", "is_email_confirmed": True})
    await service.deliver(walk.household(moved, household_id=household_id))
    await service.run_job("issue_credentials")
    assert len(await walk.credentials()) == 1, "nobody is invited again"
    assert await walk.signed_in("new@famille.example", PERSONAL_PASSWORD)
    assert problem(await walk.sign_in("dominique@famille.example", PERSONAL_PASSWORD), 401)
    states = [event for event in await service.outbox() if isinstance(event, AccountState)]
    assert states[-1].email == "new@famille.example"


async def test_a_link_that_was_mailed_to_a_former_address_opens_nothing(walk: Walk, service: RunningService) -> None:
    """Whoever still reads the former mailbox gets in no more; who asks again is mailed at the new one."""
    household_id, person = uuid4(), guardian()
    await service.deliver(walk.household(person, household_id=household_id))
    mailed = await walk.issued()
    await walk.activate(mailed.activation_token)
    await walk.choose(await walk.signed_in(mailed.username, mailed.temporary_password))
    await service.client.post("/password-resets", json={"email": person.email}, headers=walk.browser)
    former = await walk.issued()
    moved = person.model_copy(update={"email": "new@famille.example", "is_email_confirmed": True})
    await service.deliver(walk.household(moved, household_id=household_id))
    assert problem(await walk.activate(former.activation_token), 409) == "activation_link_overtaken"
    assert await walk.signed_in("new@famille.example", PERSONAL_PASSWORD)
    await service.client.post("/password-resets", json={"email": moved.email}, headers=walk.browser)
    assert (await walk.activate((await walk.issued()).activation_token)).status_code == 201


async def test_the_former_address_is_told_sealed_and_once(
    walk: Walk, service: RunningService, secrets_dir: Path
) -> None:
    """S2-16: whoever reads the former address hears of it; a state that changes no address says nothing."""
    household_id, person = uuid4(), guardian()
    moved = person.model_copy(update={"email": "new@famille.example"})
    for known in (person, moved, moved.model_copy(update={"phone": "06 12 34 56 78"})):
        await service.deliver(walk.household(known, household_id=household_id))
    (replaced,) = [event for event in await service.outbox() if isinstance(event, EmailReplaced)]
    assert replaced.account_id == await account(service, "account_id")
    assert "famille.example" not in replaced.model_dump_json()
    key = OKPKey.import_key(json.loads((secrets_dir / "seal_private.json").read_text()))
    assert unseal(replaced.sealed, key) == person.email


async def test_a_new_address_ends_what_the_former_one_opened(walk: Walk, service: RunningService) -> None:
    """Sessions, and a link to a new password that waits in the former mailbox; a state that changes no address ends nothing."""
    household_id, person = uuid4(), guardian()
    await service.deliver(walk.household(person, household_id=household_id))
    mailed = await walk.issued()
    await walk.activate(mailed.activation_token)
    token = (await walk.choose(await walk.signed_in(mailed.username, mailed.temporary_password))).json()[
        "session_token"
    ]
    body, headers = {"email": "dominique@famille.example"}, {"X-Client-Address": walk.address}
    assert (await service.client.post("/password-resets", json=body, headers=headers)).status_code == 202
    reset = await walk.issued()
    same = person.model_copy(update={"phone": "06 12 34 56 78"})
    await service.deliver(walk.household(same, household_id=household_id))
    assert (await walk.own_sessions(token))[0]["is_current"]
    moved = person.model_copy(update={"email": "new@famille.example", "is_email_confirmed": True})
    await service.deliver(walk.household(moved, household_id=household_id))
    ended = await service.client.get("/sessions/current", headers={"X-Session": token})
    assert problem(ended, 401) == "session_ended"
    assert problem(await walk.activate(reset.activation_token), 409) == "activation_link_overtaken"
    assert problem(await walk.sign_in("dominique@famille.example", PERSONAL_PASSWORD), 401)
    assert await walk.signed_in("new@famille.example", PERSONAL_PASSWORD)


async def test_whom_no_file_names_any_longer_is_signed_out_and_comes_back_anew(
    walk: Walk, service: RunningService
) -> None:
    household_id, person, other = uuid4(), guardian(), guardian("reste@famille.example")
    await service.deliver(walk.household(person, other, household_id=household_id))
    await service.run_job("issue_credentials")
    username = await _username(service, person)
    (mailed,) = [mail for mail in await walk.credentials() if mail.username == username]
    await walk.activate(mailed.activation_token)
    token = (await walk.choose(await walk.signed_in(mailed.username, mailed.temporary_password))).json()[
        "session_token"
    ]
    await service.deliver(walk.household(other, household_id=household_id))
    answer = await service.client.get("/sessions/current", headers={"X-Session": token})
    assert problem(answer, 401) == "session_ended"
    for password in (PERSONAL_PASSWORD, "wrong-password-1"):
        assert problem(await walk.sign_in(PERSONAL_USERNAME, password), 401) == "invalid_credentials"
    states = [event for event in await service.outbox() if isinstance(event, AccountState)]
    assert (states[-1].guardian_ids, states[-1].status) == ((), AccountStatus.DISABLED)

    await service.deliver(walk.household(person, other, household_id=household_id))
    assert problem(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD), 401) == "invalid_credentials"
    again = await walk.issued()
    assert (await walk.activate(again.activation_token)).status_code == 201
    assert await walk.signed_in(PERSONAL_USERNAME, again.temporary_password)


async def test_who_is_named_by_two_files_goes_with_the_second(walk: Walk, service: RunningService) -> None:
    person, first, second = guardian(), uuid4(), uuid4()
    await service.deliver(walk.household(person, household_id=first), walk.household(person, household_id=second))
    await service.deliver(walk.household(household_id=first))
    assert await account(service, "is_disabled") is False
    await service.deliver(walk.household(household_id=second))
    assert await account(service, "is_disabled") is True


async def test_an_erased_household_takes_its_accounts_along(walk: Walk, service: RunningService) -> None:
    household_id, person = uuid4(), guardian()
    state = walk.household(person, household_id=household_id)
    await service.deliver(state)
    await walk.issued()
    account_id = await account(service, "account_id")
    await service.deliver(tombstone(service, state, sequence=2))
    assert await service.db.fetchval("select count(*) from accounts") == 0
    assert await service.db.fetchval("select count(*) from invitations") == 0
    erased = await service.db.fetch("select topic, key from outbox where payload is null")
    assert [tuple(row) for row in erased] == [("identity.accounts", str(account_id))]

    await service.db.execute("truncate inbox")
    await service.deliver(service.envelope(state, sequence=1))
    assert await service.db.fetchval("select count(*) from accounts") == 0, "a replay brings nobody back"


async def test_who_left_is_erased_with_the_last_file_that_invited_them(walk: Walk, service: RunningService) -> None:
    """Their account is closed until then; one whom another file invites by then stays."""
    household_id, other_id = uuid4(), uuid4()
    gone, moved = guardian("b@famille.example"), guardian("c@famille.example")
    await service.deliver(walk.household(gone, moved, household_id=household_id))
    emptied = walk.household(household_id=household_id)
    await service.deliver(emptied, walk.household(moved, household_id=other_id))
    assert await service.db.fetchval("select count(*) from account_persons") == 2
    await service.deliver(tombstone(service, emptied, sequence=99))
    left = await service.db.fetch("select guardian_id from account_persons")
    assert [row["guardian_id"] for row in left] == [moved.adult_id]
    assert await service.db.fetchval("select count(*) from accounts") == 1


def tombstone(service: RunningService, state: HouseholdState, sequence: int) -> Envelope:
    """The record that erases a household."""
    return replace(service.envelope(state, sequence=sequence), payload=None)


async def _username(service: RunningService, person: Adult) -> str:
    name: str = await service.db.fetchval(
        "select username from accounts join account_persons using (account_id) where guardian_id = $1", person.adult_id
    )
    return name
