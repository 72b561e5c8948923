"""The topics of the registry, made on a broker before any consumer joins: missing ones are created, too few partitions
grown, and nothing is ever shrunk or deleted."""

import asyncio
import time
from collections.abc import Mapping

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.errors import KafkaConnectionError, KafkaError, TopicAlreadyExistsError, for_code

from contracts.registry import TOPICS

from .child import LauncherError, run_apart

REPLICATION_MAX = 3
REQUEST_LIMIT_MILLISECONDS = 20_000
LIMIT_SECONDS = 20
POLL_SECONDS = 0.02
# Looking for this group's coordinator makes the broker create the topic where every group keeps its offsets.
PROBE_GROUP = "launcher"
# As the broker would make it from `kafka.properties` and its own defaults.
OFFSETS_TOPIC = NewTopic(
    "__consumer_offsets",
    4,
    1,
    topic_configs={"cleanup.policy": "compact", "compression.type": "producer", "segment.bytes": "104857600"},
)


def create_topics(bootstrap: str, prefix: str = "", is_our_broker: bool = False) -> None:
    """Make every topic of the registry, named `<prefix><name>`, and wait until groups may join.

    On a broker of our own that includes the topic where groups keep their offsets, which it would make when it is first
    looked for, and take half a second over; another's has settings for it that are not ours to know.

    Raises LauncherError when the broker does not answer.
    """
    run_apart(ensure_topics(bootstrap, prefix, is_our_broker))


async def ensure_topics(bootstrap: str, prefix: str = "", is_our_broker: bool = False) -> None:
    """`create_topics` for callers that already run an event loop."""
    wanted = {prefix + topic.name: topic for topic in TOPICS}
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_LIMIT_MILLISECONDS)
    try:
        await admin.start()
    except KafkaConnectionError as error:
        await admin.close()
        raise LauncherError(f"no Kafka broker answers at {bootstrap}: check KAFKA_BOOTSTRAP_SERVERS") from error
    try:
        existing = await _partitions(admin)
        if missing := [name for name in wanted if name not in existing]:
            copies = min(REPLICATION_MAX, len((await admin.describe_cluster())["brokers"]))
            new = [NewTopic(n, wanted[n].partitions, copies, topic_configs=wanted[n].configuration()) for n in missing]
            if is_our_broker and OFFSETS_TOPIC.name not in existing:
                new.append(OFFSETS_TOPIC)
            _check((await admin.create_topics(new)).topic_errors)
            existing = await _wait_until_shown(admin, dict.fromkeys(wanted, 1))
        if grown := {n: topic.partitions for n, topic in wanted.items() if existing[n] < topic.partitions}:
            await admin.create_partitions({n: NewPartitions(count) for n, count in grown.items()})
            await _wait_until_shown(admin, grown)
        await _wait_for_coordinator(admin)
    finally:
        await admin.close()


def _check(outcomes: list[tuple[str, int, str]]) -> None:
    """A topic that another launcher made in between is as good as ours."""
    for name, code, message, *_ in outcomes:
        error = for_code(code)
        if code != 0 and error is not TopicAlreadyExistsError:
            raise LauncherError(f"Kafka refuses the topic {name}: {message or error.__name__}")


async def _partitions(admin: AIOKafkaAdminClient) -> dict[str, int]:
    return {
        topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics() if not topic["error_code"]
    }


async def _wait_until_shown(admin: AIOKafkaAdminClient, minimum: Mapping[str, int]) -> dict[str, int]:
    """The partitions by topic, once the broker has learnt from its controller that each has as many as `minimum` says."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while True:
        shown = await _partitions(admin)
        late = [name for name, count in minimum.items() if shown.get(name, 0) < count]
        if not late:
            return shown
        if time.monotonic() > deadline:
            raise LauncherError(f"Kafka does not show the topic {late[0]} that it has just made")
        await asyncio.sleep(POLL_SECONDS)


async def _wait_for_coordinator(admin: AIOKafkaAdminClient) -> None:
    """Consumers that start before the offsets topic exists fill their logs with warnings and lose seconds."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while True:
        try:
            await admin.list_consumer_group_offsets(PROBE_GROUP)
        except KafkaError as error:
            if time.monotonic() > deadline:
                raise LauncherError(f"Kafka does not coordinate consumer groups: {error!r}") from error
            await asyncio.sleep(POLL_SECONDS)
        else:
            return
