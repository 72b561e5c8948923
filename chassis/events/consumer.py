"""The Kafka side of consumers: one subscription a topic, batches of raw records, offsets committed after their effect.

An offset follows its effect a moment later, while the next batch is applied already: what is read again because a process
ended in between is found in the inbox. Each topic is a supervised part with a `Stream` of its own: when a task of the client library
or FastStream's loop dies, the part begins again with a new one, which joins its group within seconds.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import CommitFailedError, ConsumerStoppedError, KafkaError

from chassis.data.database import Database
from chassis.data.outages import is_outage
from chassis.events.applying import Applier, ReceivedRecord, Subscriptions
from chassis.events.client_tasks import is_member
from chassis.events.consumer_watch import ConsumerWatch, Subscription
from chassis.events.dead_letters import plain_text
from chassis.events.stream import Record, Records, Source, Stream, Unreadable
from chassis.settings import ServiceSettings
from chassis.supervision import Supervisor
from contracts.event import MalformedRecord, read_record

OUTAGE_PAUSE_SECONDS = 1.0
STOP_SECONDS = 10.0
OFFSETS_SECONDS = 0.1
COMMIT_SECONDS_MAX = 2.0
BROKEN = (OSError, TimeoutError, RuntimeError)
"""What a connection to the broker may die of; the last is what uvloop says of one that is closed."""

log = structlog.get_logger()


class MissingTopic(Exception):
    """A topic that the service listens to is not made yet."""


class Reading:
    """One topic as a consumer reads it: the records in hand, and how far those before them had their effect."""

    def __init__(self, topic: str, name: str, group: str) -> None:
        self.topic, self.name, self.group = topic, name, group
        self.stream: Stream | None = None
        """What brings its records, while there is one."""
        self.in_hand: Counter[int] = Counter()
        """How many records of each partition are being applied."""
        self.applying = asyncio.Lock()
        """Held while a batch is applied, and by whoever wants no other one to begin."""
        self._next: dict[TopicPartition, int] = {}

    @property
    def consumer(self) -> AIOKafkaConsumer | None:
        """The client library's side, while there is one."""
        return self.stream.consumer if self.stream is not None else None

    def note(self, received: Sequence[ReceivedRecord]) -> None:
        """These records had their effect."""
        self._next.update({TopicPartition(self.name, item.partition): item.offset + 1 for item in received})

    async def commit(self) -> None:
        """Tell the broker what was noted of the partitions that are still ours; what it does not hear is told next time.

        While the group agrees anew on its partitions it is told nothing, for it would take that for a member that is lost.
        """
        noted, consumer = dict(self._next), self.consumer
        if consumer is None or not noted or not is_member(consumer):
            return
        try:
            if ours := {place: noted[place] for place in consumer.assignment() & noted.keys()}:
                async with asyncio.timeout(COMMIT_SECONDS_MAX):
                    await consumer.commit(ours)
        except CommitFailedError:
            log.info(
                "offsets of a former assignment are dropped"
            )  # whoever has the partitions now finds them in the inbox
        except (KafkaError, ConsumerStoppedError, *BROKEN) as error:
            log.warning("offsets wait for the broker", error=type(error).__name__)
            return
        self._next = {place: offset for place, offset in self._next.items() if noted.get(place) != offset}

    def rewind(self, received: Sequence[ReceivedRecord]) -> None:
        """Have these records come again."""
        first = {TopicPartition(self.name, item.partition): item.offset for item in reversed(received)}
        if (consumer := self.consumer) is not None:
            for place in consumer.assignment() & first.keys():
                consumer.seek(place, first[place])


