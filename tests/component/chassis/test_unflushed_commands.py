"""Which commands wait until the disk has what they wrote."""

from collections.abc import AsyncIterator

import pytest

from chassis.data.database import Database, Transaction, command, unflushed_command
from chassis.settings import ServiceSettings

pytestmark = pytest.mark.anyio

FLUSH_SQL = """
do $$ begin execute format('alter database %I set synchronous_commit to on', current_database()); end $$
"""


@pytest.fixture
async def safe(db: Database, settings: ServiceSettings) -> AsyncIterator[Database]:
    """A database that flushes, as towns' do and those of tests do not."""
    await db.execute(FLUSH_SQL)
    database = await Database.open(settings, "probe")
    yield database
    await database.close()


@command
async def _flushed(tx: Transaction) -> str:
    return await _setting(tx)


@unflushed_command
async def _unflushed(tx: Transaction) -> str:
    return await _setting(tx)


async def _setting(tx: Transaction) -> str:
    return str(await tx.fetchval("select current_setting('synchronous_commit')"))


async def test_only_what_may_be_forgotten_is_not_waited_for(safe: Database) -> None:
    """And a connection that is used again waits again."""
    assert [await _flushed(safe), await _unflushed(safe), await _flushed(safe)] == ["on", "off", "on"]
