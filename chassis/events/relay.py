"""The outbox relay: a polling publisher, and the only one. It owns shards of keys by advisory lock and shares them with the other replicas.

Each turn publishes the oldest rows of the owned shards, waits for every acknowledgement and removes the rows. A crash in
between publishes them again, which consumers notice by the event id. Nothing is published in any other order than
that of ids, and a failed turn begins again from the table with a new producer.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from chassis.data.database import SESSION_LOCK_SETTINGS, Row
from chassis.data.outages import OUTAGES
from chassis.events.client_tasks import close_producer, producer_tasks
from chassis.events.outbox import SHARD_COUNT
from chassis.supervision import while_alive
from chassis.telemetry import PUBLISHED, RELAY_SHARDS
from contracts.event import Envelope

BATCH_MAX = 500
BEAT_SECONDS = 0.01
"""How long a turn lingers: turns begin at least so far apart, so that what one costs all along the way, down to the last consumer, is shared
by its rows. After a rest the first one begins at once."""
CROWDED_BEAT_SECONDS = 0.1
CROWDED_RATE = 1_500
"""Above so many events a second turns linger longer: throughput counts for more than latency then."""
PACE_SECONDS = 0.25
"""The window over which the rate is measured."""
LOOK_SECONDS = 0.002
IDLE_SECONDS = 0.1
"""Another process may commit events too: the outbox is polled again soon after events came, then with exponential backoff."""
REQUEST_TIMEOUT_MS = 15_000
HAND_OVER_SECONDS_MAX = REQUEST_TIMEOUT_MS / 1000 + 5
RESTART_SECONDS = 0.5
REBALANCE_SECONDS = 2.0
RELAY_NAMESPACE = 4_240_002
SHARD_NAMESPACE = 4_240_003

log = structlog.get_logger()

OLDEST_ROWS_SQL = """
select id, event_id, event_type, schema_version, topic, key, sequence, payload, trace::text as trace, actor, channel,
       created_at
from outbox where shard = any($1::smallint[]) order by id limit $2
"""

REMOVE_ROWS_SQL = "delete from outbox where id = any($1::bigint[])"

COUNT_RELAYS_SQL = """
select count(distinct pid) from pg_locks
where locktype = 'advisory' and classid = $1::int and granted
  and database = (select oid from pg_database where datname = current_database())
