"""Bookings stand in a partition for each school year, made before anything can be booked in it."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from services.booking.catalog.domain import school_year
from tests.factories.booking import BookingTown
from tests.support.databases import Postgres
from tests.support.services import RunningService, running_service

pytestmark = pytest.mark.anyio


@pytest.fixture
async def service(postgres: Postgres, secrets_dir: Path) -> AsyncIterator[RunningService]:
    """A service on a database of its own, which keeps the partitions that it makes."""
    async with running_service("booking", postgres, secrets_dir) as running:
        yield running


PARTITIONS_SQL = "select inhrelid::regclass::text from pg_inherits where inhparent = 'bookings'::regclass"


async def partitions(service: RunningService) -> set[str]:
    return {row[0] for row in await service.db.fetch(PARTITIONS_SQL)}


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026), (date(2027, 1, 1), 2026), (date(2027, 8, 31), 2026)],
)
def test_a_school_year_begins_on_the_first_of_september(day: date, year: int) -> None:
    assert school_year(day) == year


async def test_a_booking_beyond_the_last_partition_is_not_lost(service: RunningService, town: BookingTown) -> None:
    family = await town.family(age=4)
    activity_id = await town.activity(ends_on=str(await town.day(1500)))
    far = f"bookings_{school_year(await town.day(1400))}"
    assert far not in await partitions(service)
    (slot_id,) = await town.open(activity_id, 1400)
    await town.enroll(family, activity_id)
    booked = await town.book(family, slot_id)
    assert booked.status_code == 201, booked.text
    assert far in await partitions(service)
    stored = await service.db.fetchval("select tableoid::regclass::text from bookings")
    assert stored == far


async def test_partitions_are_made_a_year_ahead(service: RunningService, town: BookingTown) -> None:
    service.advance(days=3 * 366)
    await service.run_job("school_years")
    wanted = {f"bookings_{school_year(await town.day(offset))}" for offset in (0, 365)}
    assert wanted <= await partitions(service)
    await service.run_job("school_years")
