"""Bookings, and what was seen of children, stand in a partition for each school year, made before anything can be booked in it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.booking.attendance.queries import CANDIDATES_SQL, IMPLIED_SQL
from services.booking.attendance.store import SHEET_LINES_SQL
from services.booking.catalog.domain import school_year
from services.booking.closings.store import RECORDS_SQL
from services.booking.places.store import STAYS_SQL
from tests.component.booking.sheets import Sheet, book, today
from tests.factories.booking import BookingTown
from tests.support.databases import Postgres
from tests.support.locks import as_far_as_it_can
from tests.support.services import RunningService, running_service

pytestmark = pytest.mark.anyio


@pytest.fixture
async def service(postgres: Postgres, secrets_dir: Path) -> AsyncIterator[RunningService]:
    """A service on a database of its own, which keeps the partitions that it makes."""
    async with running_service("booking", postgres, secrets_dir) as running:
        yield running


PARTITIONS_SQL = """
select relid::text from unnest(array['bookings', 'attendances', 'attendance_records']::regclass[]) whole, pg_partition_tree(whole) where isleaf
"""
WHOLES = ("bookings", "attendances", "attendance_records")
LEAF = re.compile(r"(?:bookings|attendances|attendance_records)_(\d{4})")


async def partitions(service: RunningService) -> set[str]:
    return {row[0] for row in await service.db.fetch(PARTITIONS_SQL)}


def leaves(year: int) -> set[str]:
    """The partitions of a school year."""
    return {f"{whole}_{year}" for whole in WHOLES}


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026), (date(2027, 1, 1), 2026), (date(2027, 8, 31), 2026)],
)
def test_a_school_year_begins_on_the_first_of_september(day: date, year: int) -> None:
    assert school_year(day) == year


async def test_a_booking_beyond_the_last_partition_is_not_lost(service: RunningService, town: BookingTown) -> None:
    family = await town.family(age=4)
    activity_id = await town.activity(ends_on=str(await town.day(1500)))
    far = leaves(school_year(await town.day(1400)))
    assert not far & await partitions(service)
    (slot_id,) = await town.open(activity_id, 1400)
    await town.enroll(family, activity_id)
    booked = await town.book(family, slot_id)
    assert booked.status_code == 201, booked.text
    assert far <= await partitions(service)
    assert await service.db.fetchval("select tableoid::regclass::text from bookings") in far


async def test_partitions_are_made_a_year_ahead(service: RunningService, town: BookingTown) -> None:
    service.advance(days=3 * 366)
    await service.run_job("school_years")
    wanted = [leaves(school_year(await town.day(offset))) for offset in (0, 365)]
    assert set().union(*wanted) <= await partitions(service)
    await service.run_job("school_years")


async def test_a_sheet_is_read_in_the_partitions_of_its_school_year(service: RunningService, town: BookingTown) -> None:
    """Also without statistics, and by a plan that is kept for whatever day."""
    sheet = await marked_today(service, town)
    day, child_id = await town.today(), sheet.families[0].child_id
    for sql, arguments in (
        (SHEET_LINES_SQL, [sheet.slot_id]),
        (IMPLIED_SQL, [sheet.slot_id]),
        (CANDIDATES_SQL, [sheet.slot_id, day]),
        (RECORDS_SQL, [day, sheet.slot_id]),
        (STAYS_SQL, [[child_id], day]),
    ):
        assert await years_read(service, sql, *arguments) <= {school_year(day)}, sql
    everywhere = "select s.id from slots s join attendances m on m.slot_id = s.id where s.id = $1"
    assert len(await years_read(service, everywhere, sheet.slot_id)) > 1


async def marked_today(service: RunningService, town: BookingTown) -> Sheet:
    """A closed sheet of a booked child and one who came unbooked, in a town with some school years before and after."""
    sheet = await today(town, await town.family(), await town.family())
    year = school_year(await town.today())
    await service.db.execute("select open_school_year($1 + ahead) from generate_series(-2, 3) ahead", year)
    booked, guest = sheet.families
    await book(Sheet(town, sheet.slot_id, [booked], sheet.bookings))
    await sheet.mark((str(booked.child_id), "present"), (str(guest.child_id), "unbooked"))
    assert (await sheet.close()).status_code == 200
    return sheet


async def years_read(service: RunningService, sql: str, *arguments: Any) -> set[int]:
    """The school years whose partitions a statement reads when it is carried out."""
    async with service.db.pool.acquire() as connection, connection.transaction():
        await connection.execute("set local plan_cache_mode = force_generic_plan")
        plan = await connection.fetchval(f"explain (analyze, format json) {sql}", *arguments)
    return set(_years(json.loads(plan)[0]["Plan"]))


def _years(node: dict[str, Any]) -> Iterator[int]:
    if (leaf := LEAF.fullmatch(node.get("Relation Name", ""))) and node["Actual Loops"]:
        yield int(leaf[1])
    for child in node.get("Plans", ()):
        yield from _years(child)


async def test_a_school_year_is_taken_away_whole(service: RunningService, town: BookingTown) -> None:
    """Retention: what was seen goes before the bookings that it refers to. While it was not in partitions, no year of bookings
    could be taken away."""
    await marked_today(service, town)
    year = school_year(await town.today())
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await service.db.execute(f"alter table bookings detach partition bookings_{year}")
    for whole in reversed(WHOLES):
        assert await service.db.fetchval(f"select count(*) from {whole}") > 0
        await service.db.execute(f"alter table {whole} detach partition {whole}_{year}")
        await service.db.execute(f"drop table {whole}_{year}")
        assert await service.db.fetchval(f"select count(*) from {whole}") == 0


async def test_whoever_reads_does_not_wait_for_a_school_year_that_opens(
    service: RunningService, town: BookingTown
) -> None:
    """Whoever writes does, until it is there."""
    family = await town.family()
    sheet = await today(town, family)
    await book(sheet)
    async with service.db.transaction() as tx:
        await tx.execute("select open_school_year(2090)")
        assert [line["attendance"] for line in (await sheet.read())["lines"]] == [None]
        assert [cell["state"] for cell in await town.cells(family)] == ["booked"]
        marking = asyncio.create_task(sheet.mark((sheet.children[0], "present")))
        await as_far_as_it_can(service.db, marking)
        assert not marking.done()
    assert (await marking).status_code == 200
