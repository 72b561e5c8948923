"""Ledger entries sum to zero, whatever is invoiced and however it is paid."""

from datetime import date
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.billing.ledger.domain import (
    LedgerEntry,
    Split,
    credit,
    credit_entry,
    invoice_entry,
    payment_entry,
    provider,
    receivable,
)

DAY = date(2026, 9, 30)
HOUSEHOLD = uuid4()
AMOUNTS = st.integers(1, 10_000_000)


def by_account(*entries: LedgerEntry) -> dict[str, int]:
    """Balances, replayed."""
    balances: dict[str, int] = {}
    for entry in entries:
        for posting in entry.postings:
            balances[posting.account] = balances.get(posting.account, 0) + posting.amount_cents
    return balances


@given(AMOUNTS, st.lists(AMOUNTS, max_size=5))
def test_every_entry_sums_to_zero_and_no_cent_is_lost(total: int, received: list[int]) -> None:
    entries = [invoice_entry(uuid4(), HOUSEHOLD, "enfance", total, DAY)]
    left = total
    for amount in received:
        split = Split.of(amount, left)
        assert split.settled_cents + split.surplus_cents == amount
        assert 0 <= split.settled_cents <= left
        left -= split.settled_cents
        entries.append(payment_entry(uuid4(), HOUSEHOLD, "enfance", split, DAY))
    for entry in entries:
        assert sum(posting.amount_cents for posting in entry.postings) == 0
        assert all(posting.amount_cents for posting in entry.postings)
    balances = by_account(*entries)
    assert balances[receivable(HOUSEHOLD)] == left == max(total - sum(received), 0)
    assert balances.get(credit(HOUSEHOLD), 0) == min(total - sum(received), 0)
    assert balances.get(provider("enfance"), 0) == sum(received)


@given(AMOUNTS, st.lists(AMOUNTS, max_size=5))
def test_a_credit_pays_invoices_until_it_is_used_up(owed: int, totals: list[int]) -> None:
    """Whatever was paid too much and is invoiced later, no cent is used twice."""
    entries = [payment_entry(uuid4(), HOUSEHOLD, "enfance", Split(0, owed), DAY)]
    left = owed
    for total in totals:
        split = Split.of(left, total)
        entries.append(invoice_entry(uuid4(), HOUSEHOLD, "enfance", total, DAY))
        if split.settled_cents:
            entries.append(credit_entry(uuid4(), HOUSEHOLD, split.settled_cents, DAY))
        left = split.surplus_cents
    assert all(sum(posting.amount_cents for posting in entry.postings) == 0 for entry in entries)
    balances = by_account(*entries)
    assert -balances[credit(HOUSEHOLD)] == left == max(owed - sum(totals), 0)
    assert balances.get(receivable(HOUSEHOLD), 0) == max(sum(totals) - owed, 0)
