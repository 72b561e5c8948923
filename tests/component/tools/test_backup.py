"""Backup and restore of databases, topics and positions that do not stand still: what is newer than its producer's copy stays
out, and whatever remembers an offset remembers the new one."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from contracts.event import Envelope
from contracts.registry import TOPICS
from contracts.types import SERVICES
from deploy.local.kafka import KafkaServer
from deploy.local.topics import ensure_topics
from tests.support.databases import Postgres
from tools.backup.__main__ import create, restore
from tools.backup.topics import Places, dump_order
from tools.operating import OperatorError

pytestmark = pytest.mark.anyio

PREFIX = "backup_"
TOPIC = "booking.bookings"
GROUP = f"{PREFIX}billing.{TOPIC}"
PLACE = TopicPartition(PREFIX + TOPIC, 2)
YESTERDAY_MS = int((datetime.now(UTC) - timedelta(days=1)).timestamp()) * 1000


@dataclass
class Portal:
    """The databases and the broker of a portal whose services are stopped."""

    addresses: dict[str, str]
    bootstrap: str

    async def execute(self, service: str, statement: str, *parameters: object) -> None:
        connection = await asyncpg.connect(self.addresses[service])
        try:
            await connection.execute(statement, *parameters)
        finally:
            await connection.close()

    async def fetch(self, service: str, statement: str) -> list[tuple[object, ...]]:
        connection = await asyncpg.connect(self.addresses[service])
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    async def publish(self, *records: tuple[str, int] | None) -> None:
        """Events of the household `key` with their sequence; None is a record that is no event."""
        async with AIOKafkaProducer(bootstrap_servers=self.bootstrap) as producer:
            for record in records:
                sent = record_of(*record) if record else None
                await producer.send_and_wait(
                    PLACE.topic,
                    partition=PLACE.partition,
                    timestamp_ms=YESTERDAY_MS,
                    key=sent.key.encode() if sent else b"poison",
                    value=sent.payload if sent else b"{",
                    headers=sent.headers() if sent else [],
                )

    async def records(self) -> list[tuple[int, bytes, str]]:
        """Offset, key and sequence of what the partition holds."""
        async with AIOKafkaConsumer(bootstrap_servers=self.bootstrap, auto_offset_reset="earliest") as consumer:
            consumer.assign([PLACE])
            end = (await consumer.end_offsets([PLACE]))[PLACE]
            records = [await consumer.getone() for _ in range(end)]
            assert {record.timestamp for record in records} == {YESTERDAY_MS}
            return [
                (record.offset, record.key, dict(record.headers).get("ce_sequence", b"").decode()) for record in records
            ]

    async def commit(self, offset: int) -> None:
        async with AIOKafkaConsumer(bootstrap_servers=self.bootstrap, group_id=GROUP) as consumer:
            consumer.assign([PLACE])
            await consumer.commit({PLACE: OffsetAndMetadata(offset, "")})

    async def committed(self) -> int | None:
        async with AIOKafkaConsumer(bootstrap_servers=self.bootstrap, group_id=GROUP) as consumer:
            position: int | None = await consumer.committed(PLACE)
            return position


def record_of(key: str, sequence: int) -> Envelope:
    return Envelope(
        event_id=uuid4(),
        event_type="booking.booking_confirmed.v1",
        source="/portail-famille/booking",
        topic=TOPIC,
        key=key,
        sequence=sequence,
        time=datetime.now(UTC),
        payload=b"{}",
    )


@pytest.fixture
async def portal(postgres: Postgres, kafka: KafkaServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Portal]:
    addresses = {service: await postgres.create(service) for service in SERVICES}
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrap)
    monkeypatch.setenv("TOPIC_PREFIX", PREFIX)
    monkeypatch.delenv("PG_BINDIR", raising=False)
    monkeypatch.setenv("PATH", "")  # the programs are the package's, whatever the machine has
    for service, address in addresses.items():
        monkeypatch.setenv(f"{service.upper()}_DATABASE_URL", address)
    await ensure_topics(kafka.bootstrap, PREFIX)
    yield Portal(addresses, kafka.bootstrap)
    for address in addresses.values():
        await postgres.drop(address)


async def test_what_is_restored_fits_together(portal: Portal, tmp_path: Path) -> None:
    await portal.execute("booking", "insert into outbox_keys values ($1, 'a', 2), ($1, 'b', 1)", TOPIC)
    # What stands behind the known events was published after the copy of its producer's database.
    await portal.publish(("a", 1), None, ("a", 2), ("a", 3), ("b", 1), ("b", 2))
    await portal.commit(5)
    letter = "insert into dead_letters values ($1 || '/2/' || $2, $1, 2, $2::bigint, 'x', null, 'cause', 1)"
    for offset in ("1", "3", "4"):
        await portal.execute("billing", letter, TOPIC, offset)
    await create(tmp_path / "backup")

    await portal.execute("booking", "update outbox_keys set sequence = 9")
    await portal.execute("billing", "create table made_later (n int)")
    await portal.publish(("a", 4))
    with pytest.raises(OperatorError, match="the database of identity is not empty: --replace"):
        await restore(tmp_path / "backup", is_replaced=False)
    connection = await asyncpg.connect(portal.addresses["family"])
    with pytest.raises(OperatorError, match="somebody is connected to the database of family: stop every service"):
        await restore(tmp_path / "backup", is_replaced=True)
    await connection.close()
    await restore(tmp_path / "backup", is_replaced=True)

    assert await portal.records() == [(0, b"a", "1"), (1, b"poison", ""), (2, b"a", "2"), (3, b"b", "1")]
    assert await portal.committed() == 4
    assert await portal.fetch("booking", "select key, sequence from outbox_keys order by key") == [("a", 2), ("b", 1)]
    assert await portal.fetch("billing", "select to_regclass('made_later')") == [(None,)]
    assert await portal.fetch("billing", "select event_key, record_offset from dead_letters order by 1") == [
        (f"{TOPIC}/2/1", 1),
        (f"{TOPIC}/2/3", 3),
        (f"gone/{TOPIC}/2/3", -1),
    ]


async def test_a_folder_that_changed_is_not_restored(portal: Portal, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    await create(folder)
    assert {path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())} == {0}
    with pytest.raises(OperatorError, match="is there already"):
        await create(folder)
    dump = folder / "billing.dump"
    dump.write_bytes(dump.read_bytes()[:-1])
    with pytest.raises(OperatorError, match=r"billing\.dump is missing or was changed"):
        await restore(folder, is_replaced=True)
    with pytest.raises(OperatorError, match="is no backup"):
        await restore(tmp_path, is_replaced=True)


def test_a_database_is_copied_before_those_that_it_listens_to() -> None:
    order = dump_order()
    assert sorted(order) == sorted(SERVICES)
    for topic in TOPICS:
        building = [name for name in topic.consumers if name not in topic.noted_by]
        assert [name for name in building if order.index(name) > order.index(topic.producer)] == []


def test_offsets_move_to_where_their_records_are() -> None:
    places = Places()
    assert [places.add(0, offset) for offset in (10, 12, 20)] == [0, 1, 2]
    assert [places.after(0, committed) for committed in (0, 10, 11, 12, 13, 21, 99)] == [0, 0, 1, 1, 2, 3, 3]
    assert places.after(1, 7) == 0
    assert places.moved("t") == {("t", 0, 10): 0, ("t", 0, 12): 1, ("t", 0, 20): 2}
