"""Saying who looks after something that waits."""

from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Transaction, command
from chassis.data.waiting import find_item, take_item
from chassis.refusal import NotFound
from contracts.queue import OwnerChange, WaitingKind

from ..request_decisions.commands import show_under_review
from ..requests.store import lock_request
from .queries import WAITING_ITEM_SQL, kinds_read_by


@command
async def keep_owner(tx: Transaction, actor: Actor, kind: WaitingKind, item_id: UUID, change: OwnerChange) -> None:
    """Have an agent look after something, or nobody: the family of a request then sees it under review. Raises NotFound, Invalid,
    OwnedByColleague."""
    if kind not in kinds_read_by(actor):
        raise NotFound
    if kind is WaitingKind.REQUEST:
        await lock_request(tx, item_id)  # before its owner, as whoever takes or decides it does
    await take_item(tx, actor, await find_item(tx, actor, WAITING_ITEM_SQL, [kind], item_id), change)
    if kind is WaitingKind.REQUEST and change.owner_id is not None:
        await show_under_review(tx, actor, item_id)
