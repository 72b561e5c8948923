"""What operations may ask a process: alive, ready, its consumers, its metrics."""

import asyncio
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from chassis.data.database import Database
from chassis.health import Health
from chassis.settings import ProcessRole, ServiceSettings
from chassis.supervision import Intensity, Supervisor
from contracts.family.events import HouseholdCreated
from tests.component.chassis.conftest import probe_settings
from tests.component.chassis.probe_service import NOW, Gate, running_probe
from tests.support.databases import Postgres
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio


async def test_a_process_without_the_api_role_still_answers_for_its_health(settings: ServiceSettings) -> None:
    async with running_probe(settings.model_copy(update={"roles": frozenset({ProcessRole.JOBS})})) as probe:
        assert (await probe.client.get("/health/live")).json() == {"status": "alive", "dead_parts": []}
        assert (await probe.client.get("/health/ready")).status_code == 200
        assert (await probe.client.get("/health/consumers")).json() == {}
        assert 'database_connections_in_use{service="probe"}' in (await probe.client.get("/metrics")).text
        assert (await probe.client.get("/time")).status_code == 404


async def test_ready_follows_the_database_and_alive_does_not(postgres: Postgres, secrets_dir: Path) -> None:
    async with Gate.to(await postgres.create("probe")) as gate:
        roles = frozenset({ProcessRole.API})
        async with running_probe(probe_settings(gate.url, secrets_dir, roles=roles)) as probe:
            statuses = []
            for change in (gate.reopen, gate.close, gate.reopen):
                change()
                statuses.append((await probe.client.get("/health/ready")).status_code)
                assert (await probe.client.get("/health/live")).status_code == 200
            assert statuses == [200, 503, 200]


async def test_a_part_that_ended_by_itself_makes_the_process_dead(settings: ServiceSettings) -> None:
    async with running_probe(settings.model_copy(update={"roles": frozenset({ProcessRole.API})})) as probe:
        supervisor = Supervisor(Intensity(deaths_max=1))
        supervisor.start("relay", partial(asyncio.sleep, 0))
        await eventually(lambda: supervisor.given_up)
        health: Health = probe.app.state.health
        health.start(probe.db, None, supervisor)
        answer = await probe.client.get("/health/live")
        assert (answer.status_code, answer.json()["dead_parts"]) == (503, ["relay"])
        health.stopping()
        assert (await probe.client.get("/health/ready")).status_code == 503


async def test_metrics_are_answered_without_a_database(
    postgres: Postgres, secrets_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.sampling.FRESH_SECONDS", 0)
    async with Gate.to(await postgres.create("probe")) as gate:
        settings = probe_settings(gate.url, secrets_dir, roles=frozenset({ProcessRole.API}))
        async with running_probe(settings) as probe:

            async def measured() -> tuple[str, str]:
                text = (await probe.client.get("/metrics")).text
                values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
                return values['database_answers{service="probe"}'], values['outbox_events{service="probe"}']

            await keep_waiting_event(probe.db)
            assert await measured() == ("1.0", "1.0")
            gate.close()
            assert await measured() == ("0.0", "NaN")
            gate.reopen()
            assert await measured() == ("1.0", "1.0")


async def keep_waiting_event(db: Database) -> None:
    """An event in the outbox, which no relay publishes."""
    async with db.transaction() as tx:
        tx.emit(HouseholdCreated(household_id=uuid4(), created_at=NOW))
