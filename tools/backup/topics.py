"""The topics of a backup: their records as lines of a compressed file, and how far each consumer group was.

A topic that is made anew counts its offsets from 0. So every offset that something remembers - how far a group is, where the
record of a dead letter stands - is moved to the place that its record has now.
"""

import asyncio
import base64
import gzip
import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import OffsetAndMetadata

from contracts.event import MalformedRecord, read_record
from contracts.registry import TOPICS
from contracts.topic import Topic
from deploy.local.topics import ensure_topics

from ..operating import OperatorError
from ..records import Record, RecordReader
from .databases import Sequences
from .manifest import Offsets

BATCH_MAX = 500
GONE_SECONDS = 30.0
POLL_SECONDS = 0.2


def dump_order(topics: Sequence[Topic] = TOPICS) -> list[str]:
    """The services, each before those that it listens to and builds on; CycleError when they do so in a circle."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for topic in topics:
        sorter.add(topic.producer, *(name for name in topic.consumers if name not in topic.noted_by))
    return list(sorter.static_order())


def is_known(topic: str, record: Record, sequences: Sequences) -> bool:
    """Whether the copy of its producer's database knows a record. One that is no event of ours stays where it is."""
    try:
        envelope = read_record(topic, record.key, record.value, record.headers)
    except MalformedRecord:
        return True
    return envelope.sequence <= sequences.get((topic, envelope.key), 0)


@dataclass(slots=True)
class Places:
    """The former offsets of a topic's records by partition, in order: a record's new offset is its index."""

    offsets: dict[int, list[int]] = field(default_factory=dict)

    def add(self, partition: int, offset: int) -> int:
        """Note the next record of a partition; its new offset."""
        mine = self.offsets.setdefault(partition, [])
        mine.append(offset)
        return len(mine) - 1

    def after(self, partition: int, committed: int) -> int:
        """Where a group goes on that had everything before `committed`."""
        return bisect_left(self.offsets.get(partition, []), committed)

    def moved(self, topic: str) -> dict[tuple[str, int, int], int]:
        """The new offset by topic, partition and former offset."""
        return {
            (topic, partition, former): new
            for partition, mine in self.offsets.items()
            for new, former in enumerate(mine)
        }


def groups_of(prefix: str, topic: Topic) -> list[str]:
    """The consumer groups that services read a topic with."""
    return [f"{prefix}{service}.{topic.name}" for service in topic.consumers]


async def read_offsets(bootstrap: str, prefix: str) -> Offsets:
    """How far each consumer group of the services is."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        offsets: Offsets = {}
        for group in (group for topic in TOPICS for group in groups_of(prefix, topic)):
            committed = await admin.list_consumer_group_offsets(group)
            offsets[group.removeprefix(prefix)] = {
                str(place.partition): position.offset for place, position in committed.items() if position.offset >= 0
            }
        return offsets
    finally:
        await admin.close()


async def dump(reader: RecordReader, topic: str, sequences: Sequences, file: Path) -> int:
    """Write the records of a topic that its producer's copy knows; their number."""
    count = 0
    with gzip.open(file, "wt") as target:
        await reader.rewind(topic)
        async for batch in reader.to_the_end():
            for record in batch:
                if is_known(topic, record, sequences):
                    target.write(json.dumps(_line_of(record)) + "\n")
                    count += 1
    return count


def _line_of(record: Record) -> list[object]:
    headers = [(name, _text(value)) for name, value in record.headers]
    return [record.partition, record.offset, record.timestamp, _text(record.key), _text(record.value), headers]


def _text(content: bytes | None) -> str | None:
    return None if content is None else base64.b64encode(content).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


async def check_empty(bootstrap: str, prefix: str) -> None:
    """Raise OperatorError when a topic holds records."""
    if used := await _used_topics(bootstrap, prefix):
        raise OperatorError(f"the topic {used[0]} is not empty: --replace forgets what it holds")


async def make_anew(bootstrap: str, prefix: str) -> None:
    """Make every topic empty, with offsets that begin at 0."""
    used = await _used_topics(bootstrap, prefix)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        if used:
            await admin.delete_topics(used)
        async with asyncio.timeout(GONE_SECONDS):
            await _wait_until_gone(admin, set(used))
    finally:
        await admin.close()
    await ensure_topics(bootstrap, prefix)


async def _wait_until_gone(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    while True:
        left = names & set(await admin.list_topics())
        if not left:
            return
        await asyncio.sleep(POLL_SECONDS)


async def _used_topics(bootstrap: str, prefix: str) -> list[str]:
    """The topics that records were ever written to."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        descriptions = await admin.describe_topics([prefix + topic.name for topic in TOPICS])
    finally:
        await admin.close()
    places = [
        TopicPartition(description["topic"], part["partition"])
        for description in descriptions
        for part in description["partitions"]
    ]
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        ends = await consumer.end_offsets(places)
        return sorted({place.topic for place in places if ends[place]})


async def load(producer: AIOKafkaProducer, name: str, file: Path) -> Places:
    """Write the records of a file to an empty topic, each into its partition with its own time.

    Raises OperatorError when somebody else writes there.
    """
    places = Places()
    for batch in _batches(file):
        sent = []
        for partition, offset, moment, key, value, headers in batch:
            future = await producer.send(
                name,
                partition=partition,
                timestamp_ms=moment,
                key=_bytes(key),
                value=_bytes(value),
                headers=[(header, _bytes(content)) for header, content in headers],
            )
            sent.append((future, places.add(partition, offset)))
        for future, expected in sent:
            if (await future).offset != expected:
                raise OperatorError(f"somebody else writes to {name}: stop every service, then restore with --replace")
    return places


def _batches(file: Path) -> Iterator[list[list]]:  # type: ignore[type-arg]  # a line's parts have different types
    lines = []
    with gzip.open(file, "rt") as source:
        for line in source:
            lines.append(json.loads(line))
            if len(lines) == BATCH_MAX:
                yield lines
                lines = []
    yield lines


async def set_offsets(bootstrap: str, name: str, group: str, committed: Mapping[str, int], places: Places) -> None:
    """Let a consumer group go on in the topic `name` behind the record that was the last before `committed`."""
    if not committed:
        return
    positions = {
        TopicPartition(name, int(number)): OffsetAndMetadata(places.after(int(number), offset), "")
        for number, offset in committed.items()
    }
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign(list(positions))
        await consumer.commit(positions)
    finally:
        await consumer.stop()
