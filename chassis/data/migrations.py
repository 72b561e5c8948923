"""Migrations: numbered SQL files, each applied once, in order, in a transaction of its own, by whoever starts first.

A file that was applied never changes: its checksum is compared at every start. Lock and statement timeouts keep a
migration from stopping a running service. Changes follow expand and contract: expand, deploy, contract in a later release.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg

CHASSIS_MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATION_LOCK = 4_240_001
LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "60s"

CREATE_TABLE_SQL = """
create table if not exists schema_migrations (
    name text primary key,
    checksum text not null,
    applied_at timestamptz not null default clock_timestamp()
)
"""

APPLIED_MIGRATIONS_SQL = "select name, checksum from schema_migrations"

HAS_APPLIED_SQL = "select to_regclass('schema_migrations') is not null"

RECORD_MIGRATION_SQL = "insert into schema_migrations (name, checksum) values ($1, $2)"


class MigrationChanged(Exception):
    """A file that was already applied to this database has another content now."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file's text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read_migrations(*folders: Path) -> list[Migration]:
    """The migrations of each folder in turn, in the order of their numbers."""
    return [
        Migration(f"{folder.parent.name}/{path.name}", path.read_text())
        for folder in folders
        for path in sorted(folder.glob("*.sql"))
    ]


async def migrate(database_url: str, *folders: Path) -> list[str]:
    """Bring a database up to date; the names of what was applied.

    Raises:
        MigrationChanged: an applied file was edited.
    """
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        await connection.execute("select pg_advisory_lock($1)", MIGRATION_LOCK)
        await connection.execute(CREATE_TABLE_SQL)
        pending = await _pending(connection, folders)
        for migration in pending:
            async with connection.transaction():
                await connection.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
                await connection.execute(f"set local statement_timeout = '{STATEMENT_TIMEOUT}'")
                await connection.execute(migration.sql)
                await connection.execute(RECORD_MIGRATION_SQL, migration.name, migration.checksum)
        return [migration.name for migration in pending]
    finally:
        await connection.close()


async def check_applied(database_url: str, *folders: Path) -> None:
    """Change nothing; raise MigrationChanged if `migrate` would."""
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        if await connection.fetchval(HAS_APPLIED_SQL):
            await _pending(connection, folders)
    finally:
        await connection.close()


async def _pending(connection: "asyncpg.Connection[asyncpg.Record]", folders: Sequence[Path]) -> list[Migration]:
    applied = {row["name"]: row["checksum"] for row in await connection.fetch(APPLIED_MIGRATIONS_SQL)}
    pending = []
    for migration in read_migrations(*folders):
        if migration.name not in applied:
            pending.append(migration)
        elif applied[migration.name] != migration.checksum:
            raise MigrationChanged(migration.name)
    return pending
