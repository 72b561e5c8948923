"""A day that goes along to another file stands on invoices of the home that takes it alone, by its own quotient; invoices that were issued before stay."""

from datetime import date
from uuid import uuid4

import pytest

from contracts.billing.events import InvoiceIssued
from tests.component.billing.families import Booked, Family, activity, invoice_month, publish_tariff
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_a_day_that_went_along_is_invoiced_to_the_other_home_alone(service: RunningService) -> None:
    former, home, centre = Family(), Family(last_name="Petit"), uuid4()
    kept, gone = Booked(former, centre), Booked(former, centre, date(2026, 10, 21))
    later = [Booked(former, centre, date(2026, 10, day)) for day in (7, 14)]
    states = (former.state(), former.quotient(75_000), home.state(), home.quotient(30_000))
    await publish_tariff(service)
    await service.deliver(activity(centre), *states)
    await service.deliver(kept.confirmed(), kept.attended(), gone.confirmed())
    await invoice_month(service)
    along = Booked(home, centre, gone.service_on)
    await service.deliver(gone.cancelled(), along.confirmed(), along.attended())
    await service.deliver(*(event for day in later for event in (day.confirmed(), day.attended())))
    await invoice_month(service, "2026-10")
    issued = [event for event in await service.outbox() if isinstance(event, InvoiceIssued)]
    totals = {(event.household_id, event.period): event.total_cents for event in issued}
    assert totals == {
        (former.household_id, "2026-09"): 920,
        (former.household_id, "2026-10"): 2 * 920,
        (home.household_id, "2026-10"): 450,
    }
