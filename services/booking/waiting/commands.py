"""Saying who looks after a request for an enrollment."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.waiting import find_item, take_item
from contracts.queue import OwnerChange

from .queries import KINDS, WAITING_ITEM_SQL


@command
async def keep_owner(tx: Transaction, actor: Actor, enrollment_id: UUID, change: OwnerChange) -> None:
    """Have an agent look after a request for an enrollment, or nobody. Raises NotFound, Invalid, OwnedByColleague."""
    await take_item(tx, actor, await find_item(tx, actor, WAITING_ITEM_SQL, KINDS, enrollment_id), change)
