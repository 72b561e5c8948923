"""Consumers that stand still, or seem to: stuck behind a lock, suspended for too long, without a topic, or just in reserve; and the
offsets that they commit."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from chassis.data.database import Database
from chassis.events.applying import Subscriptions
from chassis.events.consumer import Consumer
from chassis.settings import ServiceSettings
from contracts.event import Envelope
from contracts.family.events import HouseholdCreated
from deploy.local.kafka import KafkaServer
from tests.component.chassis.conftest import MIGRATIONS, probe_settings
from tests.support.databases import Postgres
from tests.support.locks import waits_for_a_lock
from tests.support.polling import eventually
from tests.support.processes import RunningProcess, running_process
from tests.support.services import DEMO_TOWN

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 9, 1, tzinfo=UTC)
TOPIC = HouseholdCreated.topic
PARTITIONS = 2
STUCK_SECONDS = 1.0
DEAD_SECONDS = 2.0


FAMILY = re.compile(r"^# TYPE (\w+) ", re.MULTILINE)
LIBRARY = ("python_", "process_")
CALLERS_ONLY = {
    "http_calls_total",
    "quotient_reads_total",
    "api_particulier_token_end_timestamp_seconds",
}  # of processes that call other systems


def documented() -> set[str]:
    """The names of docs/metrics.md."""
    table = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text()
    return set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


class Bed:
    """A topic with two partitions, a database that notes effects, and the processes that a test starts on them."""

    def __init__(self, settings: ServiceSettings, db: "asyncpg.Connection[Any]", producer: AIOKafkaProducer) -> None:
        self.settings, self.db, self._producer = settings, db, producer
        self.count = 0

    @property
    def environment(self) -> Mapping[str, str]:
        """What a process of the probe is told; it may wait long for a lock, and is soon called stuck."""
        return {
            "ROLES": "consumer",
            "DATABASE_URL": self.settings.database_url,
            "KAFKA_BOOTSTRAP_SERVERS": self.settings.kafka_bootstrap_servers,
            "TOPIC_PREFIX": self.settings.topic_prefix,
            "TOWN_FILE": str(DEMO_TOWN),
            "SECRETS_DIR": str(self.settings.secrets_dir),
            "PORTAL_URL": "http://localhost",
            "LOCK_TIMEOUT_SECONDS": "60",
            "STATEMENT_TIMEOUT_SECONDS": "60",
            "CONSUMER_STUCK_SECONDS": str(STUCK_SECONDS),
            "CONSUMER_DEAD_SECONDS": str(DEAD_SECONDS),
        }

    async def publish(self) -> None:
        """One more event in each partition."""
        for partition in range(PARTITIONS):
            event = HouseholdCreated(household_id=uuid4(), created_at=NOW)
            envelope = Envelope(uuid4(), event.event_type, "/test", TOPIC, event.key, 1, NOW, event.payload())
            await self._producer.send_and_wait(
                self.settings.topic_prefix + TOPIC,
                envelope.payload,
                key=event.key.encode(),
                headers=envelope.headers(),
                partition=partition,
            )
            self.count += 1

    async def applied(self) -> bool:
        """Whether everything published took effect; never twice."""
        effects = await self.db.fetchval("select count(*) from effects")
        assert effects <= self.count
        return bool(effects == self.count)


@asynccontextmanager
async def new_topic(bootstrap: str, partitions: int) -> AsyncIterator[str]:
    """The prefix of a topic that was just made."""
    prefix = f"t{uuid4().hex[:8]}."
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(prefix + TOPIC, partitions, 1)])
    finally:
        await admin.close()
    yield prefix


@pytest.fixture
async def bed(postgres: Postgres, kafka: KafkaServer, secrets_dir: Path) -> AsyncIterator[Bed]:
    async with new_topic(kafka.bootstrap, PARTITIONS) as prefix, AsyncExitStack() as stack:
        address = await postgres.create("probe", MIGRATIONS)
        options = {"kafka_bootstrap_servers": kafka.bootstrap, "topic_prefix": prefix}
        producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
        await producer.start()
        stack.push_async_callback(producer.stop)
        db = await asyncpg.connect(address)
        stack.push_async_callback(db.close)
        yield Bed(probe_settings(address, secrets_dir, **options), db, producer)


async def state(process: RunningProcess) -> tuple[int, str, int]:
    """The status of /health/consumers, the state of the probe's topic and its number of partitions."""
    answer = await process.client.get("/health/consumers")
    topic = answer.json()[TOPIC]
    assert (answer.status_code == 503) == bool(topic["reason"])
    return answer.status_code, topic["state"], topic["assigned"]


def reaches(process: RunningProcess, *wanted: object) -> Callable[[], Awaitable[bool]]:
    """Whether a process is in a state."""

    async def check() -> bool:
        return await state(process) == wanted

    return check


