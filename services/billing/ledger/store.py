"""Storage of the ledger, and gapless sequences for the numbers of invoices and receipts."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from chassis.data.database import Transaction
from chassis.identifiers import new_id
from contracts.types import Cents

from .domain import LedgerEntry, credit

ADD_ENTRIES_SQL = """
insert into ledger_transactions (transaction_id, kind, reference, booked_on)
select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::date[])
"""

ADD_POSTINGS_SQL = """
insert into ledger_postings (transaction_id, position, account, amount_cents)
select * from unnest($1::uuid[], $2::smallint[], $3::text[], $4::bigint[])
"""


async def post(tx: Transaction, entries: Sequence[LedgerEntry]) -> None:
    """Record entries. The database refuses one that does not sum to zero, and a second one for the same thing."""
    ids = [new_id() for _ in entries]
    await tx.execute(
        ADD_ENTRIES_SQL,
        ids,
        [entry.kind.value for entry in entries],
        [entry.reference for entry in entries],
        [entry.booked_on for entry in entries],
    )
    postings = [
        (entry_id, position, posting)
        for entry_id, entry in zip(ids, entries, strict=True)
        for position, posting in enumerate(entry.postings)
    ]
    await tx.execute(
        ADD_POSTINGS_SQL,
        [entry_id for entry_id, _, _ in postings],
        [position for _, position, _ in postings],
        [posting.account for _, _, posting in postings],
        [posting.amount_cents for _, _, posting in postings],
    )


CREDITS_SQL = """
select account, -sum(amount_cents)::bigint as amount_cents from ledger_postings where account = any($1::text[])
group by account having sum(amount_cents) < 0
"""

HOLD_CREDITS_SQL = "select pg_advisory_xact_lock(hashtextextended(account, 0)) from unnest($1::text[]) as account"


async def hold_credits(tx: Transaction, payer_ids: Sequence[UUID]) -> dict[UUID, Cents]:
    """What is owed to those of these payers who have a credit; until this transaction ends, nobody else uses it.

    A payment may add to it meanwhile, which is then for another invoice.
    """
    payers = {credit(payer_id): payer_id for payer_id in payer_ids}
    accounts = sorted(row["account"] for row in await tx.fetch(CREDITS_SQL, list(payers)))
    if not accounts:
        return {}
    await tx.execute(HOLD_CREDITS_SQL, accounts)
    return {payers[row["account"]]: row["amount_cents"] for row in await tx.fetch(CREDITS_SQL, accounts)}


TAKE_NUMBERS_SQL = """
insert into numbers as n (regie, series, year, last_number) values ($1, $2, $3, $4)
on conflict (regie, series, year) do update set last_number = n.last_number + excluded.last_number
returning last_number
"""


async def take_numbers(
    tx: Transaction, regie: str, series: Literal["invoice", "receipt"], year: int, count: int
) -> range:
    """The next `count` numbers of a series.

    The counter's row stays locked until the transaction ends, and goes back if it fails: there is never a gap.
    """
    last: int = await tx.fetchval(TAKE_NUMBERS_SQL, regie, series, year, count)
    return range(last - count + 1, last + 1)
