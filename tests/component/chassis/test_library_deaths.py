"""Tasks of the Kafka client library, and FastStream's loop, that die under our parts: each death is counted, and events flow again within seconds.

They die of the real thing: a connection whose transport is closed, which uvloop tells by a RuntimeError that the library does not expect.
"""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.errors import TopicAuthorizationFailedError

from chassis.data.database import Database
from chassis.events.applying import Subscriptions
from chassis.events.consumer import Consumer
from chassis.events.relay import Relay
from chassis.events.stream import Loop
from chassis.supervision import Supervisor
from chassis.telemetry import PART_DEATHS
from contracts.family.events import HouseholdCreated
from deploy.local.kafka import KafkaServer
from tests.component.chassis.conftest import MIGRATIONS, probe_settings
from tests.component.chassis.test_consumer_health import NOW, TOPIC, new_topic
from tests.support.databases import Postgres
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio

AGAIN_SECONDS = 20.0
HEARD_SECONDS = 2.5
"""Longer than between two heartbeats."""


class Flow:
    """Commits on one side, effects on the other, and between them a relay and a consumer that are supervised as in a service."""

    def __init__(self, db: Database, consumer: Consumer, relay: Relay, supervisor: Supervisor) -> None:
        self.db, self.consumer, self.relay, self.supervisor = db, consumer, relay, supervisor

    async def passes(self) -> None:
        """One more event takes effect, in time."""
        household_id = uuid4()
        async with self.db.transaction() as tx:
            tx.emit(HouseholdCreated(household_id=household_id, created_at=NOW))
        await eventually(
            lambda: self.db.fetchval("select true from effects where household_id = $1", household_id), AGAIN_SECONDS
        )

    @property
    def producer(self) -> AIOKafkaProducer:
        """The library's producer of the moment."""
        assert self.relay.producer is not None
        return self.relay.producer

    @property
    def client(self) -> AIOKafkaConsumer:
        """The library's consumer of the moment."""
        (reading,) = self.consumer._readings
        assert reading.consumer is not None
        return reading.consumer

    @property
    def loop(self) -> Loop:
        """FastStream's loop of the moment."""
        (reading,) = self.consumer._readings
        assert reading.stream is not None
        return reading.stream._loop


@pytest.fixture
async def forgiven() -> AsyncIterator[None]:
    """Leaves out what the library's dead sender says when it takes an idempotent producer for a transactional one."""
    loop = asyncio.get_running_loop()
    handler = loop.get_exception_handler()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if handler is not None and "_fail_all" not in str(context.get("message")) + str(context.get("handle")):
            handler(loop, context)

    loop.set_exception_handler(handle)
    yield
    loop.set_exception_handler(handler)


@pytest.fixture
async def flow(
    postgres: Postgres, kafka: KafkaServer, secrets_dir: Path, subscriptions: Subscriptions
) -> AsyncIterator[Flow]:
    async with new_topic(kafka.bootstrap, 1) as prefix:
        address = await postgres.create("probe", MIGRATIONS)
        settings = probe_settings(address, secrets_dir, kafka_bootstrap_servers=kafka.bootstrap, topic_prefix=prefix)
        db = await Database.open(settings, "probe")
        consumer, supervisor = Consumer(db, subscriptions, settings, "probe"), Supervisor()
        relay = Relay(address, kafka.bootstrap, "probe", prefix)
        supervisor.start("relay", partial(relay.run, db.committed))
        await consumer.start()
        flow = Flow(db, consumer, relay, supervisor)
        try:
            await flow.passes()
            yield flow
        finally:
            await consumer.stop()
            await supervisor.stop()
            await db.close()


async def closed_transport(client: AIOKafkaClient) -> asyncio.StreamWriter:
    """A writer on a connection to the broker that was closed."""
    (host, port, _), *_ = client.hosts
    _, writer = await asyncio.open_connection(host, port)
    writer.close()
    await writer.wait_closed()
    return writer


async def close_under(client: AIOKafkaClient, *groups: int) -> None:
    """Have each connection of these groups write to a closed transport; its reader hears of the end a little later."""
    loop = asyncio.get_running_loop()
    for (_, group), connection in client._conns.items():
        if group in groups:
            former = connection._writer
            connection._writer = await closed_transport(client)
            # It also keeps the former writer, which would close its transport when it is forgotten.
            loop.call_later(HEARD_SECONDS, partial(_abort, former))


