"""The booking service on a database of its own, and a town around it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.factories.booking import BookingTown
from tests.support.databases import Postgres
from tests.support.services import RunningService, running_service


@pytest.fixture
async def service(postgres: Postgres, secrets_dir: Path) -> AsyncIterator[RunningService]:
    """The running service."""
    async with running_service("booking", postgres, secrets_dir) as running:
        yield running


@pytest.fixture
def town(service: RunningService) -> BookingTown:
    """A town around the service."""
    return BookingTown(service)
