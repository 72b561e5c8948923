"""Choosing personal credentials: every fault at once, names that are unique, and a session that is renewed."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from tests.component.identity.walk import (
    PERSONAL_PASSWORD,
    PERSONAL_USERNAME,
    Walk,
    field_codes,
    guardian,
    problem,
    town_file,
)
from tests.support.databases import Postgres
from tests.support.services import RunningService, running_service

pytestmark = pytest.mark.anyio

NEW_PASSWORD = "velo-bleu-43"


async def two_newcomers(walk: Walk) -> tuple[str, str]:
    """Two people who are about to choose their credentials; their sessions."""
    _, one = await walk.activated(guardian("one@famille.example"))
    _, other = await walk.activated(guardian("other@famille.example"))
    return one, other


async def test_the_policy_is_told_from_the_town_s_settings(
    service: RunningService, postgres: Postgres, secrets_dir: Path, tmp_path: Path
) -> None:
    demo = (await service.client.get("/credential-policy")).json()
    assert demo == {
        "length_min": 8,
        "length_max": 128,
        "lowercase_min": 1,
        "uppercase_min": 0,
        "digit_min": 1,
        "username_length_min": 3,
        "is_username_editable": True,
    }
    town = town_file(tmp_path, credentials={"length_min": 12, "digit_min": 2, "is_username_editable": False})
    async with running_service("identity", postgres, secrets_dir, town_file=town) as strict:
        walk = Walk(strict, secrets_dir)
        policy = (await strict.client.get("/credential-policy")).json()
        assert (policy["length_min"], policy["digit_min"], policy["is_username_editable"]) == (12, 2, False)
        mailed, token = await walk.activated()
        answer = await walk.choose(token, password="velo-rouge4", password_confirmation="velo-rouge4")
        assert field_codes(answer) == {"/username": "username_fixed", "/password": "password_too_short"}
        assert (await walk.choose(token, username=mailed.username)).status_code == 200


async def test_every_wrong_field_is_told_at_once_and_nothing_is_half_made(walk: Walk, service: RunningService) -> None:
    mailed, token = await walk.activated()
    answer = await walk.choose(token, username="deux mots", password="court1", password_confirmation="autre")
    assert field_codes(answer) == {
        "/username": "username_characters",
        "/password": "password_too_short",
        "/password_confirmation": "confirmation_mismatch",
    }
    assert [error["params"] for error in answer.json()["errors"]] == [{}, {"min": 8}, {}]
    assert await walk.signed_in(mailed.username, mailed.temporary_password)
    assert await service.db.fetchval("select status from accounts") == "activated"


async def test_empty_fields_are_each_asked_for(walk: Walk) -> None:
    _, token = await walk.activated()
    assert field_codes(await walk.choose(token, username="", password="", password_confirmation="")) == {
        "/username": "username_required",
        "/password": "password_required",
        "/password_confirmation": "confirmation_required",
    }


@pytest.mark.parametrize("name", ["dominique.testeur", "DOMINIQUE.TESTEUR", "Dominiqué.Testeur"])
async def test_a_user_name_belongs_to_one_account(walk: Walk, name: str) -> None:
    one, other = await two_newcomers(walk)
    assert (await walk.choose(one)).status_code == 200
    assert field_codes(await walk.choose(other, username=name)) == {"/username": "username_taken"}
    assert (await walk.choose(other, username="claude.testeur")).status_code == 200


async def both_choose_one_name(walk: Walk) -> list[httpx2.Response]:
    one, other = await two_newcomers(walk)
    return list(await asyncio.gather(walk.choose(one), walk.choose(other)))


async def test_of_two_who_choose_one_name_at_once_one_gets_it(walk: Walk) -> None:
    first, second = sorted(await both_choose_one_name(walk), key=lambda answer: answer.status_code)
    assert first.status_code == 200
    assert field_codes(second) == {"/username": "username_taken"}


async def test_without_the_unique_key_both_get_it(walk: Walk, service: RunningService) -> None:
    await service.alter("alter table accounts drop constraint accounts_username_key_key")
    assert [answer.status_code for answer in await both_choose_one_name(walk)] == [200, 200]


async def test_new_credentials_end_every_other_session_and_renew_this_one(walk: Walk, service: RunningService) -> None:
    mailed, token = await walk.activated()
    other = await walk.signed_in(mailed.username, mailed.temporary_password)
    renewed = (await walk.choose(token)).json()["session_token"]
    for ended in (token, other):
        answer = await service.client.get("/sessions/current", headers={"X-Session": ended})
        assert problem(answer, 401) == "session_ended"
    assert (await walk.session(renewed)).username == PERSONAL_USERNAME
    assert problem(await walk.sign_in(mailed.username, mailed.temporary_password), 401) == "invalid_credentials"


async def test_later_the_current_password_is_needed(walk: Walk) -> None:
    token = await walk.ready()
    new = {"username": "claude", "password": NEW_PASSWORD, "password_confirmation": NEW_PASSWORD}
    assert field_codes(await walk.choose(token, **new)) == {"/current_password": "current_password_required"}
    wrong = await walk.choose(token, **new, current_password="velo-noir-44")
    assert field_codes(wrong) == {"/current_password": "current_password_wrong"}
    right = await walk.choose(token, **new, current_password=PERSONAL_PASSWORD)
    assert right.status_code == 200
    assert right.json()["stage"] == "ready"
    assert await walk.signed_in("claude", NEW_PASSWORD)


async def test_the_current_password_cannot_be_guessed_from_an_open_session(walk: Walk) -> None:
    token = await walk.ready()
    codes = [(await walk.choose(token, current_password="velo-noir-44")).json()["code"] for _ in range(6)]
    assert codes == ["invalid"] * 5 + ["too_many_attempts"]


async def test_the_previous_sign_in_survives_the_renewal(walk: Walk, service: RunningService) -> None:
    mailed, _ = await walk.activated()
    service.advance(hours=2)
    token = await walk.signed_in(mailed.username, mailed.temporary_password)
    before = (await walk.session(token)).previous_sign_in_at
    assert before is not None
    renewed = (await walk.choose(token)).json()["session_token"]
    assert (await walk.session(renewed)).previous_sign_in_at == before
