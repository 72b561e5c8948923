"""A stream of records over the real broker: nothing is passed over, whatever FastStream would make of a handler that fails."""

import asyncio
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from chassis.events.stream import Records, Source, Stream
from chassis.supervision import PartDied
from deploy.local.kafka import KafkaServer
from tests.component.chassis.test_consumer_health import TOPIC, new_topic

pytestmark = pytest.mark.anyio

SECONDS_MAX = 30.0


class Refused(Exception):
    """What a handler died of."""


async def test_a_batch_whose_handler_fails_ends_the_stream_and_comes_again(kafka: KafkaServer) -> None:
    seen: list[bytes | None] = []

    async def refuse(records: Records) -> None:
        seen.extend(record.value for record in records)
        raise Refused

    async with new_topic(kafka.bootstrap, 1) as prefix:
        source = Source(kafka.bootstrap, "test", prefix + TOPIC, prefix + "test")
        value = str(uuid4()).encode()
        async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
            await producer.send_and_wait(source.topic, value)
        for _ in range(2):
            with pytest.raises(PartDied, match="loop") as death:
                async with asyncio.timeout(SECONDS_MAX):
                    await Stream(source, refuse).run()
            assert isinstance(death.value.__cause__, Refused)
    assert seen == [value, value]
