"""The committed schema of each service is what its migrations make."""

import asyncpg
import pytest

from contracts.types import SERVICES
from tests.support.databases import Postgres
from tools.schema import file_of, schema_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("service", SERVICES)
async def test_the_committed_schema_is_what_the_migrations_make(service: str, postgres: Postgres) -> None:
    address = await postgres.create(service)
    made = await schema_of(address)
    await postgres.drop(address)
    assert made == file_of(service).read_text(), "run `python -m tools.schema` and commit what it writes"


async def test_a_changed_column_is_seen_and_another_month_is_not(postgres: Postgres) -> None:
    address = await postgres.create("family")
    before = await schema_of(address)
    connection = await asyncpg.connect(address)
    await connection.execute("select make_history_months(now() + interval '1 year', 2)")
    assert await schema_of(address) == before
    await connection.execute("alter table quotients alter effective_on drop not null")
    await connection.close()
    after = await schema_of(address)
    assert (before.count("effective_on date NOT NULL"), after.count("effective_on date NOT NULL")) == (1, 0)
    await postgres.drop(address)
