"""Passwords tried by the thousand: how many are checked, that a school behind one of the addresses signs in meanwhile, and that no owner waits for hours."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from contracts.identity.models import Activated, Credential
from services.identity.activation.commands import RESET_EMAIL_RULE
from services.identity.attempts.domain import ACCOUNT_RULE
from tests.component.identity.walk import PERSONAL_PASSWORD, Walk, guardian, problem
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

WRONG = "wrong-password-1"
ACCOUNTS, ADDRESSES, ROUNDS = 50, 20, 200
FREE = ACCOUNT_RULE.free_failures + 1
"""The tries at an account that are checked at once; the next one waits a minute."""
PER_DAY = 25
PARENTS = 10
"""Parents of the school whom nobody attacks, and whose browsers are new."""
EMAIL = "dominique@famille.example"


async def followed(walk: Walk, credential: Credential) -> str:
    """The device that a link of a mail leaves in a browser."""
    answer = await walk.activate(credential.activation_token)
    return Activated.model_validate_json(answer.content).device_token or ""


async def test_ten_thousand_tries_on_fifty_accounts_check_five_of_each_and_keep_nobody_out(
    walk: Walk, service: RunningService
) -> None:
    people = [guardian(f"parent{number}@famille.example") for number in range(ACCOUNTS + PARENTS)]
    await service.deliver(*(walk.household(person) for person in people))
    await service.run_job("issue_credentials")
    mailed = await walk.credentials()
    devices = [await followed(walk, credential) for credential in mailed]
    attacked, others = mailed[:ACCOUNTS], mailed[ACCOUNTS:]
    sources = [Walk(service, walk.secrets_dir, f"203.0.113.{number}") for number in range(ADDRESSES)]
    school = sources[0].address
    begun = await service.db.now()
    checked: Counter[str] = Counter()
    came_in: list[int] = []
    for round_number in range(ROUNDS):
        tried = [
            (sources[(round_number + number) % ADDRESSES], credential.username)
            for number, credential in enumerate(attacked)
        ]
        answers = await asyncio.gather(*(source.sign_in(username, WRONG) for source, username in tried))
        assert {answer.status_code for answer in answers} <= {401, 429}
        for (source, username), answer in zip(tried, answers, strict=True):
            checked.update([username, source.address] if answer.status_code == 401 else [])
        if round_number % (ROUNDS // PARENTS) == ROUNDS // PARENTS - 1:
            turn = round_number * PARENTS // ROUNDS
            new = Walk(service, walk.secrets_dir, school)
            came_in.append((await new.sign_in(others[turn].username, others[turn].temporary_password)).status_code)
            for number in range(turn, ACCOUNTS, PARENTS):
                known = Walk(service, walk.secrets_dir, school, devices[number])
                answer = await known.sign_in(attacked[number].username, attacked[number].temporary_password)
                came_in.append(answer.status_code)
    assert ROUNDS * ACCOUNTS == 10_000
    minutes = int((await service.db.now() - begun).total_seconds() // 60)
    by_account = [checked[credential.username] for credential in attacked]
    assert min(by_account) >= FREE
    assert max(by_account) <= FREE + minutes, "a delay of a minute was passed over"
    assert max(checked[source.address] for source in sources) <= 30 + minutes // 2
    assert Counter(came_in) == {201: PARENTS + ACCOUNTS}, "of the school, on new browsers and known ones, all came in"
    home = Walk(service, walk.secrets_dir, "192.0.2.77")
    refused = await home.sign_in(attacked[0].username, attacked[0].temporary_password)
    assert problem(refused, 429) == "too_many_attempts", "also the right password, where the account is not known"
    waits = refused.json()["params"]["retry_after_seconds"]
    assert waits <= ACCOUNT_RULE.first_delay.total_seconds() * 2**minutes
    service.advance(seconds=waits)
    assert (await home.sign_in(attacked[0].username, attacked[0].temporary_password)).status_code == 201


async def test_through_a_day_of_guesses_25_are_checked_and_the_owner_comes_in_every_hour(
    walk: Walk, service: RunningService
) -> None:
    mailed = await walk.invited()
    owner = Walk(service, walk.secrets_dir, "192.0.2.77", await followed(walk, mailed))
    checked, owners = 0, []
    for tenth in range(6 * 24):
        attacker = Walk(service, walk.secrets_dir, f"203.0.113.{tenth % ADDRESSES}")
        checked += (await attacker.sign_in(mailed.username, WRONG)).status_code == 401
        if tenth % 6 == 0:
            owners.append((await owner.sign_in(mailed.username, mailed.temporary_password)).status_code)
        service.advance(minutes=10)
    assert 10 <= checked <= PER_DAY
    assert owners == [201] * 24


async def test_an_owner_on_a_new_browser_has_a_link_within_the_hour_whoever_asks_in_their_name(
    walk: Walk, service: RunningService
) -> None:
    """A whole day of guesses, and of requests for links that the owner did not make: each sends them one, so that they are never without for long."""
    await walk.ready()
    username = await service.db.fetchval("select username from accounts")
    without, longest, good_until = timedelta(), timedelta(), await service.db.now()
    for tenth in range(6 * 24):
        attacker = Walk(service, walk.secrets_dir, f"203.0.113.{tenth % ADDRESSES}")
        await attacker.sign_in(username, WRONG)
        asked = await service.client.post("/password-resets", json={"email": EMAIL}, headers=attacker.browser)
        now = await service.db.now()
        if asked.status_code == 202:
            await service.run_job("issue_credentials")
            good_until = now + timedelta(minutes=60)
        without = timedelta() if now < good_until else without + timedelta(minutes=10)
        longest = max(longest, without)
        service.advance(minutes=10)
    assert longest == timedelta(), "a link is good at every moment, or can be asked for"
    assert RESET_EMAIL_RULE.delay_max <= timedelta(minutes=60)
    home, latest = Walk(service, walk.secrets_dir, "192.0.2.77"), (await walk.credentials())[-1]
    assert problem(await home.sign_in(username, PERSONAL_PASSWORD), 429) == "too_many_attempts"
    home.device = await followed(home, latest)
    assert (await home.sign_in(latest.username, latest.temporary_password)).status_code == 201
