"""A town for operators' commands: a database, topics of its own, and a publisher that may say anything, even nonsense."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaProducer

from contracts.event import Envelope, Event
from contracts.family.events import HouseholdState
from deploy.local.kafka import KafkaServer
from deploy.local.topics import ensure_topics
from tests.factories.households import KnownChild, household_state
from tests.support.databases import Postgres
from tests.support.services import DEMO_TOWN

NOW = datetime(2026, 9, 1, tzinfo=UTC)
TOPIC = HouseholdState.topic
FAMILY_NAME = "Lemercier"
MEGABYTES = 1_000_000


@dataclass
class Town:
    """A database, topics of its own, and a producer without our limits."""

    environment: Mapping[str, str]
    db: "asyncpg.Connection[asyncpg.Record]"
    producer: AIOKafkaProducer
    prefix: str
    published: dict[str, Envelope] = field(default_factory=dict)
    """The last envelope of each key."""

    async def publish(self, event: Event, partition: int = 0, **changes: Any) -> None:
        """Publish an event, with its `payload` or another field of its envelope changed."""
        former = self.published.get(event.key)
        fields = {
            "event_id": uuid4(),
            "event_type": event.event_type,
            "source": "/portail-famille/test",
            "topic": event.topic,
            "key": event.key,
            "sequence": former.sequence + 1 if former else 1,
            "time": datetime.now(UTC),
            "payload": event.payload(),
        }
        envelope = Envelope(**{**fields, **changes})  # type: ignore[arg-type]  # a test may say anything
        await self.producer.send_and_wait(
            self.prefix + event.topic,
            envelope.payload,
            key=envelope.key.encode(),
            headers=envelope.headers(),
            partition=partition,
        )
        self.published[event.key] = envelope

    async def has(self, household_id: UUID) -> bool:
        """Whether booking knows a household's children."""
        return bool(await self.db.fetchval("select true from household_children where household_id = $1", household_id))

    async def causes(self) -> dict[str, str]:
        """The causes of open dead letters, by key."""
        rows = await self.db.fetch("select key, cause from dead_letters where resolved_at is null")
        return {row["key"]: row["cause"] for row in rows}


def household(household_id: UUID | None = None) -> HouseholdState:
    """A household with a child, another one each time."""
    child = KnownChild(first_name="Violette", last_name=FAMILY_NAME, birth_on=date(2018, 4, 12))
    return household_state(household_id or uuid4(), [], [child])


@asynccontextmanager
async def new_town(
    postgres: Postgres, kafka: KafkaServer, secrets_dir: Path, service: str = "booking"
) -> AsyncIterator[Town]:
    """A database of a service and topics that nobody else uses, without any process."""
    prefix = f"t{uuid4().hex[:8]}."
    await ensure_topics(kafka.bootstrap, prefix)
    address = await postgres.create(service)
    environment = {
        "DATABASE_URL": address,
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
        "TOPIC_PREFIX": prefix,
        "TOWN_FILE": str(DEMO_TOWN),
        "SECRETS_DIR": str(secrets_dir),
    }
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, max_request_size=20 * MEGABYTES)
    await producer.start()
    db = await asyncpg.connect(address)
    try:
        yield Town(environment, db, producer, prefix)
    finally:
        await producer.stop()
        await db.close()
