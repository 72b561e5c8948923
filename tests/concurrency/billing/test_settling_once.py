"""A payment is applied once, however many hear of it at the same time; and only the locks make it so."""

import asyncio
from typing import Any

import pytest

from contracts.billing.events import PaymentReceived
from services.billing.invoices import store as invoices
from services.billing.payments import store as payments
from services.billing.settings import BillingRules
from services.billing.settlements import commands as settlements
from services.billing.settlements.domain import Result, ResultCode
from tests.component.billing.paying import Payer

pytestmark = pytest.mark.anyio

HEARERS = 12


async def violations(payer: Payer) -> list[str]:
    """What is wrong after one payment of the whole invoice: provider, ledger, invoice and events must agree."""
    invoice = await payer.invoice()
    received = [event for event in await payer.service.outbox() if isinstance(event, PaymentReceived)]
    checks = {
        "events": len(received) == 1,
        "invoice": invoice["paid_cents"] == invoice["total_cents"],
        "ledger": await payer.balance("payfip/enfance") == invoice["total_cents"],
        "receivable": await payer.balance(f"receivable/{payer.family.payer_id}") == 0,
        "credit": await payer.balance(f"credit/{payer.family.payer_id}") == 0,
        "receipts": await payer.service.db.fetchval("select sum(last_number) from numbers where series = 'receipt'")
        == 1,
    }
    return [name for name, is_right in checks.items() if not is_right]


async def test_notification_return_and_poll_together_pay_once(payer: Payer) -> None:
    _, idop = await payer.started()
    await payer.payfip.order("notifications", {"mode": "duplicated"})
    await payer.result(idop, "P")
    payer.service.advance(minutes=1)
    await asyncio.gather(
        *(payer.come_back(idop) for _ in range(HEARERS)), *(payer.service.run_job("payments") for _ in range(3))
    )
    assert await violations(payer) == []


async def apply_twice_at_once(payer: Payer) -> None:
    """Two look-ups end at the same instant."""
    _, idop = await payer.started()
    db, rules = payer.service.db, payer.service.service.provide[BillingRules]
    stored = await payments.payment_of_operation(db, idop)
    asked = stored.attempt
    answer = Result(ResultCode.CARD, asked.numcli, asked.refdet, asked.amount_cents, asked.saisie, "A1B2C3")
    await asyncio.gather(*(settlements.apply_answer(db, rules, stored, answer) for _ in range(2)))


async def test_two_answers_at_once_are_applied_once(payer: Payer) -> None:
    await apply_twice_at_once(payer)
    assert await violations(payer) == []


async def test_without_the_locks_the_check_finds_the_second_application(
    payer: Payer, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_read = asyncio.Barrier(2)

    async def read_without_lock(tx: Any, payment_id: Any) -> payments.StoredPayment:
        stored = await payments.payment(tx, payment_id)
        await both_have_read.wait()
        return stored

    monkeypatch.setattr(invoices, "LOCK_INVOICE_SQL", invoices.LOCK_INVOICE_SQL.replace("for update", ""))
    monkeypatch.setattr(settlements, "lock_payment", read_without_lock)
    await payer.service.alter("alter table ledger_transactions drop constraint ledger_transactions_kind_reference_key")
    await apply_twice_at_once(payer)
    assert {"events", "ledger", "receipts"} <= set(await violations(payer))


async def test_only_one_of_many_starts_opens_a_payment(payer: Payer) -> None:
    answers = await asyncio.gather(*(payer.start() for _ in range(8)))
    codes = sorted(answer.json().get("code", "started") for answer in answers)
    assert codes == ["payment_under_way"] * 7 + ["started"]
    assert await payer.service.db.fetchval("select count(*) from payments") == 1
