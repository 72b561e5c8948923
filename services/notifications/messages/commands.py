"""The work queue of messages: notices are addressed, messages claimed under a lease, outcomes recorded. Each function is one transaction."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from chassis.data.database import Row, Transaction, command
from contracts.billing.payers import payer_id_of

from ..directory.queries import candidates
from . import store
from .domain import RULES, Audience, Failed, Outcome, Postponed, Template, announcement
from .store import ClaimedMessage

BATCH_MAX: Final = 20
ADDRESS_MAX: Final = 200
LEASE: Final = timedelta(seconds=30)


@command
async def expire_overdue(tx: Transaction) -> None:
    """Expire notices that are too old to be sent, and publish that of each message."""
    now = await tx.now()
    for subject in await store.expire(tx, ADDRESS_MAX):
        tx.emit(announcement(subject, Failed("expired"), now))


@command
async def address_notices(tx: Transaction) -> int:
    """Find the recipients of waiting notices and queue their messages; how many notices were looked at."""
    notices = await store.take_notices(tx, ADDRESS_MAX)
    for notice in notices:
        rule = RULES[Template(notice["template"])]
        known = await candidates(tx, rule, notice, await tx.today())
        recipient_ids = None if known is None else _recipients(rule.audience, notice, known)
        await store.address(tx, notice, recipient_ids, await tx.now())
    return len(notices)


def _recipients(audience: Audience, notice: Row, known: Mapping[UUID, bool]) -> list[UUID]:
    """The payer of an invoice, and everybody invited otherwise, or once no file names the payer any more."""
    payer_id = notice["payload"].get("payer_id") if audience is Audience.PAYER else None
    payers = [adult_id for adult_id in known if str(payer_id_of(notice["subject_id"], adult_id)) == payer_id]
    return payers or [adult_id for adult_id, is_invited in known.items() if is_invited]


@command
async def claim_messages(tx: Transaction) -> list[ClaimedMessage]:
    """Take due messages; the claim is committed before anything is sent, so no other sender has them."""
    return await store.claim(tx, BATCH_MAX, LEASE)


@command
async def record_outcome(tx: Transaction, message: ClaimedMessage, outcome: Outcome, shown: str | None = None) -> None:
    """Write how an attempt went, and publish it when it was the last one. `shown`: the address that was written to, as agents may read it."""
    now = await tx.now()
    if await store.keep_outcome(tx, message, outcome, now, shown) and not isinstance(outcome, Postponed):
        tx.emit(announcement(message.subject, outcome, now))
