"""Work that is cut off gives its connection back, wherever it was cut off; and whoever never does keeps nobody from stopping."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from chassis.clock_watch import ClockWatch
from chassis.data import database
from chassis.data.database import Database, Transaction, command
from chassis.settings import ServiceSettings
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio

TURNS = 60
"""After how many turns of the loop work is cut off: more than it takes."""
OPEN_SQL = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and (state <> 'idle' or xact_start is not null)
"""


@pytest.fixture
async def db(settings: ServiceSettings) -> AsyncIterator[Database]:
    db = await Database.open(settings, "cancelled work")
    await db.execute("create table kept (number integer)")
    yield db
    await db.close()


@command
async def keep(tx: Transaction, number: int) -> None:
    await tx.execute("insert into kept values ($1)", number)
    await tx.fetch("select pg_sleep(0.001)")
    await tx.execute("insert into kept values ($1)", number)


@pytest.mark.parametrize("cuts", [1, 2, 3])
async def test_work_that_is_cut_off_anywhere_holds_no_connection(db: Database, cuts: int) -> None:
    """Cut off more than once, it is cut off in the middle of undoing what it did."""
    for turns in range(TURNS):
        work = asyncio.create_task(keep(db, turns))
        for _ in range(cuts):
            for _ in range(turns):
                await asyncio.sleep(0)
            work.cancel()
        await asyncio.wait({work})

    async def is_all_back() -> bool:
        return db.pool.get_idle_size() == db.pool.get_size() and not await db.fetchval(OPEN_SQL)

    await eventually(is_all_back)
    halves = await db.fetch("select number from kept group by number having count(*) <> 2")
    assert not halves, "all of it or nothing"
    async with asyncio.timeout(5):
        await db.close()


async def test_the_watch_of_the_clock_ends_whenever_it_is_told_to(db: Database) -> None:
    """A cancellation that comes with the answer of the database is not forgotten."""
    for turns in range(TURNS):
        watch = asyncio.create_task(ClockWatch("probe", db).run())
        for _ in range(turns):
            await asyncio.sleep(0)
        watch.cancel()
        await asyncio.wait({watch}, timeout=5)
        assert watch.cancelled(), f"after {turns} turns"


async def test_whoever_never_gives_a_connection_back_is_cut_off(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "CLOSE_SECONDS", 0.2)
    is_held, is_over = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with db.transaction():
            is_held.set()
            await is_over.wait()

    holder = asyncio.create_task(hold())
    await is_held.wait()
    with capture_logs() as logs:
        async with asyncio.timeout(5):
            await db.close()
    assert [line["event"] for line in logs] == ["connections were held while the database was closed"]
    is_over.set()
    await asyncio.wait({holder})
    assert holder.exception() is not None, "what it wanted to commit is not"
