"""Hashes that were made with other parameters than those of today: a right password makes a new one."""

import pytest
from argon2 import PasswordHasher

from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, problem
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

TODAY = "$argon2id$v=19$m=19456,t=2,p=1$"
FORMER = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1)


async def stored(service: RunningService) -> str:
    return str(await service.db.fetchval("select password_hash from accounts"))


async def test_a_right_password_is_hashed_again_and_a_wrong_one_changes_nothing(
    walk: Walk, service: RunningService
) -> None:
    await walk.ready()
    former = FORMER.hash(PERSONAL_PASSWORD)
    await service.db.execute("update accounts set password_hash = $1", former)
    assert problem(await walk.sign_in(PERSONAL_USERNAME, "velo-noir-44"), 401) == "invalid_credentials"
    assert await stored(service) == former
    await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    renewed = await stored(service)
    assert renewed.startswith(TODAY)
    await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    assert await stored(service) == renewed, "once is enough"
    assert problem(await walk.sign_in(PERSONAL_USERNAME, "velo-noir-44"), 401) == "invalid_credentials"


async def test_a_temporary_one_stays_what_it_is_with_spaces_around_and_its_end(
    walk: Walk, service: RunningService
) -> None:
    mailed = await walk.invited()
    assert (await walk.activate(mailed.activation_token)).status_code == 201
    ends = await service.db.fetchval("select password_expires_at from accounts")
    await service.db.execute("update accounts set password_hash = $1", FORMER.hash(mailed.temporary_password))
    await walk.signed_in(mailed.username, f" {mailed.temporary_password} ")
    assert (await stored(service)).startswith(TODAY)
    await walk.signed_in(mailed.username, mailed.temporary_password)
    assert await service.db.fetchval("select password_expires_at from accounts") == ends