"""

TAKE_SHARD_SQL = "select pg_try_advisory_lock($1::int, $2::int)"

RELEASE_SHARD_SQL = "select pg_advisory_unlock($1::int, $2::int)"

JOIN_RELAYS_SQL = "select pg_advisory_lock_shared($1::int, 0)"


class Relay:
    """Publishes one service's outbox until it is stopped. Session locks live on a connection of its own."""

    def __init__(self, database_url: str, bootstrap_servers: str, service: str, topic_prefix: str = "") -> None:
        self._database_url = database_url
        self._bootstrap_servers = bootstrap_servers
        self._service = service
        self._topic_prefix = topic_prefix
        self._owned: list[int] = []
        self.producer: AIOKafkaProducer | None = None
        """The client library's side, while there is one."""

    async def run(self, wake: asyncio.Event) -> None:
        """Publish until cancelled; `wake` is set when this process committed events."""
        while True:
            try:
                await self._publish_until_broken(wake)
            except (asyncpg.PostgresError, KafkaError, *OUTAGES) as error:
                log.warning("relay restarts", error=type(error).__name__)
                await asyncio.sleep(RESTART_SECONDS)

    async def _publish_until_broken(self, wake: asyncio.Event) -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap_servers,
            client_id=f"{self._service}.relay",
            acks="all",
            enable_idempotence=True,
            partitioner=partition_of,
            linger_ms=0,  # a turn's rows are handed over together, and nothing comes after them
            max_batch_size=131_072,
            # Not compressed: most batches are a few records of half a kilobyte, and cost more to compress than to send.
            request_timeout_ms=REQUEST_TIMEOUT_MS,
        )
        connection: asyncpg.Connection[Row] | None = None
        try:
            self._owned = []
            self.producer = producer
            await producer.start()  # first: without a broker there is no use for a session of the database
            connection = await asyncpg.connect(
                self._database_url,
                timeout=5,
                command_timeout=15,
                # The relay writes removals alone. One that a crash of the server undoes is a row that is published twice.
                server_settings={"application_name": "relay", "synchronous_commit": "off", **SESSION_LOCK_SETTINGS},
            )
            publishing = self._publish(connection, producer, wake)
            await while_alive(partial(producer_tasks, producer), publishing)
        finally:
            # The producer first: it hands over what is under way, and until then nobody else may have our shards, or a
            # state could follow a newer one into its topic.
            try:
                await close_producer(producer, HAND_OVER_SECONDS_MAX)
            finally:
                if connection is not None:
                    connection.terminate()

    async def _publish(
        self, connection: "asyncpg.Connection[Row]", producer: AIOKafkaProducer, wake: asyncio.Event
    ) -> None:
        await connection.execute(JOIN_RELAYS_SQL, RELAY_NAMESPACE)
        loop = asyncio.get_running_loop()
        rebalance_at, pause, pace = 0.0, IDLE_SECONDS, Pace(loop.time)
        while True:
            if loop.time() >= rebalance_at:
                await self._take_share(connection)
                rebalance_at = loop.time() + REBALANCE_SECONDS
            began = loop.time()
            published = await self._publish_batch(connection, producer)
            if published == BATCH_MAX:
                continue
            if published:
                beat = CROWDED_BEAT_SECONDS if pace.is_crowded(published) else BEAT_SECONDS
                await asyncio.sleep(began + beat - loop.time())
            pause = LOOK_SECONDS if published else min(1.5 * pause, IDLE_SECONDS)
            await _wait(wake, pause)

    async def _take_share(self, connection: "asyncpg.Connection[Row]") -> None:
        """Own a fair share of the shards: give back what is over it, take what is free below it."""
        relays = await connection.fetchval(COUNT_RELAYS_SQL, RELAY_NAMESPACE)
        share = -(-SHARD_COUNT // max(relays, 1))
        while len(self._owned) > share:
            await connection.execute(RELEASE_SHARD_SQL, SHARD_NAMESPACE, self._owned.pop())
        for shard in range(SHARD_COUNT):
            if len(self._owned) >= share:
                break
            if shard not in self._owned and await connection.fetchval(TAKE_SHARD_SQL, SHARD_NAMESPACE, shard):
                self._owned.append(shard)
        RELAY_SHARDS.labels(self._service).set(len(self._owned))

    async def _publish_batch(self, connection: "asyncpg.Connection[Row]", producer: AIOKafkaProducer) -> int:
        rows = await connection.fetch(OLDEST_ROWS_SQL, self._owned, BATCH_MAX)
        if not rows:
            return 0
        await self._send(producer, rows)
        await connection.execute(REMOVE_ROWS_SQL, [row["id"] for row in rows])
        for topic, count in Counter(row["topic"] for row in rows).items():
            PUBLISHED.labels(topic).inc(count)
        return len(rows)

    async def _send(self, producer: AIOKafkaProducer, rows: Sequence[Row]) -> None:
        acknowledgements: list[Any] = []
        for row in rows:
            envelope = envelope_of(row, self._service)
            acknowledgements.append(
                await producer.send(
                    self._topic_prefix + envelope.topic,
                    value=envelope.payload,
                    key=envelope.key.encode(),
                    headers=envelope.headers(),
                )
            )
        results = await asyncio.gather(*acknowledgements, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result


class Pace:
    """The rate of published events, which decides how long turns linger (adaptive batching)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since = clock()
        self._count = 0
        self._rate = 0.0

    def is_crowded(self, published: int) -> bool:
        """Whether the rate, with those just published, is so high that larger batches pay."""
        self._count += published
        elapsed = self._clock() - self._since
        if elapsed >= PACE_SECONDS:
            self._rate = self._count / elapsed
            self._since, self._count = self._clock(), 0
        return self._rate > CROWDED_RATE


def envelope_of(row: Row, service: str) -> Envelope:
    return Envelope(
        event_id=row["event_id"],
        event_type=row["event_type"],
        source=f"/portail-famille/{service}",
        topic=row["topic"],
        key=row["key"],
        sequence=row["sequence"],
        time=row["created_at"],
        payload=row["payload"],
        schema_version=row["schema_version"],
        trace=json.loads(row["trace"]),
        actor=row["actor"],
        channel=row["channel"],
    )


_hash_of = lru_cache(maxsize=10_000)(murmur2)


def partition_of(key: bytes, partitions: Sequence[int], _available: Sequence[int]) -> int:
    """Kafka's usual partition of a key. Events come in runs of the same keys, and the hash is a loop over their bytes."""
    number: int = _hash_of(key) & 0x7FFFFFFF
    return partitions[number % len(partitions)]


async def _wait(wake: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return
    wake.clear()
