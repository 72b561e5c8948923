"""`python -m tools.schema`: writes `docs/schema/<service>.sql`, what each service's database is once all of its migrations are applied, so
that a review sees what a migration changes.

It is `pg_dump`'s own text, by the server and the program that come with the packages, without what differs from one run to the next:
versions, comments, session settings, and the partitions that a calendar makes.
"""

import asyncio
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import asyncpg

from chassis.data.migrations import CHASSIS_MIGRATIONS, migrate
from contracts.types import SERVICES
from deploy.local.child import free_ports
from deploy.local.postgres import PostgresServer
from deploy.local.reach import binaries

ROOT: Final = Path(__file__).parents[1]
SCHEMAS: Final = ROOT / "docs" / "schema"
HEAD: Final = "-- Written by `python -m tools.schema` from the migrations of the service; the partitions of a calendar are left out.\n"
NOISE: Final = re.compile(
    r"^(--.*|\\(un)?restrict .*|SET \w+ = .*|SELECT pg_catalog\.set_config\(.*|COMMENT ON EXTENSION .*)\n", re.MULTILINE
)

DATED_PARTITIONS_SQL = """
select oid::regclass::text from pg_class where relispartition and relkind = 'r' and pg_get_expr(relpartbound, oid) <> 'DEFAULT'
"""


def file_of(service: str) -> Path:
    """Where the schema of a service is kept."""
    return SCHEMAS / f"{service}.sql"


async def schema_of(address: str) -> str:
    """The schema of a database, the same for the same migrations on any day."""
    connection = await asyncpg.connect(address)
    try:
        partitions = [row[0] for row in await connection.fetch(DATED_PARTITIONS_SQL)]
    finally:
        await connection.close()
    options = ["--schema-only", "--no-owner", "--no-privileges", *(f"--exclude-table={name}" for name in partitions)]
    process = await asyncio.create_subprocess_exec(
        str(binaries() / "pg_dump"), *options, f"--dbname={address}", stdout=subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "pg_dump")
    return HEAD + "\n" + re.sub(r"\n{3,}", "\n\n", NOISE.sub("", output.decode())).strip() + "\n"


async def write_all(server: PostgresServer) -> None:
    """Write the schema of every service."""
    SCHEMAS.mkdir(parents=True, exist_ok=True)
    admin = await asyncpg.connect(server.admin_dsn)
    try:
        for service in SERVICES:
            await admin.execute(f'create database "{service}"')
            address = f"{server.admin_dsn.rpartition('/')[0]}/{service}"
            await migrate(address, CHASSIS_MIGRATIONS, ROOT / "services" / service / "migrations")
            file_of(service).write_text(await schema_of(address))
    finally:
        await admin.close()


def main() -> int:
    """Write every file, on a server of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        server = PostgresServer(Path(folder), free_ports(1)[0], is_durable=False)
        server.start()
        try:
            asyncio.run(write_all(server))
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
