"""One running town for every test of the gateway; each test brings its own families and agents."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.component.gateway.town import Town, running_town
from tests.component.identity.walk import town_file
from tests.support.databases import Postgres


@pytest.fixture(scope="session")
async def town(postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """The five services and the gateway; the town asks nobody for a second proof of who they are (`test_step_up.py` has one that does)."""
    file = town_file(tmp_path_factory.mktemp("town"), step_up={"asks": []})
    async with running_town(postgres, secrets_dir, town_file=file) as running:
        yield running
