"""The simulators as real processes on free ports, and a town that receives notifications."""

import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest

from deploy.local.child import free_ports
from tests.component.simulators.identification import FranceConnect
from tests.component.simulators.oidc import running_provider
from tests.component.simulators.running import Payfip, Simulator, Town


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """A town on a free port."""
    town = Town("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            town.calls.append((self.headers["Content-Type"], body))
            self.send_response(town.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing on the console of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    town.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield town
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
async def payfip_process(tmp_path_factory: pytest.TempPathFactory, town: Town) -> AsyncIterator[Payfip]:
    """A payment simulator with two clients, another without access, and the town that it notifies."""
    (port,) = free_ports(1)
    folder = tmp_path_factory.mktemp("payfip")
    environment = {
        "HTTP_PORT": str(port),
        "STATE_DIR": str(folder / "state"),
        "PAYFIP_CLIENTS": "090909:Régie enfance de Démoville|Hôtel de ville,090911:Autre régie",
        "PAYFIP_CLIENTS_WITHOUT_ACCESS": "090910:Régie sans accès",
    }
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=15) as http:
        simulator = Payfip("simulators.payfip", environment, http, folder / "log", town=town)
        await simulator.start()
        yield simulator
        simulator.kill()


@pytest.fixture
async def payfip(payfip_process: Payfip) -> Payfip:
    """The payment simulator with every switch at its faithful position; operations of other tests stay in its books."""
    payfip_process.town.status = 200
    await payfip_process.order("reset")
    return payfip_process


@pytest.fixture(scope="module")
async def mail_process(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Simulator]:
    """A mail catcher; its SMTP port is in its environment."""
    port, smtp_port = free_ports(2)
    folder = tmp_path_factory.mktemp("mail")
    environment = {"HTTP_PORT": str(port), "SMTP_PORT": str(smtp_port), "STATE_DIR": str(folder / "state")}
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=15) as http:
        simulator = Simulator("simulators.mail", environment, http, folder / "log")
        await simulator.start()
        yield simulator
        simulator.kill()


@pytest.fixture
async def mail(mail_process: Simulator) -> Simulator:
    """The mail catcher, empty and without faults."""
    await mail_process.http.post("/api/faults", json={"mode": "ok"})
    await mail_process.http.delete("/api/messages")
    return mail_process


@pytest.fixture(scope="module")
async def franceconnect_process(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FranceConnect]:
    """An identity simulator with one client."""
    async with running_provider(FranceConnect, tmp_path_factory.mktemp("franceconnect")) as simulator:
        yield simulator


@pytest.fixture
async def franceconnect(franceconnect_process: FranceConnect) -> FranceConnect:
    """The identity simulator with every switch at its faithful position."""
    await franceconnect_process.order("reset")
    return franceconnect_process
