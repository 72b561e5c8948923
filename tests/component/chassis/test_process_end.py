"""A process whose part cannot be kept running ends by itself, with a code that makes whoever runs it start it again."""

import asyncio
from pathlib import Path

import pytest

from chassis.settings import ServiceSettings
from tests.support.processes import running_process
from tests.support.services import DEMO_TOWN

pytestmark = pytest.mark.anyio

END_SECONDS = 60.0


async def test_a_process_without_its_pool_ends(settings: ServiceSettings, tmp_path: Path) -> None:
    environment = {
        "ROLES": "api",
        "DATABASE_URL": settings.database_url,
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "TOWN_FILE": str(DEMO_TOWN),
        "SECRETS_DIR": str(settings.secrets_dir),
        "PORTAL_URL": "http://localhost",
    }
    log = tmp_path / "log"
    async with running_process("tests.component.chassis.probe_service", log, environment) as probe:
        assert (await probe.client.get("/drained")).status_code == 200
        assert await asyncio.wait_for(probe.process.wait(), END_SECONDS) == 1
    assert '"event":"part died"' in log.read_text()
    assert '"event":"part is given up, the process ends"' in log.read_text()
