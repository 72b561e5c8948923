"""The gateway's process is over once the thread that serves its metrics died, and not because it is told to stop."""

from threading import Thread

from chassis.supervision import Supervisor
from contracts.types import SERVICES
from gateway.app import GatewayHealth
from gateway.clock_watch import GatewayClock
from gateway.settings import GatewaySettings

SETTINGS = GatewaySettings.model_validate(
    {"http_port": 1, "town_file": "town.toml", "secrets_dir": ".", "portal_url": "http://portal.example"}
    | {f"{name}_url": "http://127.0.0.1:1" for name in SERVICES}
)


def health_of() -> GatewayHealth:
    """A gateway whose clock nobody compared yet."""
    return GatewayHealth(GatewayClock(SETTINGS), Supervisor())


def ended() -> Thread:
    """A thread that ended."""
    thread = Thread(target=str)
    thread.start()
    thread.join()
    return thread


def test_a_dead_thread_of_metrics_ends_the_process() -> None:
    health = health_of()
    assert (health.dead_parts(), health.is_over()) == ([], False)
    health.serves_metrics(ended())
    assert (health.dead_parts(), health.is_over()) == (["metrics"], True)
    health.stopping()
    assert health.is_over()


def test_a_stop_is_no_death() -> None:
    health = health_of()
    health.stopping()
    health.serves_metrics(ended())
    assert (health.dead_parts(), health.is_over()) == ([], False)
