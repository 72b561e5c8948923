"""Sessions: who may open one, with what, how often one may try, and when it ends."""

import asyncio
import statistics
import time
from pathlib import Path

import pytest

from tests.component.identity.walk import (
    PERSONAL_PASSWORD,
    PERSONAL_USERNAME,
    Walk,
    field_codes,
    problem,
    town_file,
)
from tests.support.applications import Applications
from tests.support.databases import Postgres
from tests.support.roles import ROLES, agent_body
from tests.support.services import RunningService, running_service

pytestmark = pytest.mark.anyio

WRONG = "wrong-password-1"
EMAIL = "dominique@famille.example"


async def ended(service: RunningService, token: str | None) -> bool:
    answer = await service.client.get("/sessions/current", headers={"X-Session": token} if token else {})
    return answer.status_code == 401 and problem(answer, 401) == "session_ended"


@pytest.mark.parametrize(
    ("mode", "by_name", "by_email"), [("username", 201, 401), ("email", 401, 201), ("both", 201, 201)]
)
async def test_the_town_decides_what_families_sign_in_with(
    postgres: Postgres, secrets_dir: Path, tmp_path: Path, mode: str, by_name: int, by_email: int
) -> None:
    town = town_file(tmp_path, login={"mode": mode})
    async with running_service("identity", postgres, secrets_dir, town_file=town) as service:
        walk = Walk(service, secrets_dir)
        mailed, token = await walk.activated()
        assert mailed.username == (EMAIL if mode == "email" else mailed.username)
        if mode == "email":
            # A name that would not sign in is not asked for, and not taken.
            refused = await walk.choose(token)
            assert field_codes(refused) == {"/username": "username_fixed"}
        chosen = await walk.choose(token, username=None if mode == "email" else PERSONAL_USERNAME)
        assert chosen.status_code == 200, chosen.text
        assert (await walk.sign_in(PERSONAL_USERNAME.upper(), PERSONAL_PASSWORD)).status_code == by_name
        assert (await walk.sign_in(EMAIL.upper(), PERSONAL_PASSWORD)).status_code == by_email


async def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(walk: Walk) -> None:
    await walk.ready()
    wrong = await walk.sign_in(PERSONAL_USERNAME, WRONG)
    unknown = await walk.sign_in("personne", WRONG)
    ignored = ("trace_id",)
    assert wrong.status_code == unknown.status_code == 401
    assert {name: value for name, value in wrong.json().items() if name not in ignored} == {
        name: value for name, value in unknown.json().items() if name not in ignored
    }


async def test_an_unknown_login_takes_as_long_as_a_wrong_password(walk: Walk, service: RunningService) -> None:
    mailed, _ = await walk.activated()
    known: list[float] = []
    unknown: list[float] = []
    throttled: list[float] = []
    # The processor's time, not the clock's: it does not depend on what else the machine is doing.
    for number in range(4):
        for login, durations in ((mailed.username, known), (f"personne{number}", unknown)):
            started = time.process_time()
            assert problem(await walk.sign_in(login, WRONG), 401)
            durations.append(time.process_time() - started)
    await walk.sign_in(mailed.username, WRONG)
    for _ in range(4):
        started = time.process_time()
        assert problem(await walk.sign_in(mailed.username, WRONG), 429)
        throttled.append(time.process_time() - started)
    assert 0.5 <= statistics.median(unknown) / statistics.median(known) <= 2
    assert statistics.median(throttled) < statistics.median(known) / 2, "an answer without a hash would show"


async def test_failures_slow_an_account_down_wherever_they_come_from(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    for number in range(5):
        walk.address = f"192.0.2.{number}"
        assert problem(await walk.sign_in(PERSONAL_USERNAME, WRONG), 401) == "invalid_credentials"
    walk.address = "198.51.100.7"
    refused = await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    assert problem(refused, 429) == "too_many_attempts"
    assert 0 < refused.json()["params"]["retry_after_seconds"] <= 60
    assert int(refused.headers["retry-after"]) <= 60
    service.advance(seconds=61)
    assert problem(await walk.sign_in(PERSONAL_USERNAME, WRONG), 401) == "invalid_credentials"
    assert problem(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD), 429) == "too_many_attempts"
    service.advance(seconds=121)
    assert await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    assert problem(await walk.sign_in(PERSONAL_USERNAME, WRONG), 401) == "invalid_credentials", "all forgotten"


