"""Open days are decided again with all that is known now, whatever changed; what is owed as before stays as it is."""

from chassis.data.database import Database, Transaction, command

from ..charges.commands import decide_days
from . import store

BATCH_MAX = 500


@command
async def apply_changes(tx: Transaction) -> bool:
    """Decide the open days of a household or a child again of which something changed; whether there was one."""
    subject_id = await store.take_subject(tx)
    if subject_id is None:
        return False
    await decide_days(tx, await store.days_of_subject(tx, subject_id))
    return True


@command
async def apply_tariffs(tx: Transaction) -> bool:
    """Decide the next open days of an activity again whose tariff changed; whether there was one."""
    repricing = await store.take_activity(tx)
    if repricing is None:
        return False
    source_ids, last_charge_id = await store.days_of_activity(tx, repricing, BATCH_MAX)
    await decide_days(tx, source_ids)
    await store.advance(tx, repricing, last_charge_id)
    return True


async def price_again(db: Database) -> None:
    """Decide every day that waits for it, a household, a child or a batch of an activity at a time."""
    while await apply_changes(db):
        pass
    while await apply_tariffs(db):
        pass
