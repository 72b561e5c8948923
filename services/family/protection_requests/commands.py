"""Asking for one's address to be protected, and closing what nothing comes of. Protecting it, which settles what was asked, stands in `protection/`.

Somebody else may look at the same screen or read the same mailbox: nothing of a request is answered to the household, noted in its history, mailed or
published.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from chassis.actor import Actor
from chassis.data.database import Database, Transaction, command
from chassis.data.history import Act
from chassis.housekeeping import remove_in_batches
from chassis.refusal import NotFound
from contracts.family.protection import ProtectionAsked, ProtectionEnd

from ..households.queries import household_id_for
from ..households.store import lock_household
from . import store
from .store import FORGET_SETTLED_SQL

SETTLED_KEPT: Final = timedelta(days=90)
"""For how long an agent may still be asked what became of a request. One that waits stays."""


@command
async def ask_protection(tx: Transaction, actor: Actor, request: ProtectionAsked) -> None:
    """Ask for it, or say it otherwise while it waits. The answer is the same whatever there was. Raises NotFound, HouseholdAmbiguous."""
    household_id = await household_id_for(tx, actor, request.household_id, await tx.today())
    if not await lock_household(tx, household_id):
        raise NotFound
    request_id = await store.keep_request(tx, household_id, actor.require_guardian(), request.message)
    tx.note(Act(actor, "protection_asked", request_id))


@command
async def close_request(tx: Transaction, actor: Actor, request_id: UUID, request: ProtectionEnd) -> None:
    """Protect nothing, and say why; whoever asked is told by an agent, in the way that they wrote. What is settled stays so. Raises NotFound."""
    row = await store.lock_request(tx, request_id)
    if row is None:
        raise NotFound
    if row["settled_at"] is not None:
        return
    tx.note(Act(actor, "protection_request_closed", request_id))
    await store.close_request(tx, row, request.reason, actor.account_id)


async def forget_settled(db: Database) -> None:
    """Forget requests that were settled long ago."""
    await remove_in_batches(db, FORGET_SETTLED_SQL, await db.now() - SETTLED_KEPT)
