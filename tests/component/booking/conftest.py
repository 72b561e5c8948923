"""The booking service, and a town around it."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.stack import TOWNS
from tests.component.booking.sheets import Sheet
from tests.factories.booking import BookingTown
from tests.support.applications import Applications
from tests.support.services import RunningService


@pytest.fixture
async def service(applications: Applications, profile: str) -> AsyncIterator[RunningService]:
    """The running service in the demo town, or another that the test names, with nothing in it."""
    async with applications.lend("booking", town_file=TOWNS / profile / "town.toml") as running:
        yield running


@pytest.fixture
def town(service: RunningService) -> BookingTown:
    """A town around the service."""
    return BookingTown(service)


@pytest.fixture
async def sheet(town: BookingTown) -> Sheet:
    activity_id = await town.activity()
    (slot_id,) = await town.open(activity_id, 10)
    families, bookings = [], []
    for _ in range(2):
        family = await town.family()
        await town.enroll(family, activity_id)
        bookings.append((await town.book(family, slot_id)).json()["bookings"][0]["booking_id"])
        families.append(family)
    return Sheet(town, slot_id, families, bookings)