async def test_an_unknown_login_is_slowed_down_in_the_same_way(walk: Walk) -> None:
    codes = [(await walk.sign_in("personne", WRONG)).json()["code"] for _ in range(6)]
    assert codes == ["invalid_credentials"] * 5 + ["too_many_attempts"]


UNKNOWN = ("personne", "personne@famille.example")
KNOWN = (PERSONAL_USERNAME, EMAIL)


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)], ids=["name first", "address first"])
async def test_one_name_of_an_account_says_nothing_of_the_other(walk: Walk, order: slice) -> None:
    """Where people sign in by user name and by address: who made one of them wait must not see the other wait with it."""
    await walk.ready()
    answers = []
    for first, second in (UNKNOWN[order], KNOWN[order]):
        tries = [first] * 6 + [second, first] + [second] * 5
        answers.append([(await walk.sign_in(login, WRONG)).json()["code"] for login in tries])
        walk.address = "198.51.100.7"
    assert answers[0] == answers[1]
    assert answers[0][6] == "invalid_credentials"
    assert answers[0][-1] == "too_many_attempts"


async def test_of_both_names_together_no_more_passwords_are_looked_at_than_of_one(
    walk: Walk, service: RunningService
) -> None:
    """25 a day. After that the right one is as wrong as any other, in words that say nothing; the link of a mail is the way in."""
    await walk.ready()
    for round_number in range(13):
        for login in KNOWN:
            assert problem(await walk.sign_in(login, WRONG), 401) == "invalid_credentials"
        if round_number >= 4:
            service.advance(minutes=min(120, 2 ** (round_number - 4)))
    assert problem(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD), 401) == "invalid_credentials"
    await service.client.post("/password-resets", json={"email": EMAIL}, headers=walk.browser)
    mailed = await walk.issued()
    assert (await walk.activate(mailed.activation_token)).status_code == 201
    assert await walk.signed_in(PERSONAL_USERNAME, mailed.temporary_password)


async def test_whoever_signs_in_makes_neither_name_wait(walk: Walk) -> None:
    await walk.ready()
    for login in KNOWN:
        for _ in range(4):
            await walk.sign_in(login, WRONG)
        assert await walk.signed_in(login, PERSONAL_PASSWORD)
        assert problem(await walk.sign_in(login, WRONG), 401) == "invalid_credentials"


@pytest.mark.parametrize("twin", ["dominiqué@famille.example", "ｄominique@famille.example"])
async def test_the_failures_of_another_address_say_nothing_of_this_one(
    applications: Applications, secrets_dir: Path, tmp_path: Path, twin: str
) -> None:
    """Who guesses at an address that looks like one must not learn whether this one is anybody's."""
    town = town_file(tmp_path, login={"mode": "email"})
    async with applications.lend("identity", town_file=town) as service:
        walk = Walk(service, secrets_dir)
        for is_known in (False, True):
            if is_known:
                await walk.activated()
                await service.db.execute("delete from throttles")
            for _ in range(6):
                await walk.sign_in(twin, WRONG)
            assert problem(await walk.sign_in(EMAIL, WRONG), 401) == "invalid_credentials", is_known


async def test_failures_slow_a_source_down_whatever_it_tries(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    for number in range(30):
        assert problem(await walk.sign_in(f"personne{number}", WRONG), 401)
    assert problem(await walk.sign_in("personne99", WRONG), 429) == "too_many_attempts"
    assert problem(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD), 429) == "too_many_attempts"
    walk.address = "198.51.100.7"
    assert await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)


