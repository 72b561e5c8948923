"""One town for the matrix and for generated requests, with the payment provider's simulator behind it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from contracts.family.events import HouseholdKind
from deploy.local.child import free_ports
from tests.component.authorization.child_files import say
from tests.component.authorization.delegations import entrust
from tests.component.authorization.service_keys import KEYED_SERVICE
from tests.component.authorization.world import World, build
from tests.component.gateway.town import running_town
from tests.component.identity.walk import town_file
from tests.component.simulators.running import Payfip
from tests.support.databases import Postgres
from tests.support.services import write_town


@pytest.fixture(scope="session")
async def world(
    postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """The people, their households and everything they own."""
    (port,) = free_ports(1)
    folder = tmp_path_factory.mktemp("payfip")
    environment = {"HTTP_PORT": str(port), "STATE_DIR": str(folder / "state")}
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=15) as http:
        provider = Payfip("simulators.payfip", environment, http, folder / "log")
        await provider.start()
        try:
            services = [{"code": KEYED_SERVICE, "label": "Action sociale"}]
            file = town_file(tmp_path_factory.mktemp("town"), services=services)
            file = write_town(file.parent, base=file, family={"kinds": [kind.value for kind in HouseholdKind]})
            async with running_town(postgres, secrets_dir, file, {"payfip_url": str(http.base_url)}) as town:
                world = await build(town)
                await entrust(world)
                for name in ("first", "second"):
                    await say(world, name)
                yield world
        finally:
            provider.stop()
