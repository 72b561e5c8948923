"""The topics of the registry, made on a broker before any service starts: missing ones are created, too few partitions
grown, and nothing is ever shrunk or deleted."""

import asyncio
import time

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.errors import KafkaConnectionError, KafkaError, TopicAlreadyExistsError, for_code

from contracts.registry import TOPICS

from .child import LauncherError

REPLICATION = 1
REQUEST_LIMIT_MILLISECONDS = 20_000
COORDINATOR_LIMIT_SECONDS = 20
POLL_SECONDS = 0.2
# Looking for this group's coordinator makes the broker create the topic where every group keeps its offsets.
PROBE_GROUP = "launcher"


def create_topics(bootstrap: str, prefix: str = "") -> None:
    """Make every topic of the registry and its dead letter topic, named `<prefix><name>`, and wait until groups may join.

    Raises LauncherError when the broker does not answer.
    """
    asyncio.run(ensure_topics(bootstrap, prefix))


async def ensure_topics(bootstrap: str, prefix: str = "") -> None:
    """`create_topics` for callers that already run an event loop."""
    wanted = {prefix + topic.name: topic for declared in TOPICS for topic in (declared, declared.dead_letter)}
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_LIMIT_MILLISECONDS)
    try:
        await admin.start()
    except KafkaConnectionError as error:
        await admin.close()
        raise LauncherError(f"no Kafka broker answers at {bootstrap}: check KAFKA_BOOTSTRAP_SERVERS") from error
    try:
        existing = {found["topic"]: len(found["partitions"]) for found in await admin.describe_topics()}
        new = [
            NewTopic(name, topic.partitions, REPLICATION, topic_configs=topic.configuration())
            for name, topic in wanted.items()
            if name not in existing
        ]
        if new:
            _check((await admin.create_topics(new)).topic_errors)
        grown = {
            name: NewPartitions(topic.partitions)
            for name, topic in wanted.items()
            if existing.get(name, topic.partitions) < topic.partitions
        }
        if grown:
            _check((await admin.create_partitions(grown)).topic_errors)
        await _wait_for_coordinator(admin)
    finally:
        await admin.close()


def _check(outcomes: list[tuple[str, int, str]]) -> None:
    """A topic that another launcher made in between is as good as ours."""
    for name, code, message, *_ in outcomes:
        error = for_code(code)
        if code != 0 and error is not TopicAlreadyExistsError:
            raise LauncherError(f"Kafka refuses the topic {name}: {message or error.__name__}")


async def _wait_for_coordinator(admin: AIOKafkaAdminClient) -> None:
    """Consumers that start before the offsets topic exists fill their logs with warnings and lose seconds."""
    deadline = time.monotonic() + COORDINATOR_LIMIT_SECONDS
    while True:
        try:
            await admin.list_consumer_group_offsets(PROBE_GROUP)
        except KafkaError as error:
            if time.monotonic() > deadline:
                raise LauncherError(f"Kafka does not coordinate consumer groups: {error!r}") from error
            await asyncio.sleep(POLL_SECONDS)
        else:
            return
