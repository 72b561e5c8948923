"""Periodic jobs: one replica at a time, once a period over all of them, and on again after a failure or a death."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from chassis.data.database import Database
from chassis.jobs import APPLICATION, LOCK_JOB_SQL, Job, Jobs
from chassis.settings import ServiceSettings
from chassis.supervision import Supervisor
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio

PERIOD_SECONDS = 0.1


@asynccontextmanager
async def runners(db: Database, url: str, *jobs: Sequence[Job]) -> AsyncIterator[None]:
    """A runner for each list of jobs, as so many replicas; they stop in time, whatever became of their connections."""
    supervisors = [(Supervisor(), Jobs(db, url, mine)) for mine in jobs]
    for supervisor, mine in supervisors:
        mine.start(supervisor)
    try:
        yield
    finally:
        for supervisor, mine in supervisors:
            await asyncio.wait_for(supervisor.stop(), 20)
            mine.close()


async def test_replicas_run_a_job_one_at_a_time_and_once_a_period(db: Database, settings: ServiceSettings) -> None:
    await db.execute("create table runs (started_at timestamptz not null)")
    working = 0
    most_at_once = 0

    async def work(db: Database) -> None:
        nonlocal working, most_at_once
        working += 1
        most_at_once = max(most_at_once, working)
        await db.execute("insert into runs select started_at from job_runs where job = 'count'")
        await db.execute("select pg_sleep(1.5 * $1)", PERIOD_SECONDS)  # outlasts the period, so that others look in
        working -= 1

    job = Job("count", PERIOD_SECONDS, work)
    async with runners(db, settings.database_url, [job], [job], [job]):
        await eventually(lambda: db.fetchval("select count(*) >= 5 from runs"), 15)
    assert most_at_once == 1
    gaps = await db.fetch(
        "select extract(epoch from started_at - lag(started_at) over (order by started_at))::float8 as gap from runs"
    )
    assert min(row["gap"] for row in gaps if row["gap"] is not None) >= 0.9 * PERIOD_SECONDS


async def test_replicas_that_start_together_run_a_long_period_once(db: Database, settings: ServiceSettings) -> None:
    runs = 0

    async def work(_db: Database) -> None:
        nonlocal runs
        runs += 1

    job = Job("daily", 86_400.0, work)
    async with runners(db, settings.database_url, [job], [job]):
        await eventually(lambda: looked(db, 2), 10)
        await eventually(lambda: db.fetchval("select finished_at from job_runs where job = 'daily'"))
    async with runners(db, settings.database_url, [job]):
        await eventually(lambda: looked(db, 1), 10)
    assert runs == 1


async def test_a_failure_is_recorded_and_the_job_runs_again(db: Database, settings: ServiceSettings) -> None:
    is_broken = True

    async def work(_db: Database) -> None:
        if is_broken:
            raise ZeroDivisionError("Violette Lemercier")

    async with runners(db, settings.database_url, [Job("shaky", PERIOD_SECONDS, work)]):
        await eventually(lambda: db.fetchval("select failure = 'ZeroDivisionError' from job_runs"), 10)
        is_broken = False
        await eventually(lambda: db.fetchval("select finished_at is not null and failure is null from job_runs"), 10)


async def test_the_lock_of_a_dead_runner_is_free_for_the_next(db: Database, settings: ServiceSettings) -> None:
    has_begun, was_taken_over = asyncio.Event(), asyncio.Event()

    async def hang(_db: Database) -> None:
        has_begun.set()
        await asyncio.Event().wait()

    async def take_over(_db: Database) -> None:
        was_taken_over.set()

    async with runners(db, settings.database_url, [Job("sweep", PERIOD_SECONDS, hang)]):
        await asyncio.wait_for(has_begun.wait(), 10)
        (holder,) = await db.fetch(
            "select pid from pg_stat_activity where datname = current_database() and application_name = $1",
            APPLICATION,
        )
        async with runners(db, settings.database_url, [Job("sweep", PERIOD_SECONDS, take_over)]):
            await eventually(lambda: is_refused_the_lock(db, holder["pid"]), 10)
            assert not was_taken_over.is_set()
            await db.execute("select pg_terminate_backend($1)", holder["pid"])
            await asyncio.wait_for(was_taken_over.wait(), 10)


async def looked(db: Database, count: int) -> bool:
    """Whether so many runners have had their turn and rest."""
    rested: int = await db.fetchval(
        "select count(*) from pg_stat_activity where datname = current_database() and application_name = $1"
        " and state = 'idle' and query like '%advisory%lock%'",
        APPLICATION,
    )
    return rested == count


async def is_refused_the_lock(db: Database, holder: int) -> bool:
    """Whether another runner than the holder has asked for the lock, and rests without it."""
    return bool(
        await db.fetchval(
            "select true from pg_stat_activity where datname = current_database() and pid <> $1"
            " and state = 'idle' and query = $2",
            holder,
            LOCK_JOB_SQL,
        )
    )
