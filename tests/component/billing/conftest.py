"""A billing service under test, the payment provider's simulator as a real process, and a gateway between them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from deploy.local.child import free_ports
from tests.component.billing.invoicing import Finance
from tests.component.billing.paying import Gateway, Payer
from tests.component.simulators.running import Payfip
from tests.support.applications import Applications
from tests.support.services import RunningService, write_town

PROVIDER_SECONDS = 2.5
"""More than an answer takes on a busy machine; who says nothing is waited for so long."""


@pytest.fixture(scope="session")
async def payfip_process(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Payfip]:
    """The payment provider's simulator."""
    (port,) = free_ports(1)
    folder = tmp_path_factory.mktemp("payfip")
    environment = {"HTTP_PORT": str(port), "STATE_DIR": str(folder / "state")}
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=15) as http:
        simulator = Payfip("simulators.payfip", environment, http, folder / "log")
        await simulator.start()
        yield simulator
        simulator.stop()


@pytest.fixture
async def payfip(payfip_process: Payfip) -> Payfip:
    """The simulator, with every switch at its faithful position."""
    await payfip_process.order("reset")
    return payfip_process


@pytest.fixture(scope="session")
async def gateway_process() -> AsyncIterator[Gateway]:
    """The public address that the provider notifies."""
    gateway = Gateway()
    server = await asyncio.start_server(gateway.answer, "127.0.0.1", 0)
    gateway.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield gateway
    server.close()
    await server.wait_closed()


@pytest.fixture
def gateway(gateway_process: Gateway) -> Iterator[Gateway]:
    """The public address, where nobody was notified of anything yet."""
    gateway_process.notified.clear()
    yield gateway_process
    gateway_process.service = None


@pytest.fixture
async def service(applications: Applications, town: Path) -> AsyncIterator[RunningService]:
    """The billing service with nothing in it; nobody listens where its payment provider should be."""
    async with applications.lend("billing", town_file=town, payfip_url="http://127.0.0.1:9") as running:
        yield running


@pytest.fixture
def finance(service: RunningService) -> Finance:
    """An agent who invoices."""
    return Finance(service)


@pytest.fixture
def policy() -> dict[str, Any]:
    """What the town of a test decides otherwise than the demonstration town."""
    return {}


@pytest.fixture
def town(tmp_path: Path, policy: dict[str, Any]) -> Path:
    """The town's file."""
    return write_town(tmp_path, billing=policy)


@pytest.fixture
async def payer(applications: Applications, town: Path, payfip: Payfip, gateway: Gateway) -> AsyncIterator[Payer]:
    """A billing service with its provider, and a parent who has an invoice of 18.40 euros to pay."""
    async with applications.lend(
        "billing",
        town_file=town,
        payfip_url=str(payfip.http.base_url),
        payfip_timeout_seconds=PROVIDER_SECONDS,
        portal_url=gateway.url,
    ) as running:
        gateway.service = running
        payer = Payer(running, payfip)
        await payer.receive_invoice()
        yield payer
