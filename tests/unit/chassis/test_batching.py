"""Batching: what arrives during a batch is the next one, and each caller gets its own outcome."""

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar
from typing import cast

import pytest

from chassis.batching import WAITING_MAX, Batcher
from chassis.data.database import Database
from chassis.refusal import Busy, NotFound, Refusal
from chassis.telemetry import PART_DEATHS

pytestmark = pytest.mark.anyio

NO_DATABASE = cast("Database", None)
requester: ContextVar[str] = ContextVar("requester", default="nobody")


class Counter:
    """Doubles numbers, batch by batch; odd ones are refused and 13 breaks whatever batch it is in."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.seen_requesters: set[str] = set()
        self.started = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()

    async def run(self, _db: Database, numbers: Sequence[int]) -> Sequence[int | Refusal]:
        self.batches.append(list(numbers))
        self.started.set()
        self.seen_requesters.add(requester.get())
        await self.open.wait()
        if 13 in numbers:
            raise ZeroDivisionError
        return [NotFound() if number % 2 else number * 2 for number in numbers]


async def submit_all(batcher: Batcher[int, int], numbers: Sequence[int]) -> list[int | BaseException]:
    return await asyncio.gather(*(batcher.submit(NO_DATABASE, number) for number in numbers), return_exceptions=True)


async def test_what_arrives_meanwhile_waits_for_the_next_batch_of_at_most_its_size() -> None:
    counter = Counter()
    batcher: Batcher[int, int] = Batcher(counter.run, batch_max=3)
    assert await submit_all(batcher, range(0, 14, 2)) == [0, 4, 8, 12, 16, 20, 24]
    assert counter.batches == [[0, 2, 4], [6, 8, 10], [12]]

    counter.batches.clear()
    counter.started.clear()
    counter.open.clear()
    first = asyncio.create_task(batcher.submit(NO_DATABASE, 0))
    await counter.started.wait()
    others = asyncio.create_task(submit_all(batcher, [2, 4]))
    await asyncio.sleep(0)
    counter.open.set()
    assert await first == 0
    assert await others == [4, 8]
    assert counter.batches == [[0], [2, 4]]


async def test_a_refusal_is_its_own_caller_s_alone() -> None:
    outcomes = await submit_all(Batcher(Counter().run), [2, 3, 4])
    assert isinstance(outcomes[1], NotFound)
    assert (outcomes[0], outcomes[2]) == (4, 8)


async def test_a_fault_does_not_reach_the_others() -> None:
    counter = Counter()
    outcomes = await submit_all(Batcher(counter.run), [2, 13, 4])
    assert isinstance(outcomes[1], ZeroDivisionError)
    assert (outcomes[0], outcomes[2]) == (4, 8)
    assert counter.batches == [[2, 13, 4], [2], [13], [4]]


async def test_an_outage_is_told_to_all_without_trying_each() -> None:
    calls = 0

    async def run(_db: Database, _numbers: Sequence[int]) -> Sequence[int | Refusal]:
        nonlocal calls
        calls += 1
        raise ConnectionResetError

    outcomes = await submit_all(Batcher(run), [1, 2, 3])
    assert [type(outcome) for outcome in outcomes] == [ConnectionResetError] * 3
    assert calls == 1


async def test_a_caller_who_left_does_not_disturb_the_batch() -> None:
    counter = Counter()
    counter.open.clear()
    batcher: Batcher[int, int] = Batcher(counter.run)
    tasks = [asyncio.create_task(batcher.submit(NO_DATABASE, number)) for number in (2, 4)]
    await counter.started.wait()
    tasks[0].cancel()
    counter.open.set()
    assert await tasks[1] == 8
    assert tasks[0].cancelled()


async def test_too_many_waiting_are_told_to_come_back() -> None:
    outcomes = await submit_all(Batcher(Counter().run), range(0, 2 * WAITING_MAX + 2, 2))
    assert isinstance(outcomes[-1], Busy)
    assert outcomes[:-1] == [number * 2 for number in range(0, 2 * WAITING_MAX, 2)]


async def test_a_batch_carries_nobody_s_context() -> None:
    counter = Counter()
    requester.set("Claire")
    await Batcher(counter.run).submit(NO_DATABASE, 2)
    assert counter.seen_requesters == {"nobody"}


async def test_a_turn_that_dies_leaves_nobody_waiting_and_the_next_one_begins() -> None:
    counter = Counter()
    batcher = Batcher(counter.run)
    counter.open.clear()
    before = PART_DEATHS.labels("batcher")._value.get()
    waiting = asyncio.create_task(batcher.submit(NO_DATABASE, 2))
    await counter.started.wait()
    assert batcher._turn is not None
    batcher._turn.cancel()
    with pytest.raises(Busy):
        await waiting
    assert PART_DEATHS.labels("batcher")._value.get() == before + 1
    counter.open.set()
    assert await batcher.submit(NO_DATABASE, 4) == 8
