"""Guessing: a crowd told from an attack, an owner told from whoever guesses, and attempts that come all at once."""

import asyncio
from collections import Counter

import httpx2
import pytest

from contracts.identity.models import Activated, SessionOpened
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, guardian, problem
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

WRONG = "wrong-password-1"
SCHOOL = "192.0.2.10"
ELSEWHERE = "198.51.100.7"


def device_of(answer: httpx2.Response) -> str:
    opened = SessionOpened.model_validate_json(answer.content)
    assert opened.device_token is not None
    return opened.device_token


async def test_eighty_guesses_at_once_from_one_address_are_thirty(walk: Walk) -> None:
    await walk.ready()
    walk.address = ELSEWHERE
    answers = await asyncio.gather(*(walk.sign_in(f"personne{number}", WRONG) for number in range(80)))
    assert Counter(answer.status_code for answer in answers) == {401: 30, 429: 50}


async def test_whoever_is_right_costs_their_address_nothing(walk: Walk) -> None:
    """A morning of a school's parents behind one address."""
    await walk.ready()
    for _ in range(40):
        assert (await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)).status_code == 201
    for number in range(30):
        assert problem(await walk.sign_in(f"personne{number}", WRONG), 401)
    refused = await walk.sign_in("personne99", WRONG)
    assert problem(refused, 429) == "too_many_attempts"
    assert refused.json()["params"]["retry_after_seconds"] <= 120, "nobody waits longer behind a full address"


async def test_a_crowd_that_signs_in_at_once_behind_one_address_gets_in(walk: Walk, service: RunningService) -> None:
    """More of them at once than may fail there."""
    await service.deliver(*(walk.household(guardian(f"parent{number}@famille.example")) for number in range(40)))
    await service.run_job("issue_credentials")
    mailed = await walk.credentials()
    for credential in mailed:
        await walk.activate(credential.activation_token)
    answers = await asyncio.gather(*(walk.sign_in(one.username, one.temporary_password) for one in mailed))
    assert Counter(answer.status_code for answer in answers) == {201: 40}


async def test_an_address_that_is_attacked_opens_for_devices_that_are_known(walk: Walk) -> None:
    await walk.ready()
    device = device_of(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD))
    for number in range(30):
        await walk.sign_in(f"personne{number}", WRONG)
    assert problem(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD), 429) == "too_many_attempts"
    walk.device = device
    assert (await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)).status_code == 201


async def test_an_owner_is_not_kept_out_by_whoever_guesses_their_password(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    device = device_of(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD))
    owner, attacker = Walk(service, walk.secrets_dir, SCHOOL, device), Walk(service, walk.secrets_dir, ELSEWHERE)
    for _ in range(11):
        await attacker.sign_in(PERSONAL_USERNAME, WRONG)
        service.advance(hours=2)
    for _ in range(3):
        assert problem(await attacker.sign_in(PERSONAL_USERNAME, WRONG), 401 if _ == 0 else 429)
    assert (await owner.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)).status_code == 201
    assert problem(await attacker.sign_in(PERSONAL_USERNAME, WRONG), 429), "the owner's success forgives nobody else"


async def test_guesses_on_a_known_device_slow_down_too_and_only_there(walk: Walk) -> None:
    await walk.ready()
    walk.device = device_of(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD))
    for _ in range(5):
        assert problem(await walk.sign_in(PERSONAL_USERNAME, WRONG), 401) == "invalid_credentials"
    assert problem(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD), 429) == "too_many_attempts"
    walk.device = ""
    assert (await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)).status_code == 201


async def test_a_device_stands_for_the_accounts_that_signed_in_on_it_alone(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    device = device_of(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD))
    other = await walk.invited(guardian("autre@famille.example"))
    walk.device = device
    for _ in range(5):
        assert problem(await walk.sign_in(other.username, WRONG), 401)
    assert problem(await walk.sign_in(other.username, other.temporary_password), 429) == "too_many_attempts"


@pytest.mark.parametrize("made_up", ["", "x" * 43, "a" * 60])
async def test_a_made_up_device_is_replaced_and_opens_nothing(walk: Walk, made_up: str) -> None:
    await walk.ready()
    walk.device = made_up
    assert device_of(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)) != made_up
    for _ in range(5):
        await walk.sign_in(PERSONAL_USERNAME, WRONG)
    assert problem(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD), 429)


