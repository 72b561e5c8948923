"""Saying who looks after a request for an enrollment."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.waiting import FORGET_OWNERS_SQL, find_item, take_item
from chassis.housekeeping import remove_in_batches
from contracts.queue import OwnerChange

from .queries import KINDS, WAITING_ITEM_SQL


@command
async def keep_owner(tx: Transaction, actor: Actor, enrollment_id: UUID, change: OwnerChange) -> None:
    """Have an agent look after a request for an enrollment, or nobody. Raises NotFound, Invalid, OwnedByColleague."""
    await take_item(tx, actor, await find_item(tx, actor, WAITING_ITEM_SQL, KINDS, enrollment_id), change)


async def forget_owners(db: Database) -> None:
    """Remove what nobody looks after any more."""
    await remove_in_batches(db, FORGET_OWNERS_SQL, await db.now())
