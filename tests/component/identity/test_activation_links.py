"""Activation links: once, for a while, only the last one; and the way back for whoever forgot a password."""

import asyncio
from uuid import UUID, uuid4

import pytest

from contracts.identity.events import AccountActivated, CredentialIssued
from contracts.types import AccountStatus, CredentialPurpose, SessionStage
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, guardian, problem
from tests.support.roles import Role
from tests.support.services import RunningService
from tests.support.towns import also_under

pytestmark = pytest.mark.anyio

EMAIL = "dominique@famille.example"


async def only_account(service: RunningService) -> UUID:
    account_id: UUID = await service.db.fetchval("select account_id from accounts")
    return account_id


async def ask_reset(walk: Walk, email: str = EMAIL) -> int:
    answer = await walk.service.client.post(
        "/password-resets", json={"email": email}, headers={"X-Client-Address": walk.address}
    )
    return answer.status_code


async def test_nobody_signs_in_before_the_link_was_followed(walk: Walk) -> None:
    mailed = await walk.invited()
    answer = await walk.sign_in(mailed.username, mailed.temporary_password)
    assert problem(answer, 403) == "account_not_activated"
    assert problem(await walk.sign_in(mailed.username, "wrong-password-1"), 401) == "invalid_credentials"
    assert (await walk.activate(mailed.activation_token)).status_code == 201
    assert await walk.signed_in(mailed.username, mailed.temporary_password)


async def test_a_link_works_once(walk: Walk, service: RunningService) -> None:
    mailed = await walk.invited()
    assert (await walk.activate(mailed.activation_token)).status_code == 201
    assert problem(await walk.activate(mailed.activation_token), 409) == "activation_link_used"
    activated = [event for event in await service.outbox() if isinstance(event, AccountActivated)]
    assert len(activated) == 1


async def test_a_link_followed_by_many_at_once_works_once(walk: Walk, service: RunningService) -> None:
    mailed = await walk.invited()
    answers = await asyncio.gather(*(walk.activate(mailed.activation_token) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert len([event for event in await service.outbox() if isinstance(event, AccountActivated)]) == 1


async def test_a_link_expires_with_its_password(walk: Walk, service: RunningService) -> None:
    mailed = await walk.invited()
    service.advance(days=14, seconds=1)
    assert problem(await walk.activate(mailed.activation_token), 409) == "activation_link_expired"
    answer = await walk.sign_in(mailed.username, mailed.temporary_password)
    assert problem(answer, 403) == "temporary_password_expired"


async def test_a_temporary_password_that_was_never_replaced_expires_too(walk: Walk, service: RunningService) -> None:
    mailed, _ = await walk.activated()
    service.advance(days=14, seconds=1)
    answer = await walk.sign_in(mailed.username, mailed.temporary_password)
    assert problem(answer, 403) == "temporary_password_expired"


async def test_a_link_that_is_none_of_ours(walk: Walk) -> None:
    assert problem(await walk.activate("x" * 43), 404) == "activation_link_unknown"
    assert problem(await walk.activate("court"), 422) == "invalid"


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.DIRECTOR])
@also_under("belfort", "premium")
async def test_an_agent_sends_it_again_and_only_the_last_one_works(
    walk: Walk, service: RunningService, role: Role
) -> None:
    first = await walk.invited()
    path = f"/accounts/{await only_account(service)}/invitation"
    answer = await service.client.post(path, headers=service.as_agent(role))
    assert answer.status_code == 201, answer.text
    assert problem(await walk.activate(first.activation_token), 409) == "activation_link_replaced"
    assert problem(await walk.sign_in(first.username, first.temporary_password), 401) == "invalid_credentials"
    second = await walk.issued()
    assert second.username == first.username
    assert (await walk.activate(second.activation_token)).status_code == 201
    assert await walk.signed_in(second.username, second.temporary_password)


