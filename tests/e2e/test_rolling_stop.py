"""Replicas that are told to stop, and services that stop answering: no visitor loses a request, and nobody waits long."""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import httpx2
import pytest

from contracts.types import SERVICES
from deploy.local.child import LOOPBACK, ROOT, wait_until
from deploy.local.kafka import KafkaServer
from deploy.local.processes import ManagedProcess, wait_all_ready
from deploy.local.stack import Stack, StackPlan
from tests.e2e.conftest import last_words
from tests.e2e.traffic import LOGIN, PATIENCE_SECONDS, Family, steady_traffic
from tests.support.databases import Postgres
from tests.support.polling import eventually

REPLICAS = 2
STOP_SECONDS = 20.0
VISITORS = 200
LATER_VISITORS = 10
QUICK_SECONDS = 1.0
SLOW_MACHINE = 50  # on a busy machine a page that waits for nobody may take as many times its usual time
GROWTH_BYTES_MAX = 60_000_000


@pytest.fixture(scope="module")
def pair(
    request: pytest.FixtureRequest, postgres: Postgres, kafka: KafkaServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """The running portal with two replicas of every service."""
    plan = StackPlan(
        state_dir=tmp_path_factory.mktemp("pair"),
        replicas=dict.fromkeys(SERVICES, REPLICAS),
        database_url=postgres.server.admin_dsn,
        kafka_bootstrap=kafka.bootstrap,
        prefix="pair_",
    )
    with Stack(plan) as running:
        seed = [sys.executable, "-m", "tools.seed"]
        seeded = subprocess.run(seed, env={**os.environ, **running.tool_env()}, cwd=ROOT, check=False, timeout=120)
        assert seeded.returncode == 0, last_words(running)
        failed_before = request.session.testsfailed
        yield running
        if request.session.testsfailed > failed_before:
            print(last_words(running))


def restart(replicas: list[ManagedProcess]) -> None:
    """Tell processes to stop, wait until they have, and start them again."""
    for replica in replicas:
        replica.ask_to_stop()
    wait_until(lambda: not any(replica.is_running() for replica in replicas), STOP_SECONDS)
    assert [replica.exit_code for replica in replicas] == [0] * len(replicas)
    for replica in replicas:
        replica.launch()
    wait_all_ready(replicas)


def test_no_request_fails_while_each_replica_is_stopped_and_started(pair: Stack) -> None:
    with steady_traffic(pair.portal_url) as families:
        for number in ("", "-2"):
            asked, booked = [len(family.seconds) for family in families], families[2].booked
            restart([pair.processes[service + number] for service in SERVICES])
            assert all(len(family.seconds) > before for family, before in zip(families, asked, strict=True))
            assert families[2].booked > booked
    assert [failure for family in families for failure in family.failures] == []


def test_gateway_that_is_told_to_stop_answers_what_it_was_asked(pair: Stack) -> None:
    gateway, body = pair.processes["gateway"], json.dumps(LOGIN).encode()
    head = (
        f"POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n"
    )
    with socket.create_connection((LOOPBACK, gateway.port), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode())
        assert b"100 Continue" in connection.recv(1000), "the request is under way"
        gateway.ask_to_stop()
        assert wait_until(lambda: is_closed(gateway.port), STOP_SECONDS)
        connection.sendall(body)
        assert connection.recv(1000).startswith(b"HTTP/1.1 201 ")
    assert wait_until(lambda: not gateway.is_running(), STOP_SECONDS)
    assert gateway.exit_code == 0
    gateway.launch()
    gateway.wait_ready()


def is_closed(port: int) -> bool:
    """Whether nobody listens on a port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=QUICK_SECONDS).close()
    except ConnectionRefusedError:
        return True
    return False


def test_service_that_hangs_holds_up_nothing_but_its_own_part(pair: Stack) -> None:
    asyncio.run(visit_while_booking_hangs(pair))


async def visit_while_booking_hangs(stack: Stack) -> None:
    """Two hundred families open their home page at once, and others open a page that needs nobody."""
    token = Family.sign_in(stack.portal_url).token
    gateway = stack.processes["gateway"]
    limits = httpx2.Limits(max_connections=None)
    async with httpx2.AsyncClient(base_url=stack.portal_url, timeout=PATIENCE_SECONDS, limits=limits) as http:
        assert "indisponible" not in (await visit(http, "/mon-accueil", token))[0]
        quick = max(QUICK_SECONDS, SLOW_MACHINE * (await visit(http, "/aide"))[1])
        idle, memory = connections_of(gateway), resident_bytes(gateway)
        send_to_booking(stack, signal.SIGSTOP)
        try:
            homes = [asyncio.create_task(visit(http, "/mon-accueil", token)) for _ in range(VISITORS)]
            others = []
            while not all(home.done() for home in homes):
                others.append((await visit(http, "/aide"))[1])
            assert median(others) < quick
            assert all("Mes dernières demandes : indisponible" in words for words, _ in await asyncio.gather(*homes))
            later = await asyncio.gather(*(visit(http, "/mon-accueil", token) for _ in range(LATER_VISITORS)))
            assert all("indisponible" in words for words, _ in later)
            assert median(seconds for _, seconds in later) < quick, (
                "by now it is known: one tries, and nobody else waits"
            )
        finally:
            send_to_booking(stack, signal.SIGCONT)
    async with httpx2.AsyncClient(base_url=stack.portal_url, timeout=PATIENCE_SECONDS) as http:

        async def is_back() -> bool:
            return "indisponible" not in (await visit(http, "/mon-accueil", token))[0]

        async def nothing_piled_up() -> bool:
            # A call is what makes the gateway look which of its connections are not needed any more, at each replica.
            return await is_back() and connections_of(gateway) <= REPLICAS * idle

        await eventually(is_back, PATIENCE_SECONDS)
        await eventually(nothing_piled_up, STOP_SECONDS)
    assert resident_bytes(gateway) - memory < GROWTH_BYTES_MAX


async def visit(http: httpx2.AsyncClient, path: str, token: str = "") -> tuple[str, float]:
    """What a page says, and the seconds that it took."""
    started = time.monotonic()
    answer = await http.get(path, headers={"Cookie": f"__Host-session={token}"} if token else {})
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split()), time.monotonic() - started


def send_to_booking(stack: Stack, sign: signal.Signals) -> None:
    """Send a signal to both replicas of booking."""
    for replica in ("booking", "booking-2"):
        stack.send(replica, sign)


def connections_of(gateway: ManagedProcess) -> int:
    """How many connections the gateway holds open, its visitors' and its own."""
    return sum(1 for entry in Path(f"/proc/{gateway.pid}/fd").iterdir() if is_socket(entry))


def is_socket(entry: Path) -> bool:
    """Whether a file descriptor is a connection; it may be closed while one looks."""
    try:
        return str(entry.readlink()).startswith("socket:")
    except OSError:
        return False


def resident_bytes(process: ManagedProcess) -> int:
    """The memory that a process has now."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) * 1024
