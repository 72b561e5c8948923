"""A credit is used once, whatever issues or pays at the same time; and only the lock makes it so."""

import asyncio
from datetime import timedelta
from inspect import unwrap
from typing import Any
from uuid import UUID

import pytest

from services.billing.issuing import commands as issuing
from services.billing.ledger import store as ledger
from services.billing.runs.store import Run
from services.billing.settings import BillingRules
from tests.component.billing.families import WEDNESDAY, Booked, advance_run, drafted_run
from tests.component.billing.paying import Payer
from tests.component.billing.test_credits import pay_twice
from tests.support.locks import as_far_as_it_can

pytestmark = pytest.mark.anyio

RUN_SQL = "select run_id, regie, period, status from invoice_runs where run_id = $1"


async def issuing_runs(payer: Payer, day_count: int) -> list[Run]:
    """Two months of the same family, each of some days at 9.20 euros, about to be issued."""
    service = payer.service
    activity_id: UUID = await service.db.fetchval("select activity_id from activities")
    run_ids = []
    for months in (1, 2):
        first = WEDNESDAY + timedelta(days=30 * months)
        days = [Booked(payer.family, activity_id, first + timedelta(days=number)) for number in range(day_count)]
        await service.deliver(*(day.attended() for day in days))
        run_ids.append(await drafted_run(service, f"2026-{9 + months:02}"))
    for run_id in run_ids:
        await advance_run(service, run_id, "review", "issue")
    return [Run.of((await service.db.fetch(RUN_SQL, UUID(run_id)))[0]) for run_id in run_ids]


async def issue_both_at_once(payer: Payer) -> list[tuple[int, int]]:
    """The second run is issued while the first is not committed yet; what the credit paid of each total."""
    db, rules = payer.service.db, payer.service.service.provide[BillingRules]
    first, second = await issuing_runs(payer, 2)
    async with db.transaction() as tx:
        issue_first: Any = unwrap(issuing.issue_batch)
        await issue_first(tx, rules, first)
        other = asyncio.create_task(issuing.issue_batch(db, rules, second))
        await as_far_as_it_can(db, other)
    await other
    rows = await db.fetch("select credit_cents, total_cents from invoices where period > '2026-09-01' order by period")
    return [tuple(row) for row in rows]


async def test_two_runs_at_once_use_a_credit_once(payer: Payer) -> None:
    """18.40 paid too much, and two invoices of 18.40."""
    await pay_twice(payer)
    assert await issue_both_at_once(payer) == [(1840, 1840), (0, 1840)]
    assert await payer.balance(f"credit/{payer.family.payer_id}") == 0
    assert await payer.balance(f"receivable/{payer.family.payer_id}") == 1840


async def test_without_the_lock_both_would_use_it(payer: Payer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "HOLD_CREDITS_SQL", "select cardinality($1::text[])")
    await pay_twice(payer)
    assert await issue_both_at_once(payer) == [(1840, 1840), (1840, 1840)]
    assert await payer.balance(f"credit/{payer.family.payer_id}") == 1840, "the family owes what it never got"


async def test_a_payment_during_the_issue_adds_to_the_credit_and_loses_nothing(payer: Payer) -> None:
    """The second payment comes in while the next months are issued."""
    _, first = await payer.started()
    await payer.poll(minutes=21)
    _, second = await payer.started()
    await payer.result(first, "P")
    await payer.come_back(first)
    await issuing_runs(payer, 1)
    await payer.result(second, "P")
    await asyncio.gather(payer.come_back(second), *(payer.service.run_job("invoice_runs") for _ in range(3)))
    credit = -await payer.balance(f"credit/{payer.family.payer_id}")
    owed = await payer.balance(f"receivable/{payer.family.payer_id}")
    used = await payer.service.db.fetchval("select coalesce(sum(credit_cents), 0)::bigint from invoices")
    assert credit >= 0
    assert (credit + used, owed + used) == (1840, 1840)