async def test_sending_it_twice_before_it_is_made_mails_once(walk: Walk, service: RunningService) -> None:
    await service.deliver(walk.household(guardian()))
    path = f"/accounts/{await only_account(service)}/invitation"
    for _ in range(3):
        assert (await service.client.post(path, headers=service.as_agent(Role.FRONT_DESK))).status_code == 201
    await service.run_job("issue_credentials")
    await service.run_job("issue_credentials")
    assert len(await walk.credentials()) == 1


async def test_two_replicas_issue_each_credential_once(walk: Walk, service: RunningService) -> None:
    await service.deliver(*(walk.household(guardian(f"parent{number}@famille.example")) for number in range(10)))
    await asyncio.gather(*(service.run_job("issue_credentials") for _ in range(3)))
    assert len(await walk.credentials()) == 10
    assert await service.db.fetchval("select count(*) from invitations where issued_at is null") == 0


async def test_only_entitled_agents_send_it_again(walk: Walk, service: RunningService) -> None:
    await walk.invited()
    path = f"/accounts/{await only_account(service)}/invitation"
    for headers in (service.as_agent(Role.FINANCE), service.as_agent(Role.SITE), service.as_parent(uuid4())):
        assert problem(await service.client.post(path, headers=headers), 403) == "forbidden"
    assert problem(await service.client.post(path), 401) == "unauthenticated"
    unknown = f"/accounts/{uuid4()}/invitation"
    assert problem(await service.client.post(unknown, headers=service.as_agent(Role.DIRECTOR)), 404) == "not_found"


async def test_sending_it_again_lets_a_blocked_account_try_again(walk: Walk, service: RunningService) -> None:
    mailed, _ = await walk.activated()
    for _ in range(5):
        await walk.sign_in(mailed.username, "wrong-password-1")
    assert problem(await walk.sign_in(mailed.username, mailed.temporary_password), 429) == "too_many_attempts"
    path = f"/accounts/{await only_account(service)}/invitation"
    await service.client.post(path, headers=service.as_agent(Role.FRONT_DESK))
    again = await walk.issued()
    assert await walk.signed_in(again.username, again.temporary_password)


@pytest.mark.parametrize("is_known_device", [True, False])
async def test_a_password_whose_link_was_not_followed_forgives_no_guess(
    walk: Walk, service: RunningService, is_known_device: bool
) -> None:
    """Whoever reads the mailbox would guess at the password in place, four at a time, for ever."""
    await walk.ready()
    signed_in = await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    walk.device = signed_in.json()["device_token"] if is_known_device else ""
    assert await ask_reset(walk) == 202
    mailed = await walk.issued()
    for _ in range(2):
        assert problem(await walk.sign_in(PERSONAL_USERNAME, "wrong-password-1"), 401) == "invalid_credentials"
        typed = await walk.sign_in(PERSONAL_USERNAME, mailed.temporary_password)
        assert problem(typed, 403) == "password_not_in_place"
    assert problem(await walk.sign_in(PERSONAL_USERNAME, "wrong-password-1"), 401) == "invalid_credentials"
    assert problem(await walk.sign_in(PERSONAL_USERNAME, "wrong-password-1"), 429) == "too_many_attempts"
    assert (await walk.activate(mailed.activation_token)).status_code == 201, "the link is the way out"
    assert await walk.signed_in(PERSONAL_USERNAME, mailed.temporary_password)