async def test_a_handler_that_waits_for_a_lock_is_stuck_until_the_lock_is_gone(bed: Bed, tmp_path: Path) -> None:
    async with running_process("tests.component.chassis.consuming_probe", tmp_path / "log", bed.environment) as probe:
        await bed.publish()
        await eventually(bed.applied, 20)
        await eventually(reaches(probe, 200, "following", PARTITIONS))
        shown = FAMILY.findall((await probe.client.get("/metrics")).text)
        assert {
            name for name in shown if not name.startswith(LIBRARY) and not name.endswith("_created")
        } == documented() - CALLERS_ONLY
        async with bed.db.transaction():
            await bed.db.execute("lock table effects")
            await bed.publish()
            await eventually(reaches(probe, 503, "stuck", PARTITIONS), 20)
            assert f'consumer_healthy{{topic="{TOPIC}"}} 0.0' in (await probe.client.get("/metrics")).text
            assert await probe.status("/health/ready") == 200
            await eventually(lambda: _is(probe, "/health/live", 503), 20)
            assert (await probe.client.get("/health/live")).json()["dead_parts"] == [f"consumer {TOPIC}"]
        await eventually(bed.applied, 20)
        await eventually(reaches(probe, 200, "following", PARTITIONS))
        assert await probe.status("/health/live") == 200


async def test_a_process_whose_consumer_stands_still_for_too_long_ends(bed: Bed, tmp_path: Path) -> None:
    async with running_process("tests.component.chassis.consuming_probe", tmp_path / "log", bed.environment) as probe:
        await bed.publish()
        await eventually(bed.applied, 20)
        async with bed.db.transaction():
            await bed.db.execute("lock table effects")
            await bed.publish()
            assert await asyncio.wait_for(probe.process.wait(), 60) == 1


async def test_a_suspended_consumer_is_replaced_and_comes_back_without_a_second_effect(
    bed: Bed, subscriptions: Subscriptions, tmp_path: Path
) -> None:
    settings = bed.settings.model_copy(update={"consumer_stuck_seconds": 0.5})
    module = "tests.component.chassis.consuming_probe"
    async with running_process(module, tmp_path / "log", bed.environment) as one, AsyncExitStack() as stack:
        await bed.publish()
        await eventually(bed.applied, 20)
        db = await Database.open(settings, "probe")
        stack.push_async_callback(db.close)
        other = Consumer(db, subscriptions, settings, "probe")

        async def other_is(*wanted: object) -> bool:
            topic = (await other.report())[TOPIC]
            return (topic["state"], topic["assigned"]) == wanted

        one.process.send_signal(signal.SIGSTOP)
        await bed.publish()
        await other.start()
        stack.push_async_callback(other.stop)
        # Its group waits for the silent member, for as long as that one's session lasts.
        await eventually(lambda: other_is("unassigned", 0), 20)
        await eventually(lambda: other_is("following", PARTITIONS), 30)
        await eventually(bed.applied, 20)
        one.process.send_signal(signal.SIGCONT)
        await eventually(reaches(one, 200, "following", 1), 20)
        await eventually(lambda: other_is("following", 1), 20)
        assert await one.status("/health/live") == 200
        await bed.publish()
        await eventually(bed.applied, 20)


async def test_a_member_in_reserve_is_well(
    db: Database, settings: ServiceSettings, kafka: KafkaServer, subscriptions: Subscriptions
) -> None:
    async with new_topic(kafka.bootstrap, 1) as prefix, AsyncExitStack() as stack:
        options = {"kafka_bootstrap_servers": kafka.bootstrap, "topic_prefix": prefix, "consumer_stuck_seconds": 0.2}
        consumers = [Consumer(db, subscriptions, settings.model_copy(update=options), "probe") for _ in range(2)]
        for consumer in consumers:
            stack.push_async_callback(consumer.stop)
            await consumer.start()

        async def states() -> bool:
            reports = [(await consumer.report())[TOPIC] for consumer in consumers]
            return sorted((report["state"], report["reason"]) for report in reports) == [
                ("following", None),
                ("idle", None),
            ]

        await eventually(states, 20)


async def _is(process: RunningProcess, path: str, status: int) -> bool:
    return await process.status(path) == status


@asynccontextmanager
async def consuming(bed: Bed, subscriptions: Subscriptions) -> AsyncIterator[None]:
    """A consumer of the bed's topic, in this process, until the block ends."""
    db = await Database.open(bed.settings, "probe")
    consumer = Consumer(db, subscriptions, bed.settings, "probe")
    await consumer.start()
    try:
        yield
    finally:
        await consumer.stop()
        await db.close()


async def uncommitted(bed: Bed) -> int:
    """How many records of the bed's topic the probe's group has not committed."""
    prefix, bootstrap = bed.settings.topic_prefix, bed.settings.kafka_bootstrap_servers
    group, topic = f"{prefix}probe.{TOPIC}", prefix + TOPIC
    reader = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    await reader.start()
    try:
        places = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]
        ends = await reader.end_offsets(places)
        committed = [await reader.committed(place) or 0 for place in places]
        return sum(ends.values()) - sum(committed)
    finally:
        await reader.stop()


async def test_offsets_follow_their_effect_and_a_stop_leaves_none_behind(
    bed: Bed, subscriptions: Subscriptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.events.consumer.OFFSETS_SECONDS", 3_600)
    async with consuming(bed, subscriptions):
        await bed.publish()
        await eventually(bed.applied, 20)
        assert await uncommitted(bed) == PARTITIONS
    assert await uncommitted(bed) == 0


async def test_what_had_no_effect_yet_is_not_committed(bed: Bed, subscriptions: Subscriptions) -> None:
    async with consuming(bed, subscriptions):
        async with bed.db.transaction():
            await bed.db.execute("lock table effects")
            await bed.publish()
            await eventually(lambda: waits_for_a_lock(bed.db), 20)
            assert await uncommitted(bed) == PARTITIONS
        await eventually(bed.applied, 20)

        async def are_committed() -> bool:
            return await uncommitted(bed) == 0

        await eventually(are_committed, 20)
