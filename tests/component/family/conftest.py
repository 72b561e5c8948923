"""The family service under test."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from tests.component.family.changing import Asking
from tests.component.family.delegating import opened
from tests.component.family.desk import Desk
from tests.component.family.merging import Counter
from tests.support.applications import Applications
from tests.support.services import RunningService


@pytest.fixture
async def service(applications: Applications) -> AsyncIterator[RunningService]:
    """The service with nothing in it, when the town's day is 1 September 2026."""
    async with applications.lend("family") as running:
        running.db.clock_offset = datetime(2026, 9, 1, 10, tzinfo=UTC) - await running.db.now()
        yield running


@pytest.fixture
def desk(service: RunningService) -> Desk:
    """The front desk."""
    return Desk(service)


@pytest.fixture
def counter(service: RunningService, desk: Desk) -> Counter:
    """An agent who merges files."""
    return Counter(service, desk)


@pytest.fixture
async def asking(service: RunningService, desk: Desk) -> Asking:
    """A household that asks for other names."""
    return Asking(await opened(service, desk))
