"""Asking the provider about every payment whose result is awaited: no notification need ever arrive."""

import asyncio
from uuid import UUID

from chassis.database import Database, Transaction, command

from . import store
from .commands import PaymentDesk, settle
from .domain import CREATION_DELAY

LOOK_UPS_MAX = 100
LOOK_UPS_AT_ONCE = 5


@command
async def give_up_created(tx: Transaction) -> None:
    """End attempts that never got a page: the process that asked for it died."""
    await store.give_up_created(tx, await tx.now() - CREATION_DELAY)


async def look_payments_up(db: Database, desk: PaymentDesk) -> None:
    """Look up the payments whose time has come, a few at once; one that fails keeps no other waiting."""
    await give_up_created(db)
    limit = asyncio.Semaphore(LOOK_UPS_AT_ONCE)

    async def look_up(payment_id: UUID) -> None:
        async with limit:
            await settle(db, desk, payment_id)

    due = await store.to_look_up(db, await db.now(), LOOK_UPS_MAX)
    outcomes = await asyncio.gather(*(look_up(payment_id) for payment_id in due), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
