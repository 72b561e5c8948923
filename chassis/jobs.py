"""Periodic jobs, a scheduler without a leader: each job runs on one replica at a time, under an advisory lock, and at most once a period
across all replicas.
"""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import asyncpg
import structlog

from chassis.data.database import SESSION_LOCK_SETTINGS, Database, Row
from chassis.data.history import WORKING_AS
from chassis.data.outages import OUTAGES
from chassis.supervision import Supervisor
from chassis.telemetry import JOB_RUNS, JOB_SECONDS, JOB_SUCCESS, span
from contracts.types import Channel

JOB_NAMESPACE = 4_240_004
RESTART_SECONDS = 1.0
APPLICATION = "jobs"
"""As which the connection of the locks shows in the server's activity view."""

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


class Jobs:
    """The jobs of a process. Their locks live on one connection that is not the pool's; losing it ends them all with it."""

    def __init__(self, db: Database, database_url: str, jobs: Sequence[Job]) -> None:
        self._db = db
        self._database_url = database_url
        self._jobs = jobs
        self._asking = asyncio.Lock()
        self._connection: asyncpg.Connection[Row] | None = None
        self._held: set[int] = set()
        """The locks that the connection holds, one that a job which died could not give back among them."""

    def start(self, supervisor: Supervisor) -> None:
        """Run every job at its own pace, each as a part of its own."""
        for job in self._jobs:
            supervisor.start(f"job {job.name}", partial(self._run_for_ever, job))

    def close(self) -> None:
        """Give all locks back, once the jobs were stopped."""
        if self._connection is not None:
            self._connection.terminate()

    async def _run_for_ever(self, job: Job) -> None:
        while True:
            try:
                await self._run_if_due(job)
            except (asyncpg.PostgresError, *OUTAGES) as error:
                log.warning("job runner restarts", job=job.name, error=type(error).__name__)
                await asyncio.sleep(RESTART_SECONDS)
            else:
                await asyncio.sleep(job.every_seconds)

    async def _run_if_due(self, job: Job) -> None:
        number = zlib.crc32(job.name.encode()) & 0x7FFFFFFF
        if number not in self._held:
            if not await self._ask(LOCK_JOB_SQL, JOB_NAMESPACE, number):
                return
            self._held.add(number)
        if await self._ask(START_JOB_SQL, job.name, job.every_seconds * 0.9):
            failure = await _attempt(self._db, job)
            await self._ask(FINISH_JOB_SQL, job.name, failure)
        self._held.discard(number)
        await self._ask(UNLOCK_JOB_SQL, JOB_NAMESPACE, number)

    async def _ask(self, sql: str, *parameters: Any) -> Any:
        """Ask on the connection of the locks. What fails, or is cancelled, in between ends it: nobody knows what it still holds."""
        async with self._asking:
            if self._connection is None or self._connection.is_closed():
                self._held.clear()
                self._connection = await asyncpg.connect(
                    self._database_url,
                    timeout=5,
                    command_timeout=15,
                    server_settings={"application_name": APPLICATION, **SESSION_LOCK_SETTINGS},
                )
            connection = self._connection
            try:
                return await connection.fetchval(sql, *parameters)
            except BaseException:
                connection.terminate()
                raise


async def _attempt(db: Database, job: Job) -> str | None:
    WORKING_AS.set(Channel.JOB)
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
