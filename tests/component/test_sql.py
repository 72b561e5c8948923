"""Rule 15: every SQL constant is prepared by a real PostgreSQL against the migrated schema of its service."""

import importlib
from collections.abc import Iterable
from pathlib import Path

import asyncpg
import pytest

from chassis.data.replicas import DatedMembers, Replica
from contracts.types import SERVICES
from tests.support.databases import Postgres

pytestmark = pytest.mark.anyio

REPOSITORY = Path(__file__).parents[2]


def statements_of(*folders: str) -> dict[str, str]:
    """The SQL constants of every module under some folders, by `module.NAME`."""
    statements: dict[str, str] = {}
    for path in sorted(path for folder in folders for path in (REPOSITORY / folder).rglob("*.py")):
        name = ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
        if path.stem != "__main__":
            module = importlib.import_module(name.removesuffix(".__init__"))
            statements |= {f"{name}.{key}": value for key, value in vars(module).items() if key.endswith("_SQL")}
            for key, value in vars(module).items():
                if isinstance(value, DatedMembers):
                    statements[f"{name}.{key}.replace"] = value.replace_sql
                if isinstance(value, Replica):
                    statements |= {f"{name}.{key}.keep": value.keep_sql, f"{name}.{key}.forget": value.forget_sql}
    return statements


async def refused(database_url: str, statements: Iterable[tuple[str, str]]) -> list[str]:
    """The statements that the database cannot prepare, each with its reason."""
    faults = []
    connection = await asyncpg.connect(database_url)
    try:
        for name, sql in statements:
            try:
                await connection.prepare(sql)
            except asyncpg.PostgresError as error:
                faults.append(f"{name}: {error}")
    finally:
        await connection.close()
    return faults


@pytest.mark.parametrize("service", SERVICES)
async def test_every_statement_fits_the_schema(service: str, postgres: Postgres) -> None:
    database_url = await postgres.create(service)
    statements = statements_of(f"services/{service}", "chassis", "tools/dead_letters", "tools/replay")
    assert any(name.startswith(f"services.{service}.") for name in statements)
    assert await refused(database_url, statements.items()) == []
    await postgres.drop(database_url)


async def test_statement_that_does_not_fit_is_found(postgres: Postgres) -> None:
    database_url = await postgres.create("family")
    wrong = {
        "no such column": "select colour from outbox",
        "a type that does not fit": "select id from outbox where key = $1::int",
        "no such table": "insert into doors (door) values ($1)",
    }
    right = {"right": "select id from outbox where key = $1"}
    faults = await refused(database_url, {**wrong, **right}.items())
    assert [fault.partition(":")[0] for fault in faults] == list(wrong)
    await postgres.drop(database_url)
