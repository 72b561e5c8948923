"""One permit for all replicas: however many processes call at once, no second holds more calls than a token may make; without it, one does."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from chassis.data.database import Database
from services.family.permits import store
from services.family.permits.commands import NoPermit, close, permit
from services.family.permits.domain import CALLS_MAX, REST_SECONDS, WAIT_SECONDS_MAX
from simulators.api_particulier.throttle import TOKEN_CALLS_MAX
from tests.component.simulators.particulier import Particulier, most_in_a_second, running_particulier
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]
REPLICAS = 3
NAME = "a-token-of-tests"


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Particulier]:
    async with running_particulier(tmp_path) as simulator:
        yield simulator


async def run_replicas(service: RunningService, api: Particulier, count: int, how: str) -> None:
    """Have each replica, a process of its own, make so many calls as fast as it can."""
    arguments = (service.database_url, str(api.http.base_url), api.token, str(count), how)
    running = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.concurrency.family.callers",
            *arguments,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
        )
        for _ in range(REPLICAS)
    ]
    assert [await process.wait() for process in running] == [0] * REPLICAS


async def test_all_replicas_together_call_no_more_than_a_token_may(service: RunningService, api: Particulier) -> None:
    await run_replicas(service, api, 30, "permitted")
    calls = await api.calls()
    assert len(calls) == 30 * REPLICAS
    assert {call["status"] for call in calls} == {200}
    assert most_in_a_second(calls) <= TOKEN_CALLS_MAX == CALLS_MAX


async def test_without_a_permit_they_call_more_and_are_refused(service: RunningService, api: Particulier) -> None:
    await run_replicas(service, api, 30, "naive")
    calls = await api.calls()
    assert most_in_a_second(calls) > TOKEN_CALLS_MAX
    assert 429 in {call["status"] for call in calls}


async def test_a_slot_is_held_during_its_call_and_rests_after_it(service: RunningService) -> None:
    async with AsyncExitStack() as calls:
        for _ in range(CALLS_MAX):
            await calls.enter_async_context(permit(service.db, NAME))
        with pytest.raises(NoPermit) as full:
            async with permit(service.db, NAME):
                pytest.fail("there is one call too many")
    assert full.value.seconds > WAIT_SECONDS_MAX
    assert 0 < await store.free_in(service.db, NAME) <= REST_SECONDS


async def test_the_slot_of_a_process_that_died_is_free_after_its_lease(service: RunningService) -> None:
    async with service.db.transaction() as tx:
        await store.make_slots(tx, NAME, 1)
        lost = await store.claim(tx, NAME, 0.0)
        assert lost is not None
    async with permit(service.db, NAME):
        async with service.db.transaction() as tx:
            await store.release(tx, NAME, lost, 0.0)
        assert await store.free_in(service.db, NAME) > REST_SECONDS, "who lost a slot does not give it back for another"


async def test_what_one_replica_is_told_to_wait_counts_for_all(service: RunningService) -> None:
    other = Database(service.db.pool)
    async with permit(other, NAME):
        await close(service.db, NAME, 30.0)
    with pytest.raises(NoPermit) as refusal:
        async with permit(other, NAME):
            pytest.fail("nobody calls now")
    assert 29 < refusal.value.seconds <= 30
    await close(service.db, NAME, 5.0)
    assert await store.free_in(other, NAME) > 28, "a shorter wait takes nothing back"
