"""Holding a permit during a call, and having nobody call while the other side says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.data.database import Database, Transaction, unflushed_command

from . import domain, store
from .store import Lease


class NoPermit(Exception):
    """No call may be made now; `seconds` says in how long one may."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


@asynccontextmanager
async def permit(db: Database, name: str) -> AsyncIterator[None]:
    """One call among those of all processes: it is made, and answered, within the block. Raises NoPermit."""
    lease = await _turn(db, name)
    try:
        yield
    finally:
        await _release(db, name, lease)


async def _turn(db: Database, name: str) -> Lease:
    """Wait for a slot, for a bounded time."""
    now = asyncio.get_running_loop().time
    deadline = now() + domain.WAIT_SECONDS_MAX
    while (lease := await _claim(db, name)) is None:
        seconds = max(await store.free_in(db, name), domain.PAUSE_SECONDS_MIN)
        if now() + seconds > deadline:
            raise NoPermit(seconds)
        await asyncio.sleep(seconds)
    return lease


@unflushed_command
async def _claim(tx: Transaction, name: str) -> Lease | None:
    if lease := await store.claim(tx, name, domain.LEASE_SECONDS):
        return lease
    await store.make_slots(tx, name, domain.CALLS_MAX)
    return await store.claim(tx, name, domain.LEASE_SECONDS)


@unflushed_command
async def _release(tx: Transaction, name: str, lease: Lease) -> None:
    await store.release(tx, name, lease, domain.REST_SECONDS)


@unflushed_command
async def close(tx: Transaction, name: str, seconds: float) -> None:
    """Have no process call for so long."""
    await store.make_slots(tx, name, domain.CALLS_MAX)
    await store.close(tx, name, min(seconds, domain.CLOSED_SECONDS_MAX))
