"""Issue jobs of several replicas at once, batches that fail, days corrected meanwhile: numbers and sums stay right."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.types import Attendance, InvoiceRunStatus
from services.billing.drafts import commands as drafts
from services.billing.issuing import commands as issuing
from services.billing.ledger import store as ledger
from services.billing.runs.store import Run
from tests.component.billing.families import MOMENT, Booked, Family, activity, advance_run, publish_tariff
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

FAMILIES = 40
BATCH = 7

NUMBERS_SQL = "select right(number, 6)::integer as number from invoices order by 1"
DIFFERENCES_SQL = """
select i.invoice_id from invoices i
where i.total_cents <> (select sum(l.amount_cents) from invoice_lines l where l.invoice_id = i.invoice_id)
   or i.total_cents <> (select sum(p.amount_cents) from ledger_postings p
                        join ledger_transactions t using (transaction_id)
                        where t.reference = i.invoice_id and p.account = 'receivable/' || i.payer_id)
"""


@pytest.fixture
async def days(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> list[Booked]:
    """One attended day of each of many families, and a reviewed run that is about to be issued in small batches."""
    monkeypatch.setattr(drafts, "BATCH_MAX", BATCH)
    monkeypatch.setattr(issuing, "BATCH_MAX", BATCH)
    centre = uuid4()
    days = [Booked(Family(), centre) for _ in range(FAMILIES)]
    await publish_tariff(service)
    await service.deliver(activity(centre), *(day.family.state() for day in days))
    await service.deliver(*(day.attended() for day in days))
    await service.run_job("price_charges")
    finance = service.as_agent(Role.FINANCE)
    created = await service.client.post("/invoice-runs", json={"period": "2026-09"}, headers=finance | service.key())
    await asyncio.gather(*(service.run_job("invoice_runs") for _ in range(3)))
    await advance_run(service, created.json()["run_id"], "review", "issue")
    return days


async def numbering_faults(service: RunningService) -> list[str]:
    """Gaps and doubles among the issued numbers."""
    numbers = [row["number"] for row in await service.db.fetch(NUMBERS_SQL)]
    return [] if numbers == list(range(1, len(numbers) + 1)) else [f"numbers {numbers}"]


async def fail_one_batch(service: RunningService, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch gets as far as its ledger postings, and its process dies."""

    async def die(*_: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "post", die)
        with pytest.raises(RuntimeError):
            await service.run_job("invoice_runs")


async def test_numbers_have_no_gap_with_several_jobs_and_a_failed_batch(
    service: RunningService, days: list[Booked], monkeypatch: pytest.MonkeyPatch
) -> None:
    await fail_one_batch(service, monkeypatch)
    await asyncio.gather(*(service.run_job("invoice_runs") for _ in range(4)))

    assert await numbering_faults(service) == []
    assert await service.db.fetchval("select count(distinct household_id) from invoices") == FAMILIES
    assert await service.db.fetchval("select status from invoice_runs") == "issued"
    assert await service.db.fetch(DIFFERENCES_SQL) == []


async def test_with_a_sequence_the_check_finds_the_gap(
    service: RunningService, days: list[Booked], monkeypatch: pytest.MonkeyPatch
) -> None:
    await service.db.execute("create sequence loose")
    # One call takes a whole block, as the real counter does, but a sequence does not go back with its transaction.
    loose = (
        "select max(nextval('loose')) from generate_series(1, $4::integer), (select $1::text, $2::text, $3::integer) x"
    )
    monkeypatch.setattr(ledger, "TAKE_NUMBERS_SQL", loose)
    await fail_one_batch(service, monkeypatch)
    await service.run_job("invoice_runs")
    assert await numbering_faults(service) != []


async def test_days_corrected_during_the_issue_are_billed_once_and_given_back_once(
    service: RunningService, days: list[Booked]
) -> None:
    excused = days[::2]
    corrections = [day.attended(Attendance.ABSENT_EXCUSED, MOMENT + timedelta(days=1)) for day in excused]
    await asyncio.gather(service.run_job("invoice_runs"), *(service.deliver(event) for event in corrections))
    await service.run_job("invoice_runs")

    owed = await service.db.fetch(
        """select booking_id, sum(quantity) as quantity from charges where status <> 'void' group by booking_id"""
    )
    assert {row["booking_id"]: row["quantity"] for row in owed} == {
        day.booking_id: 0 if day in excused else 1 for day in days
    }
    assert await service.db.fetch(DIFFERENCES_SQL) == []
    assert await numbering_faults(service) == []


async def test_an_issuing_run_refuses_no_correction(service: RunningService, days: list[Booked]) -> None:
    (row,) = await service.db.fetch("select run_id, regie, period, status from invoice_runs")
    assert Run.of(row).status is InvoiceRunStatus.ISSUING
    await service.deliver(days[0].attended(Attendance.ABSENT_EXCUSED, MOMENT + timedelta(days=1)))
    lines = await service.db.fetch(
        "select correction, quantity, status from charges where booking_id = $1 order by correction", days[0].booking_id
    )
    assert [tuple(line) for line in lines] == [(0, 1, "due"), (1, -1, "due")]


async def test_versions_of_a_tariff_published_at_once_follow_each_other(service: RunningService) -> None:
    await asyncio.gather(*(publish_tariff(service, label=f"Grille {number}") for number in range(6)))
    versions = await service.db.fetch("select grid_version from tariffs order by 1")
    assert [row["grid_version"] for row in versions] == [1, 2, 3, 4, 5, 6]