async def test_a_forgotten_password_is_replaced_once_the_new_link_is_followed(
    walk: Walk, service: RunningService
) -> None:
    token = await walk.ready()
    assert await ask_reset(walk) == 202
    mailed = await walk.issued()
    issued = [event for event in await service.outbox() if isinstance(event, CredentialIssued)]
    assert issued[-1].purpose is CredentialPurpose.PASSWORD_RESET
    assert mailed.username == PERSONAL_USERNAME
    assert await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD), "asking takes nothing away"
    for typed in (mailed.temporary_password, mailed.temporary_password.upper()):
        answer = await walk.sign_in(PERSONAL_USERNAME, typed)
        assert problem(answer, 403) == "password_not_in_place", "whoever has the mail learns what to do first"
    for login, password in ((PERSONAL_USERNAME, "bcdf2-bcdf2-bcdf2"), ("nobody", mailed.temporary_password)):
        assert problem(await walk.sign_in(login, password), 401) == "invalid_credentials"

    assert (await walk.activate(mailed.activation_token)).status_code == 201
    answer = await service.client.get("/sessions/current", headers={"X-Session": token})
    assert problem(answer, 401) == "session_ended"
    assert problem(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD), 401) == "invalid_credentials"
    fresh = await walk.signed_in(PERSONAL_USERNAME, mailed.temporary_password)
    assert (await walk.session(fresh)).stage is SessionStage.CHOOSE_CREDENTIALS
    chosen = await walk.choose(fresh, password="velo-bleu-43", password_confirmation="velo-bleu-43")
    assert chosen.status_code == 200
    assert chosen.json()["stage"] == "ready", "the terms stay accepted"


async def test_a_password_that_waits_ends_with_its_link(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    assert await ask_reset(walk) == 202
    mailed = await walk.issued()
    service.advance(minutes=61)
    assert problem(await walk.sign_in(PERSONAL_USERNAME, mailed.temporary_password), 401) == "invalid_credentials"


async def test_an_account_that_was_never_opened_is_opened_the_same_way(walk: Walk, service: RunningService) -> None:
    lost = await walk.invited()
    service.advance(days=20)
    assert await ask_reset(walk) == 202
    credentials = await walk.issued()
    assert problem(await walk.activate(lost.activation_token), 409) == "activation_link_replaced"
    assert (await walk.activate(credentials.activation_token)).status_code == 201
    assert await walk.signed_in(credentials.username, credentials.temporary_password)


async def test_an_unknown_address_gets_the_same_answer_and_no_mail(walk: Walk, service: RunningService) -> None:
    await walk.invited()
    assert await ask_reset(walk, "personne@famille.example") == 202
    await service.run_job("issue_credentials")
    assert len(await walk.credentials()) == 1
    assert await service.db.fetchval("select count(*) from password_resets") == 0


async def test_a_shared_address_is_mailed_once(walk: Walk, service: RunningService) -> None:
    await service.deliver(walk.household(guardian(), guardian()))
    await service.run_job("issue_credentials")
    service.advance(hours=1)
    assert await ask_reset(walk) == 202
    await service.run_job("issue_credentials")
    invited, again = await walk.credentials()
    assert invited.username == again.username


async def test_an_address_is_not_flooded(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    answers = [await ask_reset(walk) for _ in range(5)]
    assert answers == [202, 202, 202, 202, 429]
    await service.run_job("issue_credentials")
    assert len(await walk.credentials()) == 2, "the invitation and one reset"
    assert await ask_reset(walk, "personne@famille.example") == 202


async def test_asking_from_one_source_for_everybody_is_stopped(walk: Walk) -> None:
    answers = [await ask_reset(walk, f"parent{number}@famille.example") for number in range(21)]
    assert answers == [202] * 20 + [429]


async def test_a_closed_account_is_not_mailed(walk: Walk, service: RunningService) -> None:
    household_id = uuid4()
    await service.deliver(walk.household(guardian(), household_id=household_id))
    await walk.issued()
    await service.deliver(walk.household(household_id=household_id))
    service.advance(hours=1)
    await ask_reset(walk)
    await service.run_job("issue_credentials")
    assert len(await walk.credentials()) == 1
    path = f"/accounts/{await only_account(service)}/invitation"
    answer = await service.client.post(path, headers=service.as_agent(Role.DIRECTOR))
    assert problem(answer, 404) == "not_found"
    (mailed,) = await walk.credentials()
    assert problem(await walk.activate(mailed.activation_token), 404) == "activation_link_unknown"
    assert await service.db.fetchval("select status from accounts") == AccountStatus.INVITED
