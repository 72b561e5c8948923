"""The work queue of messages: notices are addressed, messages claimed under a lease, outcomes recorded. Each function is one transaction."""

from datetime import timedelta
from typing import Final

from chassis.data.database import Transaction, command

from . import store
from .domain import Failed, Outcome, Postponed, announcement
from .store import ClaimedMessage

BATCH_MAX: Final = 20
ADDRESS_MAX: Final = 200
LEASE: Final = timedelta(seconds=30)


@command
async def expire_overdue(tx: Transaction) -> None:
    """Expire notices that are too old to be sent, and publish that of each message."""
    now = await tx.now()
    for row in await store.expire(tx, ADDRESS_MAX):
        tx.emit(announcement(row["message_id"], row["recipient_id"], row["template"], Failed("expired"), now))


@command
async def address_notices(tx: Transaction) -> int:
    """Find the recipients of waiting notices and queue their messages; how many notices were looked at."""
    notices = await store.take_notices(tx, ADDRESS_MAX)
    for notice in notices:
        recipient_ids = await store.recipients(tx, notice, await tx.today())
        await store.address(tx, notice, recipient_ids, await tx.now())
    return len(notices)


@command
async def claim_messages(tx: Transaction) -> list[ClaimedMessage]:
    """Take due messages; the claim is committed before anything is sent, so no other sender has them."""
    return await store.claim(tx, BATCH_MAX, LEASE)


@command
async def record_outcome(tx: Transaction, message: ClaimedMessage, outcome: Outcome) -> None:
    """Write how an attempt went, and publish it when it was the last one."""
    now = await tx.now()
    if await store.keep_outcome(tx, message, outcome, now) and not isinstance(outcome, Postponed):
        tx.emit(announcement(message.message_id, message.recipient_id, message.notice.template, outcome, now))
