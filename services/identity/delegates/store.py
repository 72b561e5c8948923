"""Storage of delegates' accounts."""

from uuid import UUID

from chassis.data.database import Transaction
from chassis.data.replicas import Replica

DELEGATES = Replica("delegate_versions", "delegate_id")
"""The newest state of each delegate that their account followed."""

DELEGATES_ACCOUNT_SQL = "select account_id from account_persons where guardian_id = $1 and is_delegate"


async def delegates_account(tx: Transaction, delegate_id: UUID) -> UUID | None:
    """The account of somebody who only helps; None when there is none, and for an adult of a file."""
    account_id: UUID | None = await tx.fetchval(DELEGATES_ACCOUNT_SQL, delegate_id)
    return account_id
