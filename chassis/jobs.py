"""Periodic jobs: each runs on one replica at a time, under an advisory lock, at most once a period across all replicas."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import asyncpg
import structlog

from chassis.data.database import SESSION_LOCK_SETTINGS, Database, Row
from chassis.events.applying import OUTAGES
from chassis.telemetry import JOB_RUNS, JOB_SECONDS, JOB_SUCCESS, span

JOB_NAMESPACE = 4_240_004
RESTART_SECONDS = 1.0

log = structlog.get_logger()

LOCK_JOB_SQL = "select pg_try_advisory_lock($1::int, $2::int)"

UNLOCK_JOB_SQL = "select pg_advisory_unlock($1::int, $2::int)"

START_JOB_SQL = """
insert into job_runs (job, started_at) values ($1, clock_timestamp())
on conflict (job) do update set started_at = excluded.started_at, finished_at = null, failure = null
where job_runs.started_at <= clock_timestamp() - make_interval(secs => $2::float8)
returning true
"""

FINISH_JOB_SQL = "update job_runs set finished_at = clock_timestamp(), failure = $2 where job = $1"


@dataclass(frozen=True, slots=True)
class Job:
    """Work to do every `every_seconds`; `run` must be safe to run again after a crash in its middle."""

    name: str
    every_seconds: float
    run: Callable[[Database], Awaitable[None]]


async def run_jobs(db: Database, database_url: str, jobs: Sequence[Job]) -> None:
    """Run every job at its own pace until cancelled."""
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(_run_for_ever(db, database_url, job), name=f"job {job.name}")


async def _run_for_ever(db: Database, database_url: str, job: Job) -> None:
    while True:
        try:
            # Session locks need a connection that is not the pool's; losing it ends the lock with it.
            connection: asyncpg.Connection[Row] = await asyncpg.connect(
                database_url,
                timeout=5,
                command_timeout=15,
                server_settings={"application_name": f"job {job.name}", **SESSION_LOCK_SETTINGS},
            )
            try:
                while True:
                    await _run_if_due(db, connection, job)
                    await asyncio.sleep(job.every_seconds)
            finally:
                connection.terminate()
        except (asyncpg.PostgresError, *OUTAGES) as error:
            log.warning("job runner restarts", job=job.name, error=type(error).__name__)
            await asyncio.sleep(RESTART_SECONDS)


async def _run_if_due(db: Database, connection: "asyncpg.Connection[Row]", job: Job) -> None:
    number = zlib.crc32(job.name.encode()) & 0x7FFFFFFF
    if not await connection.fetchval(LOCK_JOB_SQL, JOB_NAMESPACE, number):
        return
    if await connection.fetchval(START_JOB_SQL, job.name, job.every_seconds * 0.9):
        failure = await _attempt(db, job)
        await connection.execute(FINISH_JOB_SQL, job.name, failure)
    # Whatever raises before this line ends the connection, and the lock with it: unlocking on a connection that was
    # lost would replace a cancellation by its own error, and the runner would never stop.
    await connection.execute(UNLOCK_JOB_SQL, JOB_NAMESPACE, number)


async def _attempt(db: Database, job: Job) -> str | None:
    try:
        with span(f"job {job.name}"), JOB_SECONDS.labels(job.name).time():
            await job.run(db)
    except Exception as error:
        JOB_RUNS.labels(job.name, "failed").inc()
        log.error("job failed", job=job.name, exc_info=error)
        return type(error).__name__
    JOB_RUNS.labels(job.name, "done").inc()
    JOB_SUCCESS.labels(job.name).set_to_current_time()
    return None
