"""The worked examples of docs/pricing.md that need a grid to be published."""

from datetime import date
from functools import partial
from uuid import uuid4

import pytest

from tests.component.billing.families import (
    Booked,
    Family,
    activity,
    drafted_run,
    invoice_month,
    issued_run,
    publish_tariff,
)
from tests.component.billing.invoicing import Finance
from tests.support import worked_examples
from tests.support.services import RunningService
from tests.support.worked_examples import cents

pytestmark = pytest.mark.anyio

table = partial(worked_examples.table, "pricing.md")


async def publish(service: RunningService, grids: list[list[str]]) -> None:
    """Publish grids of the document, and price what they change."""
    for _, first_day, price in grids:
        bracket = {"label": "Tous", "quotient_min_cents": 0, "quotient_max_cents": None, "price_cents": cents(price)}
        await publish_tariff(service, effective_on=first_day, brackets=[bracket])
    await service.run_job("price_charges")


@pytest.mark.parametrize("row", table("Day", "Priced by v1, then"), ids=lambda row: "-".join(row[:2]))
async def test_grids_that_are_published_later(service: RunningService, finance: Finance, row: list[str]) -> None:
    """The charge and the invoice say the document's price."""
    first, *later = table("Published", "First day")
    day = Booked(Family(), uuid4(), date.fromisoformat(row[0]))
    await publish(service, [first])
    await service.deliver(activity(day.activity_id), day.family.state(), day.family.quotient(75_000), day.confirmed())
    run_id = ""
    if row[1] != "planned":
        await service.deliver(day.attended())
    if row[1] == "invoiced":
        await invoice_month(service)
    if row[1] == "held by a draft":
        run_id = await drafted_run(service)
    await publish(service, later)
    priced = await service.db.fetchval("select unit_cents from charges where booking_id = $1", day.booking_id)
    assert priced == cents(row[2])
    if run_id:
        await finance.step(run_id, "draft")
        await service.run_job("invoice_runs")
        assert (await issued_run(service, run_id))["total_cents"] == cents(row[2])
