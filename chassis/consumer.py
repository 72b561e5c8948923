"""The Kafka side of consumers: one subscription a topic, batches of raw records, offsets committed after their effect."""

import asyncio
from typing import cast

import structlog
from aiokafka import ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from contracts.event import MalformedRecord, read_record

from .applying import OUTAGES, Applier, Received, Subscriptions
from .database import Database
from .settings import ServiceSettings

BATCH_MAX = 500
BATCH_WAIT_MS = 20
OUTAGE_PAUSE_SECONDS = 1.0
SESSION_TIMEOUT_MS = 6_000
HEARTBEAT_MS = 1_000
STOP_SECONDS = 10.0

log = structlog.get_logger()


class Consumer:
    """Brings the records of a service's topics to its `Applier` until it is stopped."""

    def __init__(self, db: Database, subscriptions: Subscriptions, settings: ServiceSettings, service: str) -> None:
        self._applier = Applier(db, subscriptions)
        self._prefix = settings.topic_prefix
        self.broker = KafkaBroker(
            settings.kafka_bootstrap_servers,
            client_id=f"{service}.consumer",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            allow_auto_create_topics=False,
            graceful_timeout=STOP_SECONDS,
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
        """Join the consumer groups and begin."""
        await self.broker.start()

    async def stop(self) -> None:
        """Finish the batches under way, commit them, leave the groups."""
        await self.broker.stop()

    async def _receive(self, message: KafkaMessage) -> None:
        records = cast("tuple[ConsumerRecord[bytes, bytes], ...]", message.raw_message)
        by_topic: dict[str, list[Received]] = {}
        for record in records:
            topic = record.topic.removeprefix(self._prefix)
            by_topic.setdefault(topic, []).append(_read(topic, record))
        try:
            for topic, received in by_topic.items():
                await self._applier.apply(topic, received)
        except OUTAGES as outage:
            log.warning("consumer waits for its database", error=type(outage).__name__)
            await asyncio.sleep(OUTAGE_PAUSE_SECONDS)
            raise


def _read(topic: str, record: "ConsumerRecord[bytes, bytes]") -> Received:
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