class Consumer:
    """Brings the records of a service's topics to its `Applier` until it is stopped."""

    def __init__(self, db: Database, subscriptions: Subscriptions, settings: ServiceSettings, service: str) -> None:
        self._applier = Applier(db, subscriptions)
        self._settings = settings
        self._service = service
        prefix = settings.topic_prefix
        self._readings = [
            Reading(topic, prefix + topic, f"{prefix}{service}.{topic}") for topic in subscriptions.topics
        ]
        self._are_topics_made = False
        self.watch = ConsumerWatch(db, settings, self._applier.progress)
        self.supervisor = Supervisor()

    async def start(self) -> None:
        """Begin to join the consumer groups. A broker that is away is waited for, and keeps nothing else from starting."""
        for reading in self._readings:
            self.supervisor.start(f"consumer {reading.topic}", partial(self._read, reading))
        self.supervisor.start("offsets", self._follow_effects)
        self.supervisor.start("consumer watch", partial(self.watch.run, self._subscriptions))

    async def stop(self) -> None:
        """Finish the batches under way, commit them, leave the groups."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                for reading in self._readings:
                    await reading.applying.acquire()
        await self._commit_offsets()
        await self.supervisor.stop()

    def stuck(self) -> list[str]:
        """The topics that stand still for so long that only a new process may help."""
        return self.watch.stuck()

    def hopeless(self) -> list[str]:
        """Those for which nobody started one meanwhile."""
        return self.watch.hopeless()

    async def report(self) -> dict[str, dict[str, Any]]:
        """The state of each topic now: see `ConsumerWatch.look`."""
        return await self.watch.look(self._subscriptions())

    def _subscriptions(self) -> list[Subscription]:
        return [Subscription(reading.topic, reading.consumer, reading.in_hand) for reading in self._readings]

    async def _read(self, reading: Reading) -> None:
        while True:
            try:
                await self._find_topics()
                await self._follow(reading)
            except (MissingTopic, KafkaError, OSError, TimeoutError) as error:
                log.warning("consumer waits for its broker", topic=reading.topic, error=type(error).__name__)
                await asyncio.sleep(OUTAGE_PAUSE_SECONDS)

    async def _follow(self, reading: Reading) -> None:
        async def receive(records: Records) -> None:
            async with reading.applying:
                await self._apply(reading, [received_of(reading.topic, record) for record in records])

        servers = self._settings.kafka_bootstrap_servers
        reading.stream = Stream(Source(servers, f"{self._service}.consumer", reading.name, reading.group), receive)
        try:
            await reading.stream.run()
        finally:
            reading.stream = None

    async def _find_topics(self) -> None:
        """Refuse to join before every topic is made: a consumer would look for a missing one again minutes later."""
        if self._are_topics_made:
            return
        client = AIOKafkaClient(bootstrap_servers=self._settings.kafka_bootstrap_servers)
        try:
            await client.bootstrap()
            made = (await client.fetch_all_metadata()).topics()
        finally:
            await client.close()
        if not made.issuperset(reading.name for reading in self._readings):
            raise MissingTopic
        self._are_topics_made = True

    async def _follow_effects(self) -> None:
        while True:
            await asyncio.sleep(OFFSETS_SECONDS)
            await self._commit_offsets()

    async def _commit_offsets(self) -> None:
        await asyncio.gather(*(reading.commit() for reading in self._readings))

    async def _apply(self, reading: Reading, received: Sequence[ReceivedRecord]) -> None:
        reading.in_hand.update(item.partition for item in received)
        try:
            await self._applier.apply(reading.topic, received)
        except Exception as error:
            # Whatever it was, nothing is passed over: the same records come again.
            log.warning("consumer waits for its database", error=type(error).__name__, exc_info=not is_outage(error))
            await asyncio.sleep(OUTAGE_PAUSE_SECONDS)
            reading.rewind(received)
        else:
            reading.note(received)
        finally:
            reading.in_hand.clear()


def received_of(topic: str, record: Record) -> ReceivedRecord:
    """A record of the client library as an `Applier` takes it."""
    if isinstance(record, Unreadable):
        return ReceivedRecord(record.partition, record.offset, "", None, MalformedRecord("header names"))
    key = plain_text(record.key or b"")
    try:
        envelope = read_record(topic, record.key, record.value, record.headers)
    except MalformedRecord as fault:
        return ReceivedRecord(record.partition, record.offset, key, None, fault)
    return ReceivedRecord(record.partition, record.offset, key, envelope)
