"""Migrations: each file is applied once and in order, whoever starts first, and an applied file never changes."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from chassis.data.migrations import MigrationChanged, migrate
from tests.support.databases import Postgres

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two numbered files, the second of which needs the first."""
    folder = tmp_path / "shelf" / "migrations"
    folder.mkdir(parents=True)
    (folder / "0001_notes.sql").write_text("create table notes (id int primary key);")
    (folder / "0002_first_note.sql").write_text("alter table notes add author text; insert into notes values (1);")
    return folder


@pytest.fixture
async def address(postgres: Postgres) -> str:
    """A database that has none of these files."""
    return await postgres.create("probe", Path(__file__).parent / "migrations")


async def ask(address: str, sql: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(address)
    try:
        return [tuple(row) for row in await connection.fetch(sql)]
    finally:
        await connection.close()


async def test_files_are_applied_in_order_and_once(address: str, folder: Path) -> None:
    assert await migrate(address, folder) == ["shelf/0001_notes.sql", "shelf/0002_first_note.sql"]
    (folder / "0003_second_note.sql").write_text("insert into notes values (2)")
    assert await migrate(address, folder) == ["shelf/0003_second_note.sql"]
    assert await migrate(address, folder) == []
    assert await ask(address, "select id from notes order by id") == [(1,), (2,)]


async def test_processes_that_start_together_apply_once(address: str, folder: Path) -> None:
    applied = await asyncio.gather(*(migrate(address, folder) for _ in range(4)))
    assert sorted(len(names) for names in applied) == [0, 0, 0, 2]
    assert await ask(address, "select count(*) from notes") == [(1,)]


async def test_an_edited_file_stops_the_start_before_anything_is_applied(address: str, folder: Path) -> None:
    await migrate(address, folder)
    with (folder / "0001_notes.sql").open("a") as file:
        file.write("-- edited")
    (folder / "0003_second_note.sql").write_text("insert into notes values (2)")
    with pytest.raises(MigrationChanged, match=r"^shelf/0001_notes\.sql$"):
        await migrate(address, folder)
    assert await ask(address, "select count(*) from notes") == [(1,)]


async def test_a_file_that_fails_leaves_nothing_half_made(address: str, folder: Path) -> None:
    broken = folder / "0003_broken.sql"
    broken.write_text("create table half (id int); select 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(address, folder)
    assert await ask(address, "select to_regclass('half'), (select count(*) from notes)") == [(None, 1)]
    broken.write_text("create table half (id int);")
    assert await migrate(address, folder) == ["shelf/0003_broken.sql"]
