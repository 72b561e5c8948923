"""A process whose clock is wrong: it serves nobody and says why, loses nothing that it accepted, and is well again by itself."""

from uuid import uuid4

import httpx2
import pytest

from chassis.actor import CLOCK_SKEW_SECONDS
from chassis.clock_watch import ClockWatch
from chassis.settings import ProcessRole, ServiceSettings
from contracts.family.events import HouseholdCreated
from tests.component.chassis.probe_service import NOW, running_probe
from tests.support.polling import eventually
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

WRONG = CLOCK_SKEW_SECONDS + 15
API = frozenset({ProcessRole.API})


def set_wrong(settings: ServiceSettings, seconds: int) -> ServiceSettings:
    """A process on a machine whose clock is wrong."""
    return settings.model_copy(update={"roles": API, "clock_error_seconds": seconds})


def clock_of(probe: RunningService) -> ClockWatch:
    clock: ClockWatch = probe.app.state.clock
    return clock


async def written(probe: RunningService, key: dict[str, str]) -> httpx2.Response:
    """Ask for a note, which is an event too."""
    headers = probe.as_system() | key
    return await probe.client.post("/notes", json={"text": "Bonjour", "lines": [{"count": 1}]}, headers=headers)


async def events(probe: RunningService) -> int:
    count: int = await probe.db.fetchval("select count(*) from outbox")
    return count


@pytest.mark.parametrize(
    ("seconds", "words"), [(WRONG, "45 s ahead of the database's"), (-WRONG, "45 s behind the database's")]
)
async def test_a_wrong_clock_is_red_and_says_why_and_serves_nobody(
    settings: ServiceSettings, seconds: int, words: str
) -> None:
    async with running_probe(set_wrong(settings, seconds)) as probe:
        ready = await probe.client.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (503, "not ready")
        assert ready.json()["reasons"] == [f"this clock is {words}"]
        assert (await probe.client.get("/health/live")).status_code == 200, "another process would have the same clock"
        for path in ("/myself", "/shelf"):
            refused = await probe.client.get(path, headers=probe.as_system())
            assert (refused.status_code, refused.json()["code"]) == (503, "unavailable"), path
            assert "clock" in refused.json()["detail"]
        assert (await written(probe, probe.key())).status_code == 503
        assert await events(probe) == 0
        metrics = (await probe.client.get("/metrics")).text
        (line,) = [line for line in metrics.splitlines() if line.startswith('clock_ahead_seconds{service="probe"}')]
        assert float(line.split()[-1]) == pytest.approx(seconds, abs=5)


@pytest.mark.parametrize("seconds", [CLOCK_SKEW_SECONDS - 5, 5 - CLOCK_SKEW_SECONDS])
async def test_clocks_that_differ_a_little_disturb_nobody(settings: ServiceSettings, seconds: int) -> None:
    async with running_probe(set_wrong(settings, seconds)) as probe:
        assert (await probe.client.get("/health/ready")).json() == {"status": "ready", "reasons": []}
        assert (await probe.client.get("/myself", headers=probe.as_system())).status_code == 200
        assert (await written(probe, probe.key())).status_code == 201


async def test_nothing_that_was_accepted_is_lost_while_a_clock_is_wrong(settings: ServiceSettings) -> None:
    async with running_probe(set_wrong(settings, 0)) as probe:
        key = probe.key()
        accepted = await written(probe, key)
        assert accepted.status_code == 201
        refused = probe.key()
        clock_of(probe).error_seconds = WRONG
        assert (await probe.client.get("/health/ready")).status_code == 503
        assert (await written(probe, key)).status_code == 503
        assert (await written(probe, refused)).status_code == 503
        # What others publish goes on to be applied, and what was accepted still waits to be published.
        await probe.deliver(HouseholdCreated(household_id=uuid4(), created_at=NOW))
        assert await events(probe) == 1
        clock_of(probe).error_seconds = 0
        assert (await probe.client.get("/health/ready")).status_code == 200
        again = await written(probe, key)
        assert (again.status_code, again.json()) == (201, accepted.json())
        assert await events(probe) == 1, "the same key is the same note"
        assert (await written(probe, refused)).status_code == 201
        assert await events(probe) == 2


async def test_a_clock_that_is_set_right_is_noticed_by_itself(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.clock_watch.LOOK_SECONDS", 0.02)
    async with running_probe(set_wrong(settings, WRONG)) as probe:

        async def is_served() -> bool:
            return (await probe.client.get("/shelf")).status_code == 200

        assert not await is_served()
        clock_of(probe).error_seconds = 0
        await eventually(is_served)
        clock_of(probe).error_seconds = -WRONG
        await eventually(lambda: clock_of(probe).reason)
        assert not await is_served()
