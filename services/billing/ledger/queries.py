"""Balances, replayed from the postings."""

from chassis.database import Queries
from contracts.types import Cents

BALANCE_SQL = "select coalesce(sum(amount_cents), 0)::bigint from ledger_postings where account = $1"


async def balance(queries: Queries, account: str) -> Cents:
    """The balance of an account: what was debited less what was credited."""
    cents: Cents = await queries.fetchval(BALANCE_SQL, account)
    return cents
