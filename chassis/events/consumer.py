"""The Kafka side of consumers: one subscription a topic, batches of raw records, offsets committed after their effect.

An offset follows its effect a moment later, while the next batch is applied already: what is read again because a process
ended in between is found in the inbox. FastStream keeps the loops; it neither parses nor decodes, for that is done once, here.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import CommitFailedError, ConsumerStoppedError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER
from faststream.kafka.subscriber.usecase import BatchSubscriber

from chassis.data.database import Database
from chassis.events.applying import OUTAGES, Applier, Received, Subscriptions
from chassis.events.consumer_watch import ConsumerWatch, Subscription, is_member
from chassis.settings import ServiceSettings
from contracts.event import MalformedRecord, read_record

BATCH_MAX = 500
BATCH_WAIT_MS = 20
OUTAGE_PAUSE_SECONDS = 1.0
SESSION_TIMEOUT_MS = 6_000
HEARTBEAT_MS = 1_000
STOP_SECONDS = 10.0
OFFSETS_SECONDS = 0.1
COMMIT_SECONDS_MAX = 2.0
RETRY_BACKOFF_MS = 500
"""How long each connection of a consumer waits for a broker that is away; by default they fill logs and keep a core busy."""

Records = tuple["ConsumerRecord[bytes, bytes]", ...]

log = structlog.get_logger()


class MissingTopic(Exception):
    """A topic that the service listens to is not made yet."""


class Reading:
    """One topic as a consumer reads it: the records in hand, and how far those before them had their effect."""

    def __init__(self, subscriber: BatchSubscriber) -> None:
        self._subscriber = subscriber
        self._next: dict[TopicPartition, int] = {}
        self.in_hand: Counter[int] = Counter()
        """How many records of each partition are being applied."""

    @property
    def consumer(self) -> AIOKafkaConsumer | None:
        """The client library's side; None until it has joined."""
        return self._subscriber.consumer

    def note(self, records: Records) -> None:
        """These records had their effect."""
        self._next.update({TopicPartition(record.topic, record.partition): record.offset + 1 for record in records})

    async def commit(self) -> None:
        """Tell the broker what was noted of the partitions that are still ours; what it does not hear is told next time.

        While the group agrees anew on its partitions it is told nothing, for it would take that for a member that is lost.
        """
        noted = dict(self._next)
        if self.consumer is None or not noted or not is_member(self.consumer):
            return
        try:
            if ours := {place: noted[place] for place in self.consumer.assignment() & noted.keys()}:
                async with asyncio.timeout(COMMIT_SECONDS_MAX):
                    await self.consumer.commit(ours)
        except CommitFailedError:
            log.info(
                "offsets of a former assignment are dropped"
            )  # whoever has the partitions now finds them in the inbox
        except (KafkaError, ConsumerStoppedError, TimeoutError) as error:
            log.warning("offsets wait for the broker", error=type(error).__name__)
            return
        self._next = {place: offset for place, offset in self._next.items() if noted.get(place) != offset}

    def rewind(self, records: Records) -> None:
        """Have these records come again."""
        first = {TopicPartition(record.topic, record.partition): record.offset for record in reversed(records)}
        if self.consumer is not None:
            for place in self.consumer.assignment() & first.keys():
                self.consumer.seek(place, first[place])


class Consumer:
    """Brings the records of a service's topics to its `Applier` until it is stopped."""

    def __init__(self, db: Database, subscriptions: Subscriptions, settings: ServiceSettings, service: str) -> None:
        self._applier = Applier(db, subscriptions)
        self._prefix = settings.topic_prefix
        self._bootstrap_servers = settings.kafka_bootstrap_servers
        self._readings: dict[str, Reading] = {}
        self._is_stopping = False
        self.watch = ConsumerWatch(db, settings, self._applier.settled)
        self._tasks: Sequence[asyncio.Task[None]] = ()
        self.broker = KafkaBroker(
            settings.kafka_bootstrap_servers,
            client_id=f"{service}.consumer",
            ack_policy=AckPolicy.MANUAL,
            apply_types=False,
            allow_auto_create_topics=False,
            graceful_timeout=STOP_SECONDS,
            retry_backoff_ms=RETRY_BACKOFF_MS,
            logger=None,
        )
        for topic in subscriptions.topics:
            subscriber = self.broker.subscriber(
                self._prefix + topic,
                group_id=f"{self._prefix}{service}.{topic}",
                batch=True,
                max_records=BATCH_MAX,
                batch_timeout_ms=BATCH_WAIT_MS,
                fetch_max_wait_ms=100,
                auto_offset_reset="earliest",
                session_timeout_ms=SESSION_TIMEOUT_MS,
                heartbeat_interval_ms=HEARTBEAT_MS,
                parser=_unparsed,
                decoder=_records_of,
            )
            subscriber(self._receive)
            self._readings[topic] = Reading(subscriber)

    async def start(self) -> None:
        """Begin to join the consumer groups. A broker that is away is waited for, and keeps nothing else from starting."""
        self._tasks = [
            asyncio.create_task(self._join(), name="consumer"),
            asyncio.create_task(self._follow_effects(), name="offsets"),
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
        if not made.issuperset(self._prefix + topic for topic in self._readings):
            raise MissingTopic

    async def stop(self) -> None:
        """Finish the batches under way, commit them, leave the groups."""
        for task in self._tasks:
            task.cancel()
        self._is_stopping = True  # from now on each batch commits its own offsets
        await self._commit_offsets()
        await self.broker.stop()

    async def _follow_effects(self) -> None:
        while True:
            await asyncio.sleep(OFFSETS_SECONDS)
            await self._commit_offsets()

    async def _commit_offsets(self) -> None:
        await asyncio.gather(*(reading.commit() for reading in self._readings.values()))

    async def report(self) -> dict[str, dict[str, Any]]:
        """The state of each topic now: see `ConsumerWatch.look`."""
        return await self.watch.look(self._subscriptions())

    def _subscriptions(self) -> list[Subscription]:
        return [Subscription(topic, each.consumer, each.in_hand) for topic, each in self._readings.items()]

    async def _receive(self, records: Records) -> None:
        topic = records[0].topic.removeprefix(self._prefix)
        reading = self._readings[topic]
        received = [received_of(topic, record) for record in records]
        reading.in_hand.update(item.partition for item in received)
        try:
            await self._applier.apply(topic, received)
        except Exception as error:
            # Whatever it was, nothing is passed over: the same records come again.
            is_outage = isinstance(error, OUTAGES)
            log.warning("consumer waits for its database", error=type(error).__name__, exc_info=not is_outage)
            await asyncio.sleep(OUTAGE_PAUSE_SECONDS)
            reading.rewind(records)
        else:
            reading.note(records)
            if self._is_stopping:
                await reading.commit()
        finally:
            reading.in_hand.clear()


def received_of(topic: str, record: "ConsumerRecord[bytes, bytes]") -> Received:
    """A record of the client library as an `Applier` takes it."""
    key = (record.key or b"").decode(errors="replace")
    try:
        envelope = read_record(topic, record.key, record.value, record.headers)
    except MalformedRecord as fault:
        return Received(record.partition, record.offset, key, None, fault)
    return Received(record.partition, record.offset, key, envelope)


async def _unparsed(records: Records) -> KafkaMessage:
    return KafkaMessage(raw_message=records, body=b"", consumer=FAKE_CONSUMER)


async def _records_of(message: KafkaMessage) -> Records:
    # Records are read one by one: a decoder that looked at bodies would fail a whole batch for one that is not JSON.
    return cast("Records", message.raw_message)
