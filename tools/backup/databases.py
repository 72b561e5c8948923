"""The databases of a backup: copied by `pg_dump` in one snapshot, and restored by `pg_restore` into an empty schema."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

from chassis.data.migrations import CHASSIS_MIGRATIONS, read_migrations
from deploy.local.child import LauncherError
from deploy.local.reach import program

from ..operating import OperatorError

SERVICES_FOLDER = Path(__file__).parents[2] / "services"

Sequences = dict[tuple[str, str], int]
"""The last sequence by topic and key."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known of a database at the moment of its copy."""

    migrations: dict[str, str]
    sequences: Sequences


MIGRATIONS_SQL = "select name, checksum from schema_migrations order by name"

SEQUENCES_SQL = "select topic, key, sequence from outbox_keys"


async def dump(address: str, file: Path) -> Snapshot:
    """Copy one database into `file`."""
    connection = await asyncpg.connect(address)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            snapshot = await connection.fetchval("select pg_export_snapshot()")
            migrations = {row["name"]: row["checksum"] for row in await connection.fetch(MIGRATIONS_SQL)}
            rows = await connection.fetch(SEQUENCES_SQL)
            await _run(address, "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={file}")
    finally:
        await connection.close()
    return Snapshot(migrations, {(row["topic"], row["key"]): row["sequence"] for row in rows})


async def check_readable(file: Path) -> None:
    """Raise OperatorError unless `pg_restore` can read a copy."""
    await _run("", "pg_restore", "--list", str(file))


def check_migrations(service: str, applied: Mapping[str, str]) -> None:
    """Raise OperatorError for a copy of a database that this release does not know."""
    known = {
        migration.name: migration.checksum
        for migration in read_migrations(CHASSIS_MIGRATIONS, SERVICES_FOLDER / service / "migrations")
    }
    if strange := [name for name, checksum in applied.items() if known.get(name) != checksum]:
        raise OperatorError(
            f"the backup of {service} is of another release: it has {strange[0]}, which this one has not"
        )


SESSIONS_SQL = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""

TABLES_SQL = "select count(*) from pg_tables where schemaname = 'public'"


async def check_free(service: str, address: str, *, is_replaced: bool) -> None:
    """Raise OperatorError while the service runs, or when its database holds tables that nobody said to replace."""
    connection = await asyncpg.connect(address)
    try:
        if await connection.fetchval(SESSIONS_SQL):
            raise OperatorError(f"somebody is connected to the database of {service}: stop every service first")
        if not is_replaced and await connection.fetchval(TABLES_SQL):
            raise OperatorError(f"the database of {service} is not empty: --replace forgets what it holds")
    finally:
        await connection.close()


EMPTY_SQL = """
drop schema public cascade;
create schema public;
alter schema public owner to pg_database_owner;
grant usage on schema public to public;
"""


async def load(address: str, file: Path) -> None:
    """Make one database what it was when `file` was made."""
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(EMPTY_SQL)
    finally:
        await connection.close()
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    await _run(address, "pg_restore", *options, f"--dbname={_libpq(address)['PGDATABASE']}", str(file))


MOVE_DEAD_LETTERS_SQL = """
update dead_letters d set event_key = m.event_key, record_offset = m.record_offset
from unnest($1::text[], $2::text[], $3::bigint[]) as m (former, event_key, record_offset) where d.event_key = m.former
"""

PLACES_SQL = "select event_key, topic, partition, record_offset from dead_letters"


async def move_dead_letters(address: str, places: Mapping[tuple[str, int, int], int]) -> None:
    """Let dead letters lead to the records' new offsets, by topic, partition and former offset; -1 where a record is gone."""
    connection = await asyncpg.connect(address)
    try:
        former, keys, offsets = [], [], []
        for row in await connection.fetch(PLACES_SQL):
            offset = places.get((row["topic"], row["partition"], row["record_offset"]), -1)
            former.append(row["event_key"])
            keys.append(f"{row['topic']}/{row['partition']}/{offset}" if offset >= 0 else f"gone/{row['event_key']}")
            offsets.append(offset)
        async with connection.transaction():
            # In two steps, for a new name may be another one's former name.
            await connection.execute(MOVE_DEAD_LETTERS_SQL, former, [f"moved/{key}" for key in former], offsets)
            await connection.execute(MOVE_DEAD_LETTERS_SQL, [f"moved/{key}" for key in former], keys, offsets)
    finally:
        await connection.close()


async def _run(address: str, name: str, *arguments: str) -> None:
    """Run a program of PostgreSQL; its address travels in variables, which no list of processes shows."""
    try:
        path = program(name)
    except LauncherError as error:
        raise OperatorError(str(error)) from error
    process = await asyncio.create_subprocess_exec(
        path,
        *arguments,
        env=os.environ | _libpq(address),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, words = await process.communicate()
    if process.returncode != 0:
        raise OperatorError(f"{name} failed: {_last_line(words.decode(errors='replace').splitlines())}")


def _last_line(lines: Sequence[str]) -> str:
    return next((line for line in reversed(lines) if line.strip()), "it says no reason")


def _libpq(address: str) -> dict[str, str]:
    """An address as the variables of PostgreSQL's programs."""
    parts = urlsplit(address)
    variables = {
        "PGHOST": parts.hostname,
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
        "PGPASSFILE": parse_qs(parts.query).get("passfile", [""])[0],
    }
    return {name: value for name, value in variables.items() if value}
