"""A billing service under test, and a small town of families for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.databases import Postgres
from tests.support.services import RunningService, running_service, write_town

from tests.component.billing.families import FRAGMENT


@pytest.fixture
async def service(postgres: Postgres, secrets_dir: Path, tmp_path: Path) -> AsyncIterator[RunningService]:
    """The billing service; nobody listens where its payment provider should be."""
    town = write_town(tmp_path, FRAGMENT)
    async with running_service(
        "billing", postgres, secrets_dir, town_file=town, payfip_url="http://127.0.0.1:9"
    ) as running:
        yield running
