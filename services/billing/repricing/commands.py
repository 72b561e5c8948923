"""Open days are priced again with all that is known now, whatever changed; those that cost what they did stay as they are."""

from collections.abc import Sequence

from chassis.data.database import Database, Transaction, command

from ..charges.commands import price_and_save
from ..charges.domain import Charge
from ..charges.store import frozen
from . import store

BATCH_MAX = 500


@command
async def apply_quotients(tx: Transaction) -> bool:
    """Price the open days of a household again whose quotients changed; whether there was one."""
    household_id = await store.take_household(tx)
    if household_id is None:
        return False
    await _price_again(tx, await store.lock_days_of_household(tx, household_id))
    return True


@command
async def apply_tariffs(tx: Transaction) -> bool:
    """Price the next open days of an activity again whose tariff changed; whether there was one."""
    repricing = await store.take_activity(tx)
    if repricing is None:
        return False
    days = await store.lock_days_of_activity(tx, repricing, BATCH_MAX)
    await _price_again(tx, days)
    await store.advance(tx, repricing, days)
    return True


async def _price_again(tx: Transaction, days: Sequence[Charge]) -> None:
    """Days that are on an invoice, or on one that is being issued, keep their price."""
    kept = await frozen(tx, days)
    await price_and_save(tx, [day for day in days if day.charge_id not in kept])


async def price_again(db: Database) -> None:
    """Price every day that waits for it, a household or a batch of an activity at a time."""
    while await apply_quotients(db):
        pass
    while await apply_tariffs(db):
        pass
