"""From booked days to an issued invoice."""

from uuid import uuid4

import pytest

from contracts.billing.events import ChargeRecorded, InvoiceIssued
from contracts.types import ChargeStatus
from tests.component.billing.families import Booked, Family, activity, invoice_month, publish_tariff
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_booked_days_become_an_invoice_that_balances(service: RunningService) -> None:
    family, centre = Family(), uuid4()
    days = [Booked(family, centre), Booked(family, centre)]
    await publish_tariff(service)
    await service.deliver(activity(centre), family.state(), family.quotient(75_000))
    await service.deliver(*(day.confirmed() for day in days))
    await service.deliver(*(day.attended() for day in days))

    run = await invoice_month(service)

    assert (run["status"], run["issued_count"], run["total_cents"]) == ("issued", 1, 1840)
    (summary,) = (await service.client.get("/invoices", headers=service.as_parent(family.guardian_id))).json()["items"]
    answer = await service.client.get(
        f"/invoices/{summary['invoice_id']}", headers=service.as_parent(family.guardian_id)
    )
    invoice = answer.json()
    assert invoice["number"].endswith("-000001")
    assert [line["amount_cents"] for line in invoice["lines"]] == [920, 920]
    assert invoice["lines"][0]["explanation"]["bracket_label"] == "Tranche 2"
    assert invoice["lines"][0]["child_first_name"] == "Lina"
    assert invoice["is_payable_online"]
    events = await service.outbox()
    statuses = [event.status for event in events if isinstance(event, ChargeRecorded)]
    assert statuses == [ChargeStatus.PLANNED] * 2 + [ChargeStatus.DUE] * 2
    (issued,) = [event for event in events if isinstance(event, InvoiceIssued)]
    assert (issued.number, issued.total_cents) == (invoice["number"], 1840)
    postings = await service.db.fetch("select account, amount_cents from ledger_postings order by position")
    assert [tuple(row) for row in postings] == [
        (f"receivable/{family.payer_id}", 1840),
        ("revenue/enfance", -1840),
    ]
