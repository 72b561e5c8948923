"""The bare peer of P4: aiokafka in, aiokafka out, one INSERT for what each poll brought. No rule, no inbox, no outbox."""

import asyncio
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.booking.events import BookingConfirmed
from contracts.registry import TOPICS

from .rate import at_rate

TOPIC = "bench.raw"
PADDING = b"x" * 400
STAMP = struct.Struct(">qd")
BATCH_MAX = 500
POLL_MS = 100
WAIT_SECONDS = 0.2
LIMIT_SECONDS = 30.0

CREATE_SQL = "create table raw_records (number bigint primary key, sent_at float8 not null, payload bytea not null)"

INSERT_SQL = "insert into raw_records select * from unnest($1::bigint[], $2::float8[], $3::bytea[])"

LATENCIES_SQL = """
select extract(epoch from pg_xact_commit_timestamp(xmin))::float8 - sent_at as seconds
from raw_records where number >= $1
"""


@dataclass(slots=True)
class RawReplica:
    """A producer, a consumer and a table. Both ends run in this process's loop, which is as lean as it gets."""

    _producer: AIOKafkaProducer
    _pool: "asyncpg.Pool[asyncpg.Record]"
    _sent: int = field(default=0, init=False)

    async def send_for(self, seconds: float, burst: int, per_second: float) -> list[float]:
        """Send at a rate, `burst` records at each instant; seconds from each record's send to its row's commit.

        Raises:
            TimeoutError: a record never came.
        """
        first = self._sent
        bursts = round(seconds * per_second / burst)
        await at_rate([lambda: self._send(burst)] * bursts, per_second / burst)
        deadline = time.monotonic() + LIMIT_SECONDS
        while len(rows := await self._pool.fetch(LATENCIES_SQL, first)) < self._sent - first:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self._sent - first - len(rows)} raw records never came")
            await asyncio.sleep(WAIT_SECONDS)
        return [row["seconds"] for row in rows]

    async def _send(self, burst: int) -> None:
        acknowledgements = []
        for _ in range(burst):
            value = STAMP.pack(self._sent, time.time()) + PADDING
            self._sent += 1
            acknowledgements.append(await self._producer.send(TOPIC, value, key=str(self._sent).encode()))
        await asyncio.gather(*acknowledgements)


@asynccontextmanager
async def raw_replica(bootstrap: str, dsn: str) -> AsyncIterator[RawReplica]:
    """Make the peer's topic, as many partitions as bookings have, and its table; consume until the block ends."""
    await _create_topic(bootstrap)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    consumer = AIOKafkaConsumer(
        TOPIC,
        bootstrap_servers=bootstrap,
        group_id=TOPIC,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=POLL_MS,
    )
    async with asyncpg.create_pool(dsn, min_size=2, max_size=2) as pool:
        await pool.execute(CREATE_SQL)
        await producer.start()
        await consumer.start()
        consuming = asyncio.create_task(_consume(consumer, pool))
        try:
            yield RawReplica(producer, pool)
        finally:
            consuming.cancel()
            await asyncio.gather(consuming, return_exceptions=True)
            await consumer.stop()
            await producer.stop()


async def _consume(consumer: AIOKafkaConsumer, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
    async with pool.acquire() as connection:
        while True:
            polled = await consumer.getmany(timeout_ms=POLL_MS, max_records=BATCH_MAX)
            values = [record.value for records in polled.values() for record in records]
            if values:
                stamps = [STAMP.unpack_from(value) for value in values]
                await connection.execute(INSERT_SQL, [s[0] for s in stamps], [s[1] for s in stamps], values)
                await consumer.commit()


async def _create_topic(bootstrap: str) -> None:
    (partitions,) = [topic.partitions for topic in TOPICS if topic.name == BookingConfirmed.topic]
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(TOPIC, partitions, 1)])
    finally:
        await admin.close()
