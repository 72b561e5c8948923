"""The Kafka side of consumers: one subscription a topic, batches of raw records, offsets committed after their effect."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import structlog
from aiokafka import ConsumerRecord
from aiokafka.client import AIOKafkaClient
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from contracts.event import MalformedRecord, read_record

from .applying import OUTAGES, Applier, Received, Subscriptions
from .consumer_watch import ConsumerWatch, Subscription
from .database import Database
from .settings import ServiceSettings

BATCH_MAX = 500
BATCH_WAIT_MS = 20
OUTAGE_PAUSE_SECONDS = 1.0
SESSION_TIMEOUT_MS = 6_000
HEARTBEAT_MS = 1_000
STOP_SECONDS = 10.0
RETRY_BACKOFF_MS = 500
"""How long each connection of a consumer waits for a broker that is away; by default they fill logs and keep a core busy."""

log = structlog.get_logger()


class MissingTopic(Exception):
    """A topic that the service listens to is not made yet."""


class Consumer:
    """Brings the records of a service's topics to its `Applier` until it is stopped."""

    def __init__(self, db: Database, subscriptions: Subscriptions, settings: ServiceSettings, service: str) -> None:
        self._applier = Applier(db, subscriptions)
        self._prefix = settings.topic_prefix
        self._bootstrap_servers = settings.kafka_bootstrap_servers
        self._in_hand: dict[str, Counter[int]] = {topic: Counter() for topic in subscriptions.topics}
        self.watch = ConsumerWatch(db, settings, self._applier.settled)
        self._tasks: Sequence[asyncio.Task[None]] = ()
        self.broker = KafkaBroker(
            settings.kafka_bootstrap_servers,
            client_id=f"{service}.consumer",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            allow_auto_create_topics=False,
            graceful_timeout=STOP_SECONDS,
            retry_backoff_ms=RETRY_BACKOFF_MS,
            logger=None,
        )
        for topic in subscriptions.topics:
            self.broker.subscriber(
                self._prefix + topic,
                group_id=f"{self._prefix}{service}.{topic}",
                batch=True,
                max_records=BATCH_MAX,
                batch_timeout_ms=BATCH_WAIT_MS,
                fetch_max_wait_ms=100,
                auto_offset_reset="earliest",
                session_timeout_ms=SESSION_TIMEOUT_MS,
                heartbeat_interval_ms=HEARTBEAT_MS,
                decoder=_leave_undecoded,
            )(self._receive)

    async def start(self) -> None:
        """Begin to join the consumer groups. A broker that is away is waited for, and keeps nothing else from starting."""
        self._tasks = [
            asyncio.create_task(self._join(), name="consumer"),
            asyncio.create_task(self.watch.run(self._subscriptions), name="consumer watch"),
        ]

    async def _join(self) -> None:
        while True:
            try:
                await self._find_topics()
                await self.broker.start()
                return
            except Exception as error:  # whatever keeps it from joining is said, and tried again
                log.warning("consumer waits for its broker", error=type(error).__name__)
                await self.broker.stop()
                await asyncio.sleep(OUTAGE_PAUSE_SECONDS)

    async def _find_topics(self) -> None:
        """Refuse to join before every topic is made: a consumer would look for a missing one again minutes later."""
        client = AIOKafkaClient(bootstrap_servers=self._bootstrap_servers)
        try:
            await client.bootstrap()
            made = (await client.fetch_all_metadata()).topics()
        finally:
            await client.close()
        if not made.issuperset(self._prefix + topic for topic in self._in_hand):
            raise MissingTopic

    async def stop(self) -> None:
        """Finish the batches under way, commit them, leave the groups."""
        for task in self._tasks:
            task.cancel()
        await self.broker.stop()

    async def report(self) -> dict[str, dict[str, Any]]:
        """The state of each topic now: see `ConsumerWatch.look`."""
        return await self.watch.look(self._subscriptions())

    def _subscriptions(self) -> list[Subscription]:
        consumers = {name: each.consumer for each in self.broker.subscribers for name in each.topic_names}  # type: ignore[attr-defined]  # all are Kafka's
        return [
            Subscription(topic, consumers[self._prefix + topic], in_hand) for topic, in_hand in self._in_hand.items()
        ]

    async def _receive(self, message: KafkaMessage) -> None:
        records = cast("tuple[ConsumerRecord[bytes, bytes], ...]", message.raw_message)
        by_topic: dict[str, list[Received]] = {}
        for record in records:
            topic = record.topic.removeprefix(self._prefix)
            by_topic.setdefault(topic, []).append(received_of(topic, record))
        try:
            for topic, received in by_topic.items():
                self._in_hand[topic].update(item.partition for item in received)
                await self._applier.apply(topic, received)
        except OUTAGES as outage:
            log.warning("consumer waits for its database", error=type(outage).__name__)
            await asyncio.sleep(OUTAGE_PAUSE_SECONDS)
            raise
        finally:
            for topic in by_topic:
                self._in_hand[topic].clear()


def received_of(topic: str, record: "ConsumerRecord[bytes, bytes]") -> Received:
    """A record of the client library as an `Applier` takes it."""
    key = (record.key or b"").decode(errors="replace")
    try:
        envelope = read_record(topic, record.key, record.value, record.headers)
    except MalformedRecord as fault:
        return Received(record.partition, record.offset, key, None, fault)
    return Received(record.partition, record.offset, key, envelope)


async def _leave_undecoded(_message: KafkaMessage) -> bytes:
    # Records are read from `raw_message`, one by one: a decoder that looks at the body would fail a whole batch for
    # one record that is not JSON.
    return b""