async def test_attempts_in_parallel_are_not_free(walk: Walk) -> None:
    await walk.ready()
    answers = await asyncio.gather(*(walk.sign_in(PERSONAL_USERNAME, WRONG) for _ in range(15)))
    checked = sum(answer.status_code == 401 for answer in answers)
    assert checked <= 5
    assert {answer.status_code for answer in answers} == {401, 429}
    walk.address = "198.51.100.7"
    others = await asyncio.gather(*(walk.sign_in(f"personne{number}", WRONG) for number in range(15)))
    assert {answer.status_code for answer in others} == {401}, "so it was the account that stopped them"


async def test_a_few_right_sign_ins_at_once_all_work(walk: Walk) -> None:
    await walk.ready()
    for _ in range(5):
        answers = await asyncio.gather(*(walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD) for _ in range(4)))
        assert [answer.status_code for answer in answers] == [201] * 4


async def test_the_table_of_failures_is_bounded_and_forgets(walk: Walk, service: RunningService) -> None:
    for number in range(10):
        await walk.sign_in(f"personne{number}", WRONG)
    subjects = [row["subject"] for row in await service.db.fetch("select subject from throttles")]
    sources = [row["source"] for row in await service.db.fetch("select source from source_levels")]
    assert (len(subjects), len(sources)) == (2 * 10, 1)
    assert not [text for text in (*subjects, *sources) if "personne" in text or walk.address in text]
    service.advance(days=2)
    await service.run_job("purge")
    assert (
        await service.db.fetchval("select (select count(*) from throttles) + (select count(*) from source_levels)") == 0
    )


async def test_a_session_ends_when_nothing_is_asked(walk: Walk, service: RunningService) -> None:
    token = await walk.ready()
    for _ in range(3):
        service.advance(minutes=59)
        assert not await ended(service, token)
    service.advance(minutes=60)
    assert await ended(service, token)
    await service.run_job("purge")
    assert await service.db.fetchval("select count(*) from sessions") == 0


async def test_a_session_ends_after_its_longest_time(walk: Walk, service: RunningService) -> None:
    token = await walk.ready()
    for _ in range(15):
        service.advance(minutes=45)
        assert not await ended(service, token)
    session = await walk.session(token)
    service.advance(minutes=44)
    assert (await walk.session(token)).expires_at == session.expires_at, "the end no longer moves"
    service.advance(minutes=2)
    assert await ended(service, token)


async def test_signing_out_ends_this_session_alone(walk: Walk, service: RunningService) -> None:
    one = await walk.ready()
    other = await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    assert one != other
    for _ in range(2):
        answer = await service.client.delete("/sessions/current", headers={"X-Session": one})
        assert answer.status_code == 204
    assert await ended(service, one)
    assert not await ended(service, other)


@pytest.mark.parametrize("token", [None, "", "x" * 43, "é" * 20])
async def test_no_session_no_answer(service: RunningService, token: str | None) -> None:
    headers = {b"X-Session": token.encode()} if token is not None else {}
    form = {"username": "a", "password": "b", "password_confirmation": "c"}
    reading = {"version": "v", "end_token": "t", "is_accepted": True}
    for answer in (
        await service.client.get("/sessions/current", headers=headers),
        await service.client.put("/me/credentials", json=form, headers=headers),
        await service.client.post("/me/terms-acceptance", json=reading, headers=headers),
    ):
        assert problem(answer, 401) == "session_ended"


async def test_an_actor_token_lives_two_minutes_and_is_renewed_by_asking(walk: Walk) -> None:
    session = await walk.session(await walk.ready())
    assert session.actor_token_expires_at is not None
    left = session.actor_token_expires_at.timestamp() - time.time()
    assert 100 < left <= 120


async def test_an_agent_does_not_need_the_terms_of_families(walk: Walk, service: RunningService) -> None:
    body = agent_body("agent.accueil", "front_desk")
    answer = await service.client.post(
        "/agents", json={**body, "password": "guichet-ouvert-1"}, headers=service.as_system() | service.key()
    )
    assert answer.status_code == 201, answer.text
    session = await walk.session(await walk.signed_in("agent.accueil", "guichet-ouvert-1"))
    assert (session.stage, session.name) == ("ready", "Camille Marchand")
    assert set(session.permissions) == ROLES["front_desk"].permissions
    assert session.actor_token is not None
