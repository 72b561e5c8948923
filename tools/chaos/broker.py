"""What faults and checks do with Kafka from outside the product: read whole topics, measure lag, repeat, rewind."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from contracts.registry import TOPICS

TOPIC_NAMES = tuple(topic.name for topic in TOPICS)
PARTITIONS = {topic.name: topic.partitions for topic in TOPICS}
READ_MS = 500


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands in its topic."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    def header(self, name: str) -> str:
        """The text of a header, empty without it."""
        return next((value.decode(errors="replace") for key, value in self.headers if key == name), "")


class Broker:
    """The brokers of one town, whose topics begin with `prefix`."""

    def __init__(self, bootstrap: str, prefix: str = "") -> None:
        self.bootstrap = bootstrap
        self._prefix = prefix

    async def read(self, *topics: str) -> list[Record]:
        """Every record of these topics (all without a name) up to their present ends, in the order of each partition."""
        async with self._consumer() as consumer:
            partitions = self._partitions(topics or TOPIC_NAMES)
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            ends = await consumer.end_offsets(partitions)
            records: list[Record] = []
            while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
                for batch in (await consumer.getmany(timeout_ms=READ_MS)).values():
                    records += [
                        Record(
                            record.topic.removeprefix(self._prefix),
                            record.partition,
                            record.offset,
                            record.key,
                            record.value,
                            tuple(record.headers),
                        )
                        for record in batch
                    ]
            return records

    async def repeat(self, records: Iterable[Record]) -> int:
        """Produce records once more, each in its partition; how many."""
        async with self.producer() as producer:
            sent = [
                await producer.send(
                    self._prefix + record.topic,
                    value=record.value,
                    key=record.key,
                    partition=record.partition,
                    headers=list(record.headers),
                )
                for record in records
            ]
            await asyncio.gather(*sent)
            return len(sent)

    async def put(
        self, topic: str, key: str, value: bytes | None, headers: Sequence[tuple[str, bytes]]
    ) -> tuple[int, int]:
        """Produce one record; its partition and offset."""
        async with self.producer() as producer:
            there = await producer.send_and_wait(
                self._prefix + topic, value=value, key=key.encode(), headers=list(headers)
            )
            return there.partition, there.offset

    async def lag(self, consumed: Mapping[str, Sequence[str]]) -> dict[str, int]:
        """How many records each service has not committed yet, as `service.topic`; `consumed` names topics by service."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            async with self._consumer() as consumer:
                partitions = self._partitions(TOPIC_NAMES)
                consumer.assign(partitions)
                ends = await consumer.end_offsets(partitions)
            behind: dict[str, int] = {}
            for service, topics in consumed.items():
                for topic in topics:
                    group = f"{self._prefix}{service}.{topic}"
                    done = {
                        part: position.offset
                        for part, position in (await admin.list_consumer_group_offsets(group)).items()
                    }
                    mine = self._partitions([topic])
                    if count := sum(ends[part] - max(done.get(part, 0), 0) for part in mine):
                        behind[f"{service}.{topic}"] = count
            return behind
        finally:
            await admin.close()

    async def rewind(self, service: str, topic: str) -> None:
        """Have a service read a topic from its start again. None of its consumers may be running."""
        async with self._consumer(f"{self._prefix}{service}.{topic}") as consumer:
            partitions = self._partitions([topic])
            consumer.assign(partitions)
            await consumer.commit(dict.fromkeys(partitions, 0))

    @asynccontextmanager
    async def producer(self) -> AsyncIterator[AIOKafkaProducer]:
        """A producer that takes records of 6 MB; compressed, the broker takes them too."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap,
            acks="all",
            enable_idempotence=True,
            max_request_size=6_000_000,
            compression_type="gzip",
        )
        await producer.start()
        try:
            yield producer
        finally:
            await producer.stop()

    @asynccontextmanager
    async def _consumer(self, group: str | None = None) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()

    def _partitions(self, topics: Iterable[str]) -> list[TopicPartition]:
        return [TopicPartition(self._prefix + topic, part) for topic in topics for part in range(PARTITIONS[topic])]
