"""Real servers for a measure: PostgreSQL, Kafka and those processes of the portal that the scenario asks for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

from chassis.data.database import Database
from chassis.settings import ServiceSettings
from deploy.local.child import free_ports
from deploy.local.postgres import PostgresServer
from deploy.local.stack import Stack, StackPlan

KEEP_COMMIT_TIMES_SQL = "alter system set track_commit_timestamp = on"

Run = Callable[[Callable[[], object]], Awaitable[object]]


@asynccontextmanager
async def one_thread() -> AsyncIterator[Run]:
    """A runner of blocking calls, all in one thread that lives as long as what they start: a child ends with the
    thread that forked it."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as thread:
        yield lambda call: loop.run_in_executor(thread, call)


@asynccontextmanager
async def running_stack(folder: Path, roles: Mapping[str, str]) -> AsyncIterator[Stack]:
    """PostgreSQL that keeps commit times, Kafka, and one process for each service of `roles`, with those roles."""
    (port,) = free_ports(1)
    postgres = PostgresServer(folder / "server", port)
    async with one_thread() as run:
        try:
            await run(postgres.start)
            await _administer(postgres.admin_dsn, KEEP_COMMIT_TIMES_SQL)
            await run(postgres.stop)
            await run(postgres.start)
            environment = {service: {"ROLES": asked} for service, asked in roles.items()}
            plan = StackPlan(
                folder / "stack", parts=tuple(roles), extra_env=environment, database_url=postgres.admin_dsn
            )
            stack = Stack(plan)
            await run(stack.start)
            try:
                yield stack
            finally:
                await run(stack.stop)
        finally:
            await run(postgres.stop)


@asynccontextmanager
async def opened(stack: Stack, service: str) -> AsyncIterator[Database]:
    """A service's database, as the service itself sees it."""
    settings = ServiceSettings(
        http_port=1,
        town_file=stack.plan.town_file,
        secrets_dir=stack.secrets_dir,
        portal_url=stack.portal_url,
        database_url=stack.dsn(service),
        kafka_bootstrap_servers=stack.bootstrap,
    )
    db = await Database.open(settings, "bench")
    try:
        yield db
    finally:
        await db.close()


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Something that goes on until the block ends."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _administer(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
