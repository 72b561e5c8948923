"""The background tasks of the Kafka client library, so that they can be supervised: it hides them, and when one dies it reports nothing.

A coordinator that met an error that the library does not expect (uvloop raises RuntimeError for a closed transport where asyncio raises
OSError: aiokafka issue 1038) never joins its group again, a dead metadata task lets everybody who asks for metadata wait for ever.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.client import AIOKafkaClient

CLOSE_SECONDS = 5.0


def is_member(consumer: AIOKafkaConsumer | None) -> bool:
    """Whether a consumer is a member of its group, with no rebalance under way."""
    coordinator = getattr(consumer, "_coordinator", None)
    return coordinator is not None and coordinator.generation > 0 and not coordinator._rejoin_needed_fut.done()


def consumer_tasks(consumer: AIOKafkaConsumer) -> Mapping[str, "asyncio.Task[Any]"]:
    """The tasks that must run now. The heartbeat and the reading of committed offsets pause during a rebalance."""
    tasks = {"metadata": consumer._client._sync_task}
    if consumer._fetcher is not None:
        tasks["fetcher"] = consumer._fetcher._fetch_task
    if coordinator := consumer._coordinator:
        tasks["coordinator"] = coordinator._coordination_task
        if is_member(consumer):
            tasks["heartbeat"] = coordinator._heartbeat_task
            tasks["committed offsets"] = coordinator._commit_refresh_task
    return {name: task for name, task in tasks.items() if task is not None}


def producer_tasks(producer: AIOKafkaProducer) -> Mapping[str, "asyncio.Task[Any]"]:
    tasks = {"metadata": producer.client._sync_task, "sender": producer._sender.sender_task}
    return {name: task for name, task in tasks.items() if task is not None}


async def close_consumer(consumer: AIOKafkaConsumer) -> None:
    """Leave the group and close what is open. The library stops at the first part that died: then each is closed alone."""
    if any(task.done() for task in consumer_tasks(consumer).values()):
        _drop_connections(consumer._client)
    if await _within_time(consumer.stop()):
        return
    for part in (consumer._coordinator, consumer._fetcher, consumer._client):
        if part is not None:
            await _within_time(part.close())
    await _end(consumer_tasks(consumer))


async def close_producer(producer: AIOKafkaProducer, seconds: float) -> None:
    """Hand over what is under way, within so many seconds, and close what is open. One whose task died hands nothing over."""
    if any(task.done() for task in producer_tasks(producer).values()):
        seconds = CLOSE_SECONDS
    if await _within_time(producer.stop(), seconds):
        return
    await _within_time(producer._sender.close())
    await _within_time(producer.client.close())
    await _end(producer_tasks(producer))


def _drop_connections(client: AIOKafkaClient) -> None:
    """Whatever killed a task may sit in a connection: the group is left over a new one, for it would wait for a silent member."""
    for connection in tuple(client._conns.values()):
        connection.close()


async def _within_time(closing: Coroutine[Any, Any, None], seconds: float = CLOSE_SECONDS) -> bool:
    """Whether it closed well. In a task of its own, so that the end of a task that it waits for is not taken for our own."""
    task = asyncio.create_task(closing)
    await _end({"closing": task}, seconds)
    return task.done() and not task.cancelled() and task.exception() is None


async def _end(tasks: Mapping[str, "asyncio.Task[Any]"], seconds: float = 0.0) -> None:
    if not tasks:
        return
    try:
        await asyncio.wait(tasks.values(), timeout=seconds)
    finally:
        for task in tasks.values():
            task.cancel()
    done, _ = await asyncio.wait(tasks.values(), timeout=CLOSE_SECONDS)
    for task in done:
        if not task.cancelled():
            task.exception()  # told already
