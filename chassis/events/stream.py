"""The stream of one topic's records: FastStream runs its loop over the client library, our supervisor runs FastStream.

A stream lives as long as its client and its loop. FastStream would start a dead loop again at once, over the same client and uncounted; sit
out errors of the client; and pass over a batch whose handler failed. Here each of these ends the stream, and its part begins a new one.
It neither parses nor decodes: that is done once, by `contracts.event`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias, cast

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream._internal.broker.registrator import Registrator
from faststream._internal.endpoint.subscriber.call_item import CallsCollection
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER
from faststream.kafka.schemas import Topic
from faststream.kafka.subscriber.config import KafkaSubscriberConfig, KafkaSubscriberSpecificationConfig
from faststream.kafka.subscriber.specification import KafkaSubscriberSpecification
from faststream.kafka.subscriber.usecase import BatchSubscriber

from chassis.events.client_tasks import close_consumer, consumer_tasks
from chassis.supervision import PartDied, while_alive

BATCH_MAX = 500
NEXT_WAIT_MS = 200
"""How long it waits for records before it asks again; those that come are handed over at once."""
FETCH_WAIT_MS = 100
SESSION_TIMEOUT_MS = 6_000
HEARTBEAT_MS = 1_000
RETRY_BACKOFF_MS = 500
"""How long each connection of a consumer waits for a broker that is away; by default they fill logs and keep a core busy."""

Record: TypeAlias = "ConsumerRecord[bytes, bytes]"
Records: TypeAlias = tuple[Record, ...]
Receive: TypeAlias = Callable[[Records], Awaitable[None]]


class Unreadable(ConsumerRecord[bytes, bytes]):  # type: ignore[misc]  # the client library is untyped
    """A record that the client library cannot read, such as one with a header whose name is no UTF-8: known by its place alone."""

    @classmethod
    def at(cls, place: TopicPartition, offset: int) -> "Unreadable":
        """The one at this place."""
        return cls(place.topic, place.partition, offset, -1, -1, None, None, None, -1, -1, ())


class Interrupted(Exception):
    """The client library cannot go on: no death, but a reason to begin again with a new client."""

    def __init__(self, error: KafkaError) -> None:
        super().__init__(str(error))
        self.error = error


class Loop(BatchSubscriber):
    """FastStream's loop, whose errors end it."""

    __slots__ = ()

    def add_task(
        self,
        func: Callable[..., Coroutine[Any, Any, Any]],
        func_args: tuple[Any, ...] | None = None,
        func_kwargs: dict[str, Any] | None = None,
        *,
        restart_on_failure: bool = False,
    ) -> None:
        """Start a task that is not started again when it dies."""
        super().add_task(func, func_args, func_kwargs, restart_on_failure=restart_on_failure)

    async def get_msg(self, consumer: AIOKafkaConsumer) -> Records:
        """The records that come next, none if none came for a moment."""
        try:
            batches = await consumer.getmany(timeout_ms=self.batch_timeout_ms, max_records=self.max_records)
        except UnicodeDecodeError:
            return await _one_by_one(consumer)
        except KafkaError as error:
            raise Interrupted(error) from error
        return tuple(chain(*batches.values()))

    async def consume_one(self, msg: Records) -> None:
        """Hand a batch over; unlike `consume`, let its failure be known."""
        await self.process_message(msg)

    async def stop(self) -> None:
        """End the loop, then its client, whatever state that is in."""
        consumer, tasks = self.consumer, tuple(self.tasks)
        self.consumer = None
        await super().stop()
        if tasks:
            await asyncio.wait(tasks)
        if consumer is not None:
            await close_consumer(consumer)


@dataclass(frozen=True, slots=True)
class Source:
    """Where records come from, and as whom they are read."""

    bootstrap_servers: str
    client_id: str
    topic: str
    group: str


class Stream:
    """One life of a subscription: a broker of FastStream's with one subscriber, and so one client."""

    def __init__(self, source: Source, receive: Receive) -> None:
        self._broker = KafkaBroker(
            source.bootstrap_servers,
            client_id=source.client_id,
            consumer_only=True,
            apply_types=False,
            graceful_timeout=None,  # whoever stops a consumer waits for its batches first
            retry_backoff_ms=RETRY_BACKOFF_MS,
            logger=None,
        )
        self._loop = _loop_of(self._broker, source)
        self._loop(receive, parser=_unparsed, decoder=_records_of)

    @property
    def consumer(self) -> AIOKafkaConsumer | None:
        """The client library's side, while there is one."""
        return self._loop.consumer

    async def run(self) -> None:
        """Join the group and hand over batch after batch, until something ends it.

        Raises:
            PartDied: the loop or a task of the client died.
            KafkaError: the client cannot go on.
        """
        try:
            await while_alive(self._tasks, self._follow())
        except PartDied as death:
            if isinstance(death.__cause__, Interrupted):
                raise death.__cause__.error from None
            raise
        finally:
            await self._broker.stop()

    def _tasks(self) -> Mapping[str, "asyncio.Task[Any]"]:
        tasks = {} if self.consumer is None else dict(consumer_tasks(self.consumer))
        for task in self._loop.tasks:
            tasks["loop"] = task
        return tasks

    async def _follow(self) -> None:
        await self._broker.start()
        await asyncio.wait(self._loop.tasks)


def _loop_of(broker: KafkaBroker, source: Source) -> Loop:
    """A subscriber of the broker's. `broker.subscriber` would make one of FastStream's own classes."""
    topics = [Topic(source.topic)]
    config = KafkaSubscriberConfig(
        topics=topics,
        group_id=source.group,
        connection_args={
            "auto_offset_reset": "earliest",
            "fetch_max_wait_ms": FETCH_WAIT_MS,
            "session_timeout_ms": SESSION_TIMEOUT_MS,
            "heartbeat_interval_ms": HEARTBEAT_MS,
        },
        _outer_config=broker.config.broker_config,
        _ack_policy=AckPolicy.MANUAL,
    )
    calls = CallsCollection[Any]()
    specification = KafkaSubscriberSpecification(
        _outer_config=config._outer_config,
        calls=calls,
        specification_config=KafkaSubscriberSpecificationConfig(topics=topics, title_=None, description_=None),
    )
    loop = Loop(config, specification, calls, batch_timeout_ms=NEXT_WAIT_MS, max_records=BATCH_MAX)
    Registrator.subscriber(broker, loop)
    return loop


async def _one_by_one(consumer: AIOKafkaConsumer) -> Records:
    """One record of each partition; what cannot be read is passed by."""
    records: list[Record] = []
    for place in sorted(consumer.assignment()):
        try:
            batches = await consumer.getmany(place, timeout_ms=FETCH_WAIT_MS, max_records=1)
            records += batches.get(place, ())
        except UnicodeDecodeError:
            offset = await consumer.position(place)
            records.append(Unreadable.at(place, offset))
            consumer.seek(place, offset + 1)
    return tuple(records)


async def _unparsed(records: Records) -> KafkaMessage:
    return KafkaMessage(raw_message=records, body=b"", consumer=FAKE_CONSUMER)


async def _records_of(message: KafkaMessage) -> Records:
    # Records are read one by one: a decoder that looked at bodies would fail a whole batch for one that is not JSON.
    return cast("Records", message.raw_message)
