"""A gateway by itself: no service answers it, and its limits are small."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx2
from litestar import Litestar

from contracts.types import SERVICES
from gateway.app import create
from gateway.settings import GatewaySettings
from tests.component.gateway.browser import ORIGIN
from tests.support.services import DEMO_TOWN

NOBODY = "http://127.0.0.1:1"
RATES = {
    "pages_per_minute": 20,
    "session_pages_per_minute": 8,
    "api_per_minute": 6,
    "session_api_per_minute": 4,
    "secrets_per_minute": 3,
}


@asynccontextmanager
async def limited_gateway(secrets_dir: Path, **settings: Any) -> AsyncIterator[Litestar]:
    """A gateway with small limits."""
    process = {"http_port": 1, "town_file": DEMO_TOWN, "secrets_dir": secrets_dir, "portal_url": ORIGIN}
    services = {f"{name}_url": NOBODY for name in SERVICES}
    app = create(GatewaySettings.model_validate({**process, **services, **RATES, **settings}))
    async with app.lifespan():
        yield app


def visitor(app: Litestar, address: str = "192.0.2.1", **headers: str) -> httpx2.AsyncClient:
    """Somebody at an address."""
    transport = httpx2.ASGITransport(app=cast("Any", app), client=(address, 40000))
    return httpx2.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers)
