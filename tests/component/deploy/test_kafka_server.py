"""The local Kafka: it survives a kill with what it acknowledged, and its topics are those of the registry."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from contracts.registry import TOPICS
from deploy.local.child import LauncherError
from deploy.local.kafka import KafkaServer
from deploy.local.ports import free_ports
from deploy.local.topics import OFFSETS_TOPIC, create_topics

TOPIC = TOPICS[0].name


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    server = KafkaServer(tmp_path_factory.mktemp("state"), *free_ports(2))
    server.start()
    yield server
    server.stop()


async def produce(bootstrap: str, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        await producer.send_and_wait(topic, value, key=b"key")


async def consume(bootstrap: str, topic: str, group: str) -> bytes | None:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest")
    async with consumer:
        record = await asyncio.wait_for(consumer.getone(), 20)
        return record.value


async def partitions(bootstrap: str) -> dict[str, int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        return {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics()}
    finally:
        await admin.close()


async def settings(bootstrap: str, topic: str) -> dict[str, str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        return {entry[0]: entry[1] for entry in answer.resources[0][4]}
    finally:
        await admin.close()


def test_every_topic_of_the_registry_is_there_with_its_settings(server: KafkaServer) -> None:
    create_topics(server.bootstrap)
    counts = asyncio.run(partitions(server.bootstrap))
    for topic in TOPICS:
        assert counts[topic.name] == topic.partitions
    actual = asyncio.run(settings(server.bootstrap, TOPIC))
    for name, value in TOPICS[0].configuration().items():
        assert actual[name] == value


def test_consumers_may_join_a_group_at_once(server: KafkaServer) -> None:
    create_topics(server.bootstrap)
    assert asyncio.run(partitions(server.bootstrap))["__consumer_offsets"] > 0


def test_the_offsets_topic_that_we_make_is_as_the_broker_makes_it(server: KafkaServer, tmp_path: Path) -> None:
    create_topics(server.bootstrap)
    other = KafkaServer(tmp_path, *free_ports(2))
    other.start()
    try:
        create_topics(other.bootstrap, is_our_broker=True)
        made, ours = (
            (asyncio.run(partitions(address))[OFFSETS_TOPIC.name], asyncio.run(settings(address, OFFSETS_TOPIC.name)))
            for address in (server.bootstrap, other.bootstrap)
        )
    finally:
        other.stop()
    assert ours == made


def test_what_was_acknowledged_survives_a_kill(server: KafkaServer) -> None:
    create_topics(server.bootstrap)
    asyncio.run(produce(server.bootstrap, TOPIC, b"kept"))
    server.kill()
    assert not server.is_running()
    server.start()
    assert asyncio.run(consume(server.bootstrap, TOPIC, "after-the-kill")) == b"kept"


def test_partitions_are_grown_never_shrunk_and_other_topics_left(server: KafkaServer) -> None:
    prefix = "grown_"
    small, large = (prefix + topic.name for topic in TOPICS[:2])
    asyncio.run(make(server.bootstrap, {small: 1, large: TOPICS[1].partitions + 3, "somebody-else": 2}))
    create_topics(server.bootstrap, prefix)
    create_topics(server.bootstrap, prefix)  # again: what is there already is no error
    counts = asyncio.run(partitions(server.bootstrap))
    assert counts[small] == TOPICS[0].partitions
    assert counts[large] == TOPICS[1].partitions + 3
    assert counts["somebody-else"] == 2


async def make(bootstrap: str, counts: dict[str, int]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, count, 1) for name, count in counts.items()])
    finally:
        await admin.close()


def test_a_misspelt_topic_is_not_created_by_itself(server: KafkaServer) -> None:
    with pytest.raises(Exception, match=r"UnknownTopic|not found"):
        asyncio.run(asyncio.wait_for(produce_briefly(server.bootstrap), 10))
    assert "no.such.topic" not in asyncio.run(partitions(server.bootstrap))


async def produce_briefly(bootstrap: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, request_timeout_ms=2000) as producer:
        await producer.send_and_wait("no.such.topic", b"lost")


def test_it_continues_on_other_ports_and_ends_the_broker_of_a_dead_launcher(tmp_path: Path) -> None:
    former = KafkaServer(tmp_path, *free_ports(2))
    former.start()
    create_topics(former.bootstrap, "moved_")
    latter = KafkaServer(tmp_path, *free_ports(2))
    latter.start()
    try:
        assert not former.is_running()
        assert "moved_" + TOPIC in asyncio.run(partitions(latter.bootstrap))
    finally:
        latter.stop()
    assert latter.exit_code is not None


def test_a_broker_that_does_not_answer_is_said_in_one_line() -> None:
    (port,) = free_ports(1)
    with pytest.raises(LauncherError, match=f"no Kafka broker answers at 127.0.0.1:{port}"):
        create_topics(f"127.0.0.1:{port}")
