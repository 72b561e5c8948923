"""The worked examples of docs/pricing.md, run."""

import re
from datetime import UTC, date, datetime
from functools import partial
from uuid import UUID

import pytest

from contracts.types import Attendance
from services.billing.charges.domain import Facts, standing
from services.billing.invoices.domain import NewInvoice
from services.billing.issuing.domain import outcome_of
from services.billing.ledger.domain import Split
from services.billing.payers.domain import divided
from services.billing.tariffs.domain import Grid, PriceBracket, QuotientInForce, price
from tests.support import worked_examples
from tests.support.worked_examples import cents

table = partial(worked_examples.table, "pricing.md")
DAY = date(2026, 9, 2)
MOMENT = datetime(2026, 9, 2, tzinfo=UTC)


def grid() -> Grid:
    """The document's grid."""
    brackets = [
        PriceBracket(label, cents(start), None if end == "-" else cents(end), cents(amount))
        for label, start, end, amount in table("Bracket", "From")
    ]
    return Grid("leisure", "Centre de loisirs", 1, DAY, tuple(brackets))


@pytest.mark.parametrize("row", table("Quotient", "Bracket"), ids=lambda row: row[0])
def test_prices(row: list[str]) -> None:
    known = None if row[0] == "unknown" else QuotientInForce(cents(row[0]), DAY)
    priced = price(grid(), known)
    assert (priced.bracket_label, priced.amount_cents) == (row[1], cents(row[2]))
    assert priced.quotient == known


@pytest.mark.parametrize("row", table("First payer's price", "Part"), ids=lambda row: "-".join(row[:4]))
def test_parts(row: list[str]) -> None:
    amounts = divided([(cents(row[0]), cents(row[1])), (cents(row[2]), cents(row[3]))])
    assert amounts == [cents(amount) for amount in row[4].split(", ")]
    assert sum(amounts) == cents(row[5])


@pytest.mark.parametrize("row", table("Cancelled", "Attendance"), ids=lambda row: "-".join(row[:2]))
def test_standings(row: list[str]) -> None:
    is_cancelled = row[0] != "no"
    facts = Facts(
        cancelled_at=MOMENT if is_cancelled else None,
        is_cancellation_chargeable=row[0] == "too late" if is_cancelled else None,
        attendance=None if row[1] == "none" else Attendance(row[1]),
        attendance_at=None if row[1] == "none" else MOMENT,
    )
    assert standing(facts) == row[2]


@pytest.mark.parametrize("row", table("Lines", "Total"), ids=lambda row: row[0])
def test_months(row: list[str]) -> None:
    total = sum(cents(amount) for amount in re.findall(r"-?[0-9.]+", row[0]))
    assert total == cents(row[1])
    assert outcome_of(total) == row[2]


@pytest.mark.parametrize("row", table("Credit", "Invoice"), ids=lambda row: "-".join(row[:2]))
def test_credits(row: list[str]) -> None:
    split = Split.of(cents(row[0]), cents(row[1]))
    invoice = NewInvoice(UUID(int=1), UUID(int=2), UUID(int=3), "2026-000001", cents(row[1]), split.settled_cents)
    assert (invoice.credit_cents, invoice.total_cents - invoice.credit_cents) == (cents(row[2]), cents(row[3]))
    assert (invoice.status, split.surplus_cents) == (row[4], cents(row[5]))
