"""Where the relay sends a key, when it takes its time, and that it can be stopped whenever it waits."""

import asyncio

import pytest
from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st

from chassis.events.relay import CROWDED_RATE, PACE_SECONDS, Pace, _wait, partition_of


@given(st.binary(min_size=1, max_size=60), st.integers(1, 24))
def test_a_key_goes_where_every_kafka_client_sends_it(key: bytes, count: int) -> None:
    partitions = list(range(count))
    assert partition_of(key, partitions, partitions) == DefaultPartitioner()(key, partitions, partitions)


def test_only_a_lasting_crowd_is_gathered() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert not pace.is_crowded(400)  # one big transaction is no crowd

    now[0] += PACE_SECONDS
    assert pace.is_crowded(1)

    for _ in range(50):
        now[0] += PACE_SECONDS / 10
        is_crowded = pace.is_crowded(int(CROWDED_RATE * PACE_SECONDS / 10 * 1.2))
    assert is_crowded
    for _ in range(50):
        now[0] += PACE_SECONDS / 10
        is_crowded = pace.is_crowded(int(CROWDED_RATE * PACE_SECONDS / 10 * 0.8))
    assert not is_crowded


@pytest.mark.anyio
@pytest.mark.parametrize("turns", range(6))
async def test_a_relay_that_is_stopped_as_events_come_stops(turns: int) -> None:
    """The cancellation comes so many turns of the loop after the event that ends the wait."""
    wake = asyncio.Event()

    async def publish_for_ever() -> None:
        while True:
            await _wait(wake, 60)

    relay = asyncio.create_task(publish_for_ever())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    wake.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    relay.cancel()
    done, _ = await asyncio.wait({relay}, timeout=5)
    assert done
    assert relay.cancelled()