def _abort(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def coordinator(client: AIOKafkaConsumer) -> None:
    await close_under(client._client, ConnectionGroup.COORDINATION)
    client._coordinator.request_rejoin()


async def heartbeat(client: AIOKafkaConsumer) -> None:
    await close_under(client._client, ConnectionGroup.COORDINATION)


async def fetcher(client: AIOKafkaConsumer) -> None:
    await close_under(client._client, ConnectionGroup.DEFAULT)


async def metadata(client: AIOKafkaConsumer) -> None:
    await close_under(client._client, ConnectionGroup.DEFAULT)
    client._client.force_metadata_update()


async def committed_offsets(client: AIOKafkaConsumer) -> None:
    client._coordinator._commit_refresh_task.cancel()


async def cancelled_heartbeat(client: AIOKafkaConsumer) -> None:
    client._coordinator._heartbeat_task.cancel()


async def cancelled_coordinator(client: AIOKafkaConsumer) -> None:
    client._coordinator._coordination_task.cancel()


async def cancelled_fetcher(client: AIOKafkaConsumer) -> None:
    client._fetcher._fetch_task.cancel()


@pytest.mark.parametrize(
    ("kill", "name"),
    [
        (coordinator, "coordinator"),
        (heartbeat, "heartbeat"),
        (fetcher, "fetcher"),
        (metadata, "metadata"),
        (committed_offsets, "committed offsets"),
        (cancelled_heartbeat, "heartbeat"),
        (cancelled_coordinator, "coordinator"),
        (cancelled_fetcher, "fetcher"),
    ],
)
async def test_a_consumer_whose_task_dies_joins_again_by_itself(flow: Flow, kill: Any, name: str) -> None:
    part = PART_DEATHS.labels(f"consumer {TOPIC} {name}")
    before, dead = part._value.get(), flow.client
    await kill(dead)
    await eventually(lambda: part._value.get() > before, AGAIN_SECONDS)
    await flow.passes()
    assert flow.client is not dead
    assert flow.consumer.supervisor.given_up == []


async def cancelled_loop(loop: Loop) -> None:
    loop.tasks[0].cancel()


async def broken_loop(loop: Loop) -> None:
    loop.batch_timeout_ms = None  # type: ignore[assignment]  # what FastStream's loop cannot count with


async def ended_loop(loop: Loop) -> None:
    loop.running = False


@pytest.mark.parametrize("kill", [cancelled_loop, broken_loop, ended_loop])
async def test_a_consumer_whose_loop_dies_joins_again_with_a_new_client(flow: Flow, kill: Any) -> None:
    part = PART_DEATHS.labels(f"consumer {TOPIC} loop")
    before, dead, loop = part._value.get(), flow.client, flow.loop
    (task,) = loop.tasks
    await kill(loop)
    await asyncio.wait({task}, timeout=AGAIN_SECONDS)
    assert loop.tasks == [task], "FastStream does not start it again"
    await flow.passes()
    assert part._value.get() == before + 1
    assert flow.client is not dead
    assert flow.consumer.supervisor.given_up == []


async def test_an_error_of_the_client_is_waited_out_with_a_new_one_and_is_no_death(flow: Flow) -> None:
    parts = [PART_DEATHS.labels(f"consumer {TOPIC}"), PART_DEATHS.labels(f"consumer {TOPIC} loop")]
    before, refused = [part._value.get() for part in parts], flow.client
    (place,) = refused.assignment()
    refused._fetcher._set_error(place, TopicAuthorizationFailedError(place.topic))

    async def is_replaced() -> bool:
        (reading,) = flow.consumer._readings
        return reading.consumer not in {None, refused}

    await eventually(is_replaced, AGAIN_SECONDS)
    await flow.passes()
    assert [part._value.get() for part in parts] == before


async def sender(producer: AIOKafkaProducer) -> None:
    await close_under(producer.client, ConnectionGroup.DEFAULT)


async def cancelled_sender(producer: AIOKafkaProducer) -> None:
    producer._sender.sender_task.cancel()


async def producer_metadata(producer: AIOKafkaProducer) -> None:
    await close_under(producer.client, ConnectionGroup.DEFAULT)
    producer.client.force_metadata_update()


@pytest.mark.parametrize(
    ("kill", "name"), [(sender, "sender"), (cancelled_sender, "sender"), (producer_metadata, "metadata")]
)
@pytest.mark.usefixtures("forgiven")
async def test_a_relay_whose_producer_dies_publishes_again_by_itself(flow: Flow, kill: Any, name: str) -> None:
    part = PART_DEATHS.labels(f"relay {name}")
    before, dead = part._value.get(), flow.producer
    await kill(dead)
    await flow.passes()
    assert part._value.get() > before
    assert flow.producer is not dead
    assert flow.supervisor.given_up == []


async def test_our_own_parts_are_started_again_when_they_are_cancelled(flow: Flow) -> None:
    names = {"relay", "offsets", "consumer watch", f"consumer {TOPIC}"}
    before = {name: PART_DEATHS.labels(name)._value.get() for name in names}
    for task in asyncio.all_tasks():
        if task.get_name() in names:
            task.cancel()
    await flow.passes()
    for name in names:
        await eventually(lambda name=name: PART_DEATHS.labels(name)._value.get() == before[name] + 1, AGAIN_SECONDS)
    await flow.passes()
