"""A process under load has no more connections to its database than its settings say."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from chassis.settings import ProcessRole, ServiceSettings
from deploy.local.kafka import KafkaServer
from tests.component.chassis.probe_service import running_probe
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio

REQUESTS = 40
COUNT_SQL = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"


@pytest.fixture
async def observer(settings: ServiceSettings) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(settings.database_url)
    yield connection
    await connection.close()


async def test_a_service_under_load_keeps_to_its_connections(
    settings: ServiceSettings, kafka: KafkaServer, observer: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    roles = frozenset({ProcessRole.API, ProcessRole.RELAY, ProcessRole.JOBS})
    settings = settings.model_copy(update={"roles": roles, "kafka_bootstrap_servers": kafka.bootstrap})
    most = 0

    async def is_full() -> bool:
        nonlocal most
        most = max(most, await observer.fetchval(COUNT_SQL))
        return most >= settings.connections_max

    async with running_probe(settings) as probe:
        held = [asyncio.create_task(probe.db.execute("select pg_sleep(0.5)")) for _ in range(REQUESTS)]
        requests = [asyncio.create_task(probe.client.get("/time")) for _ in range(REQUESTS)]
        await eventually(is_full, 30)
        await asyncio.gather(*held, *requests)
        await is_full()
    assert most == settings.connections_max
