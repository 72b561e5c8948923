"""Records of any bytes over the real broker: each bad one is put aside with its cause, its neighbors go on, and the place moves."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c

from chassis.data.database import Database
from chassis.events.applying import Subscriptions
from chassis.events.consumer import Consumer
from contracts.event import Envelope
from contracts.family.events import HouseholdCreated
from deploy.local.kafka import KafkaServer
from tests.component.chassis.conftest import MIGRATIONS, probe_settings
from tests.component.chassis.test_consumer_health import NOW, TOPIC, new_topic
from tests.support.databases import Postgres
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio

BAD = (b"\x00", b"a\x00b", b"\xff\xfe", b"\xed\xa0\x80", b"\x1b[2J", b"\\", "\u202e".encode(), b"")
CRC_AT, CRC_FROM = 17, 21
PLACEHOLDER = "header-name"
Headers = dict[str, bytes]


REFUSE_SQL = """
create sequence attempts;
create function refuse() returns trigger language plpgsql as $$
begin
    perform nextval('attempts');  -- which no rollback takes back
    raise 'nothing can be put aside';
end
$$;
create trigger refuse before insert on dead_letters for each statement execute function refuse();
"""


class Topic:
    """A topic with one partition, what is published to it, and what its consumer made of that."""

    def __init__(self, producer: AIOKafkaProducer, name: str, db: Database, consumer: Consumer) -> None:
        self._producer, self._name, self.db, self.consumer = producer, name, db, consumer

    async def publish(self, value: bytes | None, key: bytes, headers: Headers) -> None:
        await self._producer.send_and_wait(self._name, value, key=key, headers=list(headers.items()), partition=0)

    async def publish_good(self) -> UUID:
        """A record that takes effect; its household."""
        household_id = uuid4()
        value, key, headers = good(household_id)
        await self.publish(value, key, headers)
        return household_id

    async def publish_with_header_name(self, name: bytes) -> None:
        """A record whose header has a name that no producer of ours could write."""
        value, key, headers = good(uuid4())
        batch = self._producer.create_batch()
        batch.append(timestamp=None, key=key, value=value, headers=[*headers.items(), (PLACEHOLDER, b"")])
        build = batch._build

        def spoil() -> bytes:
            spoiled = bytearray(bytes(build()).replace(PLACEHOLDER.encode(), name.ljust(len(PLACEHOLDER), b"x")))
            spoiled[CRC_AT:CRC_FROM] = calc_crc32c(bytes(spoiled[CRC_FROM:])).to_bytes(CRC_FROM - CRC_AT, "big")
            return bytes(spoiled)

        batch._build = spoil
        await (await self._producer.send_batch(batch, self._name, partition=0))

    async def has(self, household_id: UUID) -> bool:
        return bool(await self.db.fetchval("select true from effects where household_id = $1", household_id))

    async def letters(self) -> list[Any]:
        return await self.db.fetch("select * from dead_letters order by record_offset")


def good(household_id: UUID) -> tuple[bytes, bytes, Headers]:
    """The parts of a record that takes effect."""
    event = HouseholdCreated(household_id=household_id, created_at=NOW)
    envelope = Envelope(uuid4(), event.event_type, "/test", TOPIC, event.key, 1, NOW, event.payload())
    return event.payload(), event.key.encode(), dict(envelope.headers())


@pytest.fixture
async def topic(
    postgres: Postgres, kafka: KafkaServer, secrets_dir: Path, subscriptions: Subscriptions
) -> AsyncIterator[Topic]:
    async with new_topic(kafka.bootstrap, 1) as prefix:
        settings = probe_settings(
            await postgres.create("probe", MIGRATIONS),
            secrets_dir,
            kafka_bootstrap_servers=kafka.bootstrap,
            topic_prefix=prefix,
        )
        db = await Database.open(settings, "probe")
        consumer = Consumer(db, subscriptions, settings, "probe")
        await consumer.start()
        async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
            yield Topic(producer, prefix + TOPIC, db, consumer)
        await consumer.stop()
        await db.close()


async def test_bad_bytes_anywhere_are_put_aside_and_hold_nobody_up(topic: Topic) -> None:
    neighbors = [await topic.publish_good()]
    expected = 0
    for bad in BAD:
        value, key, headers = good(uuid4())
        await topic.publish(bad, key, headers)
        for name in ("ce_type", "ce_id", "ce_sequence", "ce_time"):
            await topic.publish(value, key, headers | {name: bad})
        expected += 5
        # What names nothing that we look at is no fault, as long as it is text.
        await topic.publish(value, bad, headers)
        await topic.publish(value, key, headers | {"ce_source": bad})
        neighbors.append(await topic.publish_good())
    for name in (b"\xff\xfe", b"a\x00"):
        await topic.publish_with_header_name(name)
        neighbors.append(await topic.publish_good())
    for neighbor in neighbors:
        await eventually(lambda neighbor=neighbor: topic.has(neighbor), 30)
    letters = await topic.letters()
    assert len(letters) >= expected
    for letter in letters:
        assert f"{letter['key']}{letter['event_type']}{letter['cause']}".isprintable()
    assert {letter["cause"] for letter in letters} >= {"MalformedRecord header names", r"UnknownEvent a\x00b"}
    report = (await topic.consumer.report())[TOPIC]
    assert (report["state"], report["reason"], report["lag"]) == ("following", None, 0)


async def test_a_consumer_that_repeats_its_work_is_stuck_however_busy(topic: Topic) -> None:
    """The place is what counts: here nothing can be put aside, so one bad record brings the same batch again and again."""
    await topic.db.execute(REFUSE_SQL)
    value, key, headers = good(uuid4())
    await topic.publish(value, key, headers | {"ce_type": b"\x00"})
    behind = await topic.publish_good()
    applier = topic.consumer._applier
    applied = applier.progress[TOPIC]
    await eventually(lambda: attempted(topic.db, 1), 20)
    settled = applied.settled
    await eventually(lambda: attempted(topic.db, 3), 20)
    assert applied.settled == settled
    assert not await topic.has(behind)
    await topic.db.execute("drop trigger refuse on dead_letters")
    await eventually(lambda: topic.has(behind), 20)
    assert applied.settled == settled + 2


async def attempted(db: Database, count: int) -> bool:
    """Whether the record was to be put aside so often."""
    return bool(await db.fetchval("select is_called and last_value >= $1 from attempts", count))
