"""Records read at their place: one of them by partition and offset, or a whole topic from its first record to its end.

No consumer group is joined, so that nothing changes for the services that run.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self, TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from contracts.event import MalformedRecord

ANSWER_SECONDS = 20.0
BATCH_MAX = 500

Record: TypeAlias = "ConsumerRecord[bytes, bytes]"


class Gone(Exception):
    """A record that is not at its place any more; the message says why, and what that means."""


class RecordReader:
    """Reads topics, named as in the registry. One read at a time."""

    def __init__(self, bootstrap_servers: str, prefix: str = "") -> None:
        self._bootstrap_servers = bootstrap_servers
        self._prefix = prefix
        self._places: Sequence[TopicPartition] = ()
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap_servers, enable_auto_commit=False, auto_offset_reset="earliest"
        )

    async def __aenter__(self) -> Self:
        try:
            await self._consumer.start()
        except BaseException:
            await self._consumer.stop()
            raise
        # The library cannot stop a consumer whose own tasks never had a turn: the stop would end as a cancellation.
        await asyncio.sleep(0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._consumer.stop()

    async def read(self, topic: str, partition: int, offset: int) -> Record:
        """The record at a place.

        Raises:
            Gone: it is not there any more.
            MalformedRecord: the client library cannot read it.
        """
        place = TopicPartition(self._prefix + topic, partition)
        async with asyncio.timeout(ANSWER_SECONDS):
            self._consumer.assign([place])
            begin = (await self._consumer.beginning_offsets([place]))[place]
            end = (await self._consumer.end_offsets([place]))[place]
            if offset < begin:
                raise Gone("the retention of its topic removed it")
            if offset >= end:
                raise Gone("its topic ends before it: the topic was made anew")
            self._consumer.seek(place, offset)
            try:
                record: Record = await self._consumer.getone(place)
            except UnicodeDecodeError as error:
                raise MalformedRecord("header names") from error
        if record.offset != offset:
            raise Gone("a newer record of the same key replaced it (compaction), and says all that it said")
        return record

    async def rewind(self, topic: str, since: datetime | None = None) -> None:
        """Stand before the first record of a topic, or before the first one since an instant."""
        async with asyncio.timeout(ANSWER_SECONDS):
            numbers = await self._partitions(self._prefix + topic)
            self._places = [TopicPartition(self._prefix + topic, number) for number in numbers]
            self._consumer.assign(self._places)
            for place, offset in (await self._beginnings(since)).items():
                self._consumer.seek(place, offset)

    async def _beginnings(self, since: datetime | None) -> dict[TopicPartition, int]:
        if since is None:
            return dict(await self._consumer.beginning_offsets(self._places))
        asked = dict.fromkeys(self._places, int(since.timestamp() * 1000))
        ends = await self._consumer.end_offsets(self._places)
        firsts = await self._consumer.offsets_for_times(asked)
        return {place: firsts[place].offset if firsts[place] else ends[place] for place in self._places}

    async def to_the_end(self) -> AsyncIterator[Sequence[Record]]:
        """The records from where we stand up to the end of now at least, in batches of one partition each."""
        async with asyncio.timeout(ANSWER_SECONDS):
            ends = await self._consumer.end_offsets(self._places)
        while any([await self._consumer.position(place) < ends[place] for place in self._places]):
            batches = await self._consumer.getmany(timeout_ms=1000, max_records=BATCH_MAX)
            for batch in batches.values():
                yield batch

    async def _partitions(self, name: str) -> list[int]:
        """By the broker's own word: a consumer knows the partitions of topics that it reads already."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap_servers)
        await admin.start()
        try:
            (topic,) = await admin.describe_topics([name])
        finally:
            await admin.close()
        return sorted(partition["partition"] for partition in topic["partitions"])
