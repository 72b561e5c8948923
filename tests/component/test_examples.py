"""The subscriber of `examples/`, run as another town system would run it, against a record as the relay publishes it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer

from contracts.booking.events import BookingCancelled, BookingConfirmed
from contracts.event import Envelope, Event
from deploy.local.kafka import KafkaServer
from deploy.local.topics import ensure_topics
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio

REPOSITORY = Path(__file__).parents[2]
HOUSEHOLD = UUID("0199a3c1-7b20-7c4e-9d11-2f6a5c8e0b01")
CHILD = UUID("0199a3c1-7b23-7e02-b7c9-5a81d2e6f403")
ACTIVITY = UUID("01998e10-5a00-7000-8a3f-6d2b9c4e7f05")
PREFIX = "example."  # topics of its own: other tests publish bookings too
SLOT = UUID("01998e11-1000-7111-8b22-9c33ad44be0a")
NOW = datetime(2026, 9, 4, 19, 12, 45, tzinfo=UTC)


def confirmed(day: int) -> BookingConfirmed:
    """A booking of a day of September."""
    return BookingConfirmed(
        booking_id=uuid4(),
        basket_id=uuid4(),
        household_id=HOUSEHOLD,
        child_id=CHILD,
        activity_id=ACTIVITY,
        unit_code="day",
        slot_id=SLOT,
        service_on=date(2026, 9, day),
        confirmed_at=NOW,
    )


async def publish(kafka: KafkaServer, *events: Event) -> None:
    """Publish events as the relay does."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await producer.start()
    try:
        for sequence, event in enumerate(events, 1):
            envelope = Envelope(
                event_id=uuid4(),
                event_type=event.event_type,
                source="/portail-famille/booking",
                topic=event.topic,
                key=event.key,
                sequence=sequence,
                time=NOW,
                payload=event.payload(),
            )
            await producer.send_and_wait(
                PREFIX + envelope.topic, value=envelope.payload, key=envelope.key.encode(), headers=envelope.headers()
            )
    finally:
        await producer.stop()


@contextmanager
def running_example(kafka: KafkaServer, output: Path) -> Iterator[None]:
    """The example as a process of its own; what it prints goes to a file."""
    environment = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap, "TOPIC_PREFIX": PREFIX}
    with output.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "examples/print_bookings.py"], cwd=REPOSITORY, env=environment, stdout=file
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(10)


async def test_example_prints_confirmed_bookings_and_nothing_else(kafka: KafkaServer, tmp_path: Path) -> None:
    output = tmp_path / "output.txt"
    cancelled = BookingCancelled(
        **confirmed(30).model_dump(exclude={"basket_id", "confirmed_at"}), is_chargeable=False, cancelled_at=NOW
    )
    await ensure_topics(kafka.bootstrap, PREFIX)
    with running_example(kafka, output):
        await publish(kafka, confirmed(16), cancelled, confirmed(23))
        await eventually(lambda: "2026-09-23" in output.read_text(), seconds=30)
    assert output.read_text().splitlines() == [
        f"2026-09-16 child {CHILD} activity {ACTIVITY}",
        f"2026-09-23 child {CHILD} activity {ACTIVITY}",
    ]


def test_example_needs_no_code_of_ours() -> None:
    source = (REPOSITORY / "examples" / "print_bookings.py").read_text()
    assert not any(f"import {package}" in source or f"from {package}" in source for package in ("contracts", "chassis"))
