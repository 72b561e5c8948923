"""An upgrade step by step: a process of the release before goes on working, and may even start, after the next one has
expanded its database."""

import shutil
from pathlib import Path

import pytest

from chassis.data.migrations import CHASSIS_MIGRATIONS, migrate
from tests.component.family.desk import Desk, file_with
from tests.support.databases import SERVICES_FOLDER, Postgres
from tests.support.services import RunningService, running_service

pytestmark = pytest.mark.anyio

TABLES_SQL = """
select relname as tablename from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
  and relname <> 'schema_migrations'
"""


async def walk(desk: Desk, service: RunningService, email: str) -> None:
    """Write and read what a front desk does, on connections that remember their statements."""
    opened = await desk.post(file_with(guardian={"email": email, "last_name": email.partition("@")[0]}))
    assert opened.status_code == 201, opened.text
    read = await service.client.get(f"/households/{opened.json()['household_id']}", headers=desk.headers)
    assert read.status_code == 200, read.text


async def test_the_release_before_works_on_the_expanded_schema(
    postgres: Postgres, secrets_dir: Path, tmp_path: Path
) -> None:
    former, following = SERVICES_FOLDER / "family" / "migrations", tmp_path / "family" / "migrations"
    async with running_service("family", postgres, secrets_dir) as service:
        desk = Desk(service)
        await walk(desk, service, "before@example.test")
        tables = [row["tablename"] for row in await service.db.fetch(TABLES_SQL)]
        shutil.copytree(former, following)
        expansion = "".join(f'alter table "{table}" add column added_later text;' for table in tables)
        (following / "9999_expansion.sql").write_text(expansion + "create table made_later (n int);")
        database = await service.db.fetchval("select current_database()")
        address = f"{postgres.server.admin_dsn.rpartition('/')[0]}/{database}"

        assert await migrate(address, CHASSIS_MIGRATIONS, following) == ["family/9999_expansion.sql"]
        for letter in "abc":
            await walk(desk, service, f"after-{letter}@example.test")
        assert await migrate(address, CHASSIS_MIGRATIONS, former) == [], "a process of the release before starts"
