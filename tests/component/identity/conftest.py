"""A running identity service, and a visitor of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.component.identity.walk import Walk, town_file
from tests.support.applications import Applications
from tests.support.services import RunningService


@pytest.fixture
async def service(applications: Applications, tmp_path: Path, profile: str) -> AsyncIterator[RunningService]:
    """The service in the demo town, or another that the test names, with nothing in it."""
    async with applications.lend("identity", town_file=town_file(tmp_path, profile)) as running:
        yield running


@pytest.fixture
def walk(service: RunningService, secrets_dir: Path) -> Walk:
    """A visitor of the demo town."""
    return Walk(service, secrets_dir)
