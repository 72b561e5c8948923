"""A gateway whose machine has a wrong clock says so in its health, and comes back by itself; a service with a wrong clock misleads nobody."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from chassis.actor import CLOCK_SKEW_SECONDS
from contracts.types import SERVICES
from gateway.clock_watch import GatewayClock
from tests.component.gateway.alone import limited_gateway, visitor
from tests.component.gateway.town import Town
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio

WRONG = 2 * CLOCK_SKEW_SECONDS


@pytest.fixture
def clock(town: Town) -> Iterator[GatewayClock]:
    """The clock of the town's gateway, set right again afterwards."""
    own: GatewayClock = town.gateway.state.clock
    yield own
    own.error_seconds, own.reason = 0, ""
    for service in town.services.values():
        service.app.state.clock.error_seconds, service.app.state.clock.reason = 0, ""


async def health(town: Town) -> tuple[int, list[str]]:
    """The answer of the gateway's readiness check."""
    answer = await town.browser().get("/health/ready")
    reasons: list[str] = answer.json()["reasons"]
    return answer.status_code, reasons


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (WRONG, r"this clock is (5\d|60) s ahead of the services'"),
        (-WRONG, r"this clock is (5\d|60) s behind the services'"),
    ],
)
async def test_a_wrong_clock_is_red_until_it_is_right(
    town: Town, clock: GatewayClock, seconds: int, words: str
) -> None:
    assert await clock.look()
    assert await health(town) == (200, [])
    clock.error_seconds = seconds
    assert await clock.look()
    status, (reason,) = await health(town)
    assert status == 503
    assert re.fullmatch(words, reason), reason
    assert REGISTRY.get_sample_value("clock_ahead_seconds", {"service": "gateway"}) == pytest.approx(seconds, abs=5)
    clock.error_seconds = 0
    assert await clock.look()
    assert await health(town) == (200, [])


@pytest.mark.parametrize("seconds", [CLOCK_SKEW_SECONDS - 5, 5 - CLOCK_SKEW_SECONDS])
async def test_a_small_difference_disturbs_nobody(town: Town, clock: GatewayClock, seconds: int) -> None:
    clock.error_seconds = seconds
    assert await clock.look()
    assert await health(town) == (200, [])


async def test_it_is_noticed_and_over_without_a_visitor(
    town: Town, clock: GatewayClock, monkeypatch: pytest.MonkeyPatch, secrets_dir: Path
) -> None:
    monkeypatch.setattr("chassis.clock_watch.LOOK_SECONDS", 0.02)
    addresses = {f"{name}_url": f"http://127.0.0.1:{town.listeners[name].port}" for name in SERVICES}
    with capture_logs() as lines:
        async with limited_gateway(secrets_dir, clock_error_seconds=WRONG, **addresses) as app:
            await eventually(lambda: app.state.clock.reason)
            assert (await visitor(app).get("/health/ready")).status_code == 503
            app.state.clock.error_seconds = 0
            await eventually(lambda: not app.state.clock.reason)
            assert (await visitor(app).get("/health/ready")).status_code == 200
    sentences = [line["event"] for line in lines if line["event"].startswith("clock is ")]
    assert sentences == ["clock is wrong", "clock is right again"], "once each"


async def test_a_service_whose_clock_is_wrong_is_not_believed(town: Town, clock: GatewayClock) -> None:
    """It is not ready itself; also where all but one are wrong, and by as much."""
    *wrong, right = SERVICES
    for name in wrong:
        town.services[name].app.state.clock.error_seconds = WRONG
    assert await clock.look()
    assert await health(town) == (200, [])
    clock.error_seconds = WRONG
    assert await clock.look()
    assert (await health(town))[0] == 503, f"{right} alone is right"


async def test_what_was_seen_last_holds_while_no_service_answers(secrets_dir: Path) -> None:
    """A gateway that cannot compare is not made unready by that: its pages say what they miss."""
    async with limited_gateway(secrets_dir, clock_error_seconds=WRONG) as app:
        assert not await app.state.clock.look()
        assert (await visitor(app).get("/health/ready")).status_code == 200
