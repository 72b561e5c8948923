"""The booking service, and a town around it."""

from collections.abc import AsyncIterator

import pytest

from tests.factories.booking import BookingTown
from tests.support.applications import Applications
from tests.support.services import RunningService


@pytest.fixture
async def service(applications: Applications) -> AsyncIterator[RunningService]:
    """The running service, with nothing in it."""
    async with applications.lend("booking") as running:
        yield running


@pytest.fixture
def town(service: RunningService) -> BookingTown:
    """A town around the service."""
    return BookingTown(service)
