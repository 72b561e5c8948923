"""Storage of the online services that an account does without."""

from dataclasses import replace

from chassis.data.database import Transaction
from contracts.identity.online_service_words import OnlineService

from ..accounts.domain import AccountRecord

SAVE_DECLINED_SQL = "update accounts set declined_services = $2 where account_id = $1"


async def save_declined(tx: Transaction, account: AccountRecord, declined: frozenset[OnlineService]) -> AccountRecord:
    """Write what an account that is held does without; the account as it is then."""
    await tx.execute(SAVE_DECLINED_SQL, account.account_id, sorted(declined))
    return replace(account, declined=declined)
