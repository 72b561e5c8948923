"""One running town for every test of the gateway; each test brings its own families and agents."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.component.gateway.town import Town, running_town
from tests.support.databases import Postgres


@pytest.fixture(scope="session")
async def town(postgres: Postgres, secrets_dir: Path) -> AsyncIterator[Town]:
    """The five services and the gateway."""
    async with running_town(postgres, secrets_dir) as running:
        yield running
