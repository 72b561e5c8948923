"""The booking service on a database of its own, and a town around it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.factories.booking import BookingTown
from tests.support.databases import Postgres
from tests.support.services import RunningService, running_service, write_town

FRAGMENT = Path("deploy/towns/demo/booking.fragment.toml")


@pytest.fixture
async def service(postgres: Postgres, secrets_dir: Path, tmp_path: Path) -> AsyncIterator[RunningService]:
    """The running service."""
    async with running_service("booking", postgres, secrets_dir, town_file=write_town(tmp_path, FRAGMENT)) as running:
        yield running


@pytest.fixture
def town(service: RunningService) -> BookingTown:
    """A town around the service."""
    return BookingTown(service)
