"""The invariants of payments: one that was received, part of it too much, violates none, and each planted violation is listed."""

from typing import Final

import pytest

from tests.component.billing.paying import Payer
from tests.support.planting import plant
from tools.invariants.nightly import checking_of

pytestmark = pytest.mark.anyio

PAYMENTS: Final = "select 'payment ' || payment_id from payments where status = 'paid'"
PLANTED: Final = (
    ("I8", "update payments set amount_cents = amount_cents + 1 where status = 'paid'", PAYMENTS),
    ("I8", "delete from ledger_transactions where kind = 'payment'", PAYMENTS),
    ("I8", "delete from payments where status = 'paid'", "select 'payment ' || reference from ledger_transactions"),
    ("I8", "update ledger_postings set account = 'revenue/x' where account like 'receivable/%'", "select 'invoice ' || invoice_id from invoices"),
    ("I8", "update invoices set paid_cents = paid_cents - 1", "select 'invoice ' || invoice_id from invoices"),
    ("I11", "delete from outbox_keys where topic = 'billing.payments'", "select 'billing.payments ' || household_id || ' lacks events' from payments"),
    ("I14", "update numbers set last_number = 7 where series = 'receipt'", "select concat_ws(' ', series, regie, year) from numbers where series = 'receipt'"),
)  # fmt: skip


async def test_a_payment_made_twice_violates_none_and_each_planted_violation_is_listed(payer: Payer) -> None:
    _, first = await payer.started()
    await payer.poll(minutes=21)
    _, second = await payer.started()
    for operation in (second, first):
        await payer.result(operation, "P")
        assert (await payer.come_back(operation))["status"] == "paid"
    invariants = {invariant.code: invariant for invariant in checking_of("billing").invariants}
    db = payer.service.db
    assert [code for code, invariant in invariants.items() if await db.fetch(invariant.check_sql)] == []
    for code, statement, key_sql in PLANTED:
        assert await plant(db, invariants[code], statement, key_sql) == (True, True), statement
