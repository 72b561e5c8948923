"""What a transaction says that it did: once, and only when it is done."""

import asyncpg
import pytest
from structlog.testing import capture_logs

from chassis.data.database import Database, Transaction, command

pytestmark = pytest.mark.anyio

SAID = {"event": "letter sent", "log_level": "info", "count": 2}


async def log_of(db: Database, *, collisions: int = 0, fails: bool = False) -> list[dict[str, object]]:
    """What is in the log after a command that collides some times, and perhaps fails then."""
    left = iter(range(collisions))

    @command
    async def send(tx: Transaction) -> None:
        tx.report("letter sent", count=2)
        assert not logs, "nothing is done yet"
        if next(left, None) is not None:
            raise asyncpg.DeadlockDetectedError
        if fails:
            raise ValueError

    with capture_logs() as logs:
        try:
            await send(db)
        except ValueError:
            assert fails
    return [dict(entry) for entry in logs]


async def test_what_is_done_is_said(db: Database) -> None:
    assert await log_of(db) == [SAID]


async def test_what_runs_again_is_said_once(db: Database) -> None:
    assert await log_of(db, collisions=2) == [SAID]


async def test_what_is_undone_is_not_said(db: Database) -> None:
    assert await log_of(db, fails=True) == []