async def test_two_parents_share_a_tablet(walk: Walk) -> None:
    await walk.ready()
    walk.device = device_of(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD))
    mailed, _ = await walk.activated(guardian("autre@famille.example"))
    assert device_of(await walk.sign_in(mailed.username, mailed.temporary_password)) == walk.device


async def test_whoever_follows_the_link_of_their_mail_gets_in_during_an_attack(
    walk: Walk, service: RunningService
) -> None:
    mailed = await walk.invited()
    owner, attacker = Walk(service, walk.secrets_dir, SCHOOL), Walk(service, walk.secrets_dir, ELSEWHERE)
    followed = Activated.model_validate_json((await owner.activate(mailed.activation_token)).content)
    for _ in range(6):
        await attacker.sign_in(mailed.username, WRONG)
    for number in range(30):
        await owner.sign_in(f"personne{number}", WRONG)
    assert problem(await owner.sign_in(mailed.username, mailed.temporary_password), 429)
    owner.device = followed.device_token or ""
    assert (await owner.sign_in(mailed.username, mailed.temporary_password)).status_code == 201


async def test_a_new_password_by_mail_forgets_the_devices_of_before(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    stolen = device_of(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD))
    await service.client.post("/password-resets", json={"email": "dominique@famille.example"}, headers=walk.browser)
    reset = await walk.issued()
    assert (await walk.activate(reset.activation_token)).status_code == 201
    assert await service.db.fetchval("select count(*) from devices") == 1
    walk.device = stolen
    for _ in range(5):
        await walk.sign_in(PERSONAL_USERNAME, WRONG)
    assert problem(await walk.sign_in(PERSONAL_USERNAME, reset.temporary_password), 429)


async def test_a_password_given_at_the_counter_forgets_the_devices_of_before(
    walk: Walk, service: RunningService
) -> None:
    await walk.ready()
    walk.device = device_of(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD))
    account_id = await service.db.fetchval("select account_id from accounts where kind = 'parent'")
    path = f"/accounts/{account_id}/provisional-password"
    assert (await service.client.post(path, headers=service.as_agent(Role.FRONT_DESK))).status_code == 201
    assert await service.db.fetchval("select count(*) from devices") == 0


async def test_devices_are_few_and_forgotten_when_unused(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    for _ in range(25):
        service.advance(seconds=1)
        last = device_of(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD))
    assert await service.db.fetchval("select count(*) from devices") == 20
    walk.device = last
    assert device_of(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)) == last
    service.advance(days=181)
    await service.run_job("purge")
    assert await service.db.fetchval("select count(*) from devices") == 0


async def test_a_sign_in_over_a_session_ends_it(walk: Walk, service: RunningService) -> None:
    replaced = await walk.ready()
    body = {"login": PERSONAL_USERNAME, "password": PERSONAL_PASSWORD}
    answer = await service.client.post("/sessions", json=body, headers=walk.browser | {"X-Session": replaced})
    assert answer.status_code == 201
    gone = await service.client.get("/sessions/current", headers={"X-Session": replaced})
    assert problem(gone, 401) == "session_ended"


async def test_a_password_that_is_right_is_never_throttled_for_what_stands_against_its_account(walk: Walk) -> None:
    mailed = await walk.invited()
    for _ in range(8):
        refused = await walk.sign_in(mailed.username, mailed.temporary_password)
        assert problem(refused, 403) == "account_not_activated"


async def test_what_was_right_leaves_no_trace_of_a_count(walk: Walk, service: RunningService) -> None:
    """What others failed from there counts on, and no more of it is given back than was counted."""
    await walk.ready()
    walk.address = ELSEWHERE
    for number in range(3):
        assert problem(await walk.sign_in(f"personne{number}", WRONG), 401)
    before = await service.db.fetch("select source, empty_at from source_levels order by source")
    throttles = await service.db.fetch("select subject from throttles order by subject")
    for _ in range(3):
        await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    assert await service.db.fetch("select source, empty_at from source_levels order by source") == before
    assert await service.db.fetch("select subject from throttles order by subject") == throttles
    assert problem(await walk.sign_in(PERSONAL_USERNAME, WRONG), 401)
    counted = {row["subject"] for row in await service.db.fetch("select subject from throttles")}
    assert len(counted - {row["subject"] for row in throttles}) == 2, "a name and the account"
    assert await service.db.fetch("select source, empty_at from source_levels order by source") != before
