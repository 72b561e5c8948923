"""From a commit in one database to an effect in another, over the real broker: once in effect, in order, past poison."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer

from chassis.data.database import Database
from chassis.events.applying import Subscriptions
from chassis.events.consumer import Consumer
from chassis.events.relay import Relay
from chassis.settings import ServiceSettings
from contracts.event import Envelope
from contracts.family.events import HouseholdCreated
from deploy.local.kafka import KafkaServer
from deploy.local.topics import ensure_topics
from tests.component.chassis.conftest import MIGRATIONS, probe_settings
from tests.support.databases import Postgres
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 9, 1, tzinfo=UTC)
TOPIC = HouseholdCreated.topic


class Delivery:
    """A publisher's database with its relay settings, and a consumer's database, on topics of their own."""

    def __init__(self, publisher: Database, consumer: Database, settings: ServiceSettings) -> None:
        self.publisher, self.consumer, self.settings = publisher, consumer, settings

    async def commit(self, household_id: UUID, count: int = 1) -> None:
        for _ in range(count):
            async with self.publisher.transaction() as tx:
                tx.emit(HouseholdCreated(household_id=household_id, created_at=NOW))

    async def applied(self, household_id: UUID) -> list[int]:
        rows = await self.consumer.fetch(
            "select sequence from effects where household_id = $1 order by id", household_id
        )
        return [row["sequence"] for row in rows]

    @asynccontextmanager
    async def relaying(self, count: int = 1) -> AsyncIterator[None]:
        relays = [
            Relay(
                self.settings.database_url, self.settings.kafka_bootstrap_servers, "probe", self.settings.topic_prefix
            )
            for _ in range(count)
        ]
        tasks = [asyncio.create_task(relay.run(asyncio.Event())) for relay in relays]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def delivery(
    postgres: Postgres, kafka: KafkaServer, secrets_dir: Path, subscriptions: Subscriptions
) -> AsyncIterator[Delivery]:
    prefix = f"t{uuid4().hex[:8]}."
    await ensure_topics(kafka.bootstrap, prefix)
    options = {"kafka_bootstrap_servers": kafka.bootstrap, "topic_prefix": prefix}
    source = probe_settings(await postgres.create("probe", MIGRATIONS), secrets_dir, **options)
    target = probe_settings(await postgres.create("probe", MIGRATIONS), secrets_dir, **options)
    publisher, applied = await Database.open(source, "probe"), await Database.open(target, "probe")
    consumer = Consumer(applied, subscriptions, target, "probe")
    await consumer.start()
    try:
        yield Delivery(publisher, applied, source)
    finally:
        await consumer.stop()
        await publisher.close()
        await applied.close()


async def test_a_commit_becomes_one_effect_in_order(delivery: Delivery) -> None:
    household_id = uuid4()
    async with delivery.relaying():
        await delivery.commit(household_id, 30)
        await eventually(lambda: _has(delivery, household_id, 30), 15)
    assert await delivery.applied(household_id) == list(range(1, 31))
    assert await delivery.publisher.fetchval("select count(*) from outbox") == 0


async def test_two_relays_share_the_keys_and_keep_their_order(delivery: Delivery) -> None:
    households = [uuid4() for _ in range(16)]
    async with delivery.relaying(count=2):
        await asyncio.gather(*(delivery.commit(household, 10) for household in households))
        for household in households:
            await eventually(lambda household=household: _has(delivery, household, 10), 15)
    for household in households:
        assert await delivery.applied(household) == list(range(1, 11))


async def test_a_duplicate_has_no_second_effect_and_poison_blocks_nothing(delivery: Delivery) -> None:
    household_id = uuid4()
    event = HouseholdCreated(household_id=household_id, created_at=NOW)
    good = Envelope(uuid4(), event.event_type, "/test", TOPIC, event.key, 1, NOW, event.payload())
    poison = [
        (b"{not json", Envelope(uuid4(), event.event_type, "/test", TOPIC, event.key, 2, NOW, b"").headers()),
        (b"{}", Envelope(uuid4(), "family.household_created.v9", "/test", TOPIC, event.key, 3, NOW, b"").headers()),
        (b"{}", []),
    ]
    last = Envelope(uuid4(), event.event_type, "/test", TOPIC, event.key, 4, NOW, event.payload())
    producer = AIOKafkaProducer(bootstrap_servers=delivery.settings.kafka_bootstrap_servers)
    await producer.start()
    try:
        topic = delivery.settings.topic_prefix + TOPIC
        for value, headers in [(good.payload, good.headers())] * 2 + poison + [(last.payload, last.headers())]:
            await producer.send_and_wait(topic, value, key=event.key.encode(), headers=headers)
    finally:
        await producer.stop()
    await eventually(lambda: _has(delivery, household_id, 2), 15)
    assert await delivery.applied(household_id) == [1, 4]
    causes = [
        row["cause"].split()[0]
        for row in await delivery.consumer.fetch("select cause from dead_letters order by record_offset")
    ]
    assert causes == ["ValidationError", "UnknownEvent", "MalformedRecord"]


async def _has(delivery: Delivery, household_id: UUID, count: int) -> bool:
    return len(await delivery.applied(household_id)) >= count
