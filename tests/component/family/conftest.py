"""The family service under test."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.component.family.desk import Desk
from tests.support.databases import Postgres
from tests.support.services import RunningService, running_service


@pytest.fixture
async def service(postgres: Postgres, secrets_dir: Path) -> AsyncIterator[RunningService]:
    """The service with its API role, on a database of its own, when the town's day is 1 September 2026."""
    async with running_service("family", postgres, secrets_dir) as running:
        running.db.clock_offset = datetime(2026, 9, 1, 10, tzinfo=UTC) - await running.db.now()
        yield running


@pytest.fixture
def desk(service: RunningService) -> Desk:
    """The front desk."""
    return Desk(service)
