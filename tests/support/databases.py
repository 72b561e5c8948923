"""Databases of tests: a template for each service, migrated once, and a copy for each test.

The next copy is made while a test works with the last one: it takes a third of a small test's time.
"""

import asyncio
import itertools
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import asyncpg

from chassis.data.migrations import CHASSIS_MIGRATIONS, migrate
from deploy.local.postgres import PostgresServer

SERVICES_FOLDER = Path(__file__).parents[2] / "services"


class Postgres:
    """The suite's PostgreSQL, with the databases of one process of the run."""

    def __init__(self, server: PostgresServer, worker: str = "") -> None:
        self.server = server
        self._prefix = f"{worker}_" if worker else ""
        self._numbers = itertools.count(1)
        self._templates: set[str] = set()
        self._next: dict[str, Future[str]] = {}
        self._maker = ThreadPoolExecutor(1)
        self._lock = asyncio.Lock()

    async def create(self, service: str, migrations: Path | None = None) -> str:
        """The address of a new database, with the migrations of a service (or of a folder) applied."""
        folder = migrations or SERVICES_FOLDER / service / "migrations"
        async with self._lock:
            if service not in self._templates:
                template = f"{self._prefix}template_{service}"
                await self._administer(f'create database "{template}"')
                await migrate(self._address(template), CHASSIS_MIGRATIONS, folder)
                self._templates.add(service)
                self._next[service] = self._maker.submit(self._copy, service)
            name = await asyncio.wrap_future(self._next[service])
            self._next[service] = self._maker.submit(self._copy, service)
        return self._address(name)

    def close(self) -> None:
        """Wait for the copies that are being made; the server may be stopped then."""
        self._maker.shutdown()

    async def drop(self, address: str) -> None:
        """Remove a database that a test is done with."""
        await self._administer(f'drop database if exists "{address.rpartition("/")[2]}" with (force)')

    def _copy(self, service: str) -> str:
        name = f"{self._prefix}test_{service}_{next(self._numbers)}"
        asyncio.run(self._administer(f'create database "{name}" template "{self._prefix}template_{service}"'))
        return name

    def _address(self, database: str) -> str:
        return f"{self.server.admin_dsn.rpartition('/')[0]}/{database}"

    async def _administer(self, statement: str) -> None:
        connection = await asyncpg.connect(self.server.admin_dsn)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
