"""The gateway as a program: its two ports, whom it believes about a visitor's address, and how it leaves."""

import http.client
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from contracts.types import SERVICES
from deploy.local.child import LOOPBACK, free_ports, wait_until
from deploy.local.processes import ManagedProcess
from tests.component.gateway.alone import NOBODY
from tests.support.services import DEMO_TOWN

DRAIN_SECONDS = 4.0
PAGES = 5
STOP_SECONDS = 20.0

StartGateway = Callable[..., ManagedProcess]


@pytest.fixture
def start_gateway(secrets_dir: Path, tmp_path: Path) -> Iterator[StartGateway]:
    """Starts `python -m gateway` with some variables."""
    started: list[ManagedProcess] = []

    def start(**variables: str) -> ManagedProcess:
        (port,) = free_ports(1)
        env = {f"{name.upper()}_URL": NOBODY for name in SERVICES}
        env |= {"HTTP_PORT": str(port), "TOWN_FILE": str(DEMO_TOWN), "SECRETS_DIR": str(secrets_dir)}
        env |= {"PORTAL_URL": f"http://localhost:{port}", "DRAIN_SECONDS": str(DRAIN_SECONDS)}
        process = ManagedProcess("gateway", "gateway", port, env | variables, tmp_path / f"gateway-{port}.log")
        started.append(process)
        process.launch()
        process.wait_ready()
        return process

    yield start
    for process in started:
        process.kill()


def test_metrics_are_on_their_own_port_alone(start_gateway: StartGateway) -> None:
    (metrics_port,) = free_ports(1)
    gateway = start_gateway(METRICS_PORT=str(metrics_port))
    assert httpx2.get(f"{gateway.url}/aide").status_code == 200
    assert httpx2.get(f"{gateway.url}/metrics").status_code == 404
    metrics = httpx2.get(f"http://{LOOPBACK}:{metrics_port}/metrics").text
    assert re.search(r'http_request_seconds_count\{.*route="/aide".*\} 1\.0', metrics)
    assert httpx2.get(f"{gateway.url}/health/live").json() == {"status": "alive", "dead_parts": []}
    with closing(socket.create_connection((LOOPBACK, gateway.port))) as connection:
        connection.sendall(b"GET /" + b"x" * 1_000_000 + b" HTTP/1.1\r\n\r\n")
        assert b" 200 " not in connection.recv(1000), "the process guards its connections"


@pytest.mark.parametrize(("trusted", "is_believed"), [(LOOPBACK, True), ("192.0.2.77", False)])
def test_only_a_trusted_proxy_says_who_visits(start_gateway: StartGateway, trusted: str, is_believed: bool) -> None:
    gateway = start_gateway(FORWARDED_ALLOW_IPS=trusted, PAGES_PER_MINUTE=str(PAGES))
    statuses = [
        httpx2.get(f"{gateway.url}/aide", headers={"X-Forwarded-For": f"198.51.100.{number}"}).status_code
        for number in range(PAGES * 2)
    ]
    assert statuses.count(429) == (0 if is_believed else PAGES)


def test_it_stops_being_ready_before_it_stops_answering(start_gateway: StartGateway) -> None:
    gateway = start_gateway()
    with closing(http.client.HTTPConnection(LOOPBACK, gateway.port)) as kept:
        assert status_and_connection(kept, "/health/ready") == (200, None)
        gateway.ask_to_stop()
        assert wait_until(lambda: not gateway.is_ready(), DRAIN_SECONDS)
        assert status_and_connection(kept, "/aide") == (200, "close")
    assert httpx2.get(f"{gateway.url}/aide").status_code == 200, "a new connection is answered too"
    assert wait_until(lambda: not gateway.is_running(), STOP_SECONDS)
    assert gateway.exit_code == 0
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{gateway.url}/aide")


def status_and_connection(connection: http.client.HTTPConnection, path: str) -> tuple[int, str | None]:
    """The status of an answer, and what it says of its connection."""
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.getheader("connection")
