"""Topics from outside the product: read whole, as a curious partner could, and written as only a service may."""

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from contracts.event import Envelope

T = TypeVar("T")


def read_topics(bootstrap: str, names: Sequence[str]) -> dict[str, str]:
    """Everything that topics hold, headers, keys and values, as text by topic.

    It runs in a thread of its own, because a browser test already has an event loop in this one.
    """
    texts = dict.fromkeys(names, "")
    for record in in_thread(_records(bootstrap, names)):
        parts = [record.key or b"", record.value or b"", *(value for _, value in record.headers)]
        texts[record.topic] += " ".join(part.decode(errors="replace") for part in parts) + "\n"
    return texts


def read_last(bootstrap: str, names: Sequence[str]) -> dict[str, str]:
    """The last value of each key, as text by topic: what is left of them once they are compacted."""
    last: dict[tuple[str, bytes], str] = {}
    for record in in_thread(_records(bootstrap, names)):
        last[record.topic, record.key or b""] = (record.value or b"").decode(errors="replace")
    texts = dict.fromkeys(names, "")
    for (name, _), text in last.items():
        texts[name] += f"{text}\n"
    return texts


def publish(bootstrap: str, envelope: Envelope) -> None:
    """Write a record as the relay of a service would."""
    in_thread(_publish(bootstrap, envelope))


def in_thread(work: Coroutine[Any, Any, T]) -> T:
    """What asynchronous work comes to, from a test that cannot await it."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _publish(bootstrap: str, envelope: Envelope) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    try:
        await producer.send_and_wait(
            envelope.topic, key=envelope.key.encode(), value=envelope.payload, headers=envelope.headers()
        )
    finally:
        await producer.stop()


async def _records(bootstrap: str, names: Sequence[str]) -> list[Any]:
    """Every record, in the order of its partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = await _partitions(bootstrap, names)
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        records: list[Any] = []
        while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            for some in (await consumer.getmany(timeout_ms=500)).values():
                records += some
        return records
    finally:
        await consumer.stop()


async def _partitions(bootstrap: str, names: Sequence[str]) -> list[TopicPartition]:
    """Every partition, by the broker's own word: a consumer's cached view may not know a topic yet."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        descriptions = await admin.describe_topics(list(names))
    finally:
        await admin.close()
    partitions = [
        TopicPartition(description["topic"], part["partition"])
        for description in descriptions
        for part in description["partitions"]
    ]
    assert {partition.topic for partition in partitions} == set(names)
    return partitions
