"""No invoice is made out to somebody whose name is not known: what they owe waits, and the invoices of others do not."""

from uuid import uuid4

import asyncpg
import pytest

from tests.component.billing.families import (
    Booked,
    Family,
    activity,
    advance_run,
    drafted_run,
    erased,
    invoice_month,
    issued_invoice,
    publish_tariff,
)
from tests.component.billing.test_charges import lines_of
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_no_invoice_is_made_out_to_somebody_without_a_name(service: RunningService) -> None:
    """The days of a household that was erased wait, whenever that happens to a run; the others are invoiced."""
    centre = uuid4()
    day, neighbor = (Booked(Family(), centre) for _ in range(2))
    await publish_tariff(service)
    await service.deliver(activity(centre))
    for booked in (day, neighbor):
        await service.deliver(
            booked.family.state(), booked.family.quotient(75_000), booked.confirmed(), booked.attended()
        )
    run_id = await drafted_run(service)
    await advance_run(service, run_id, "review")
    await service.deliver(erased(service, day.family))
    await service.run_job("price_charges")
    finance = service.as_agent(Role.FINANCE)
    refused = await service.client.post(f"/invoice-runs/{run_id}/issue", headers=finance)
    assert (refused.json()["code"], refused.json()["params"]["payer_count"]) == ("run_changed", 1)
    await service.run_job("invoice_runs")
    await advance_run(service, run_id, "review", "issue")
    await service.deliver(erased(service, neighbor.family))  # the issue has begun: nothing of it is drafted again
    await service.run_job("price_charges")
    await service.run_job("invoice_runs")
    run = (await service.client.get(f"/invoice-runs/{run_id}", headers=finance)).json()
    assert (run["status"], run["issued_count"], ["payer_unknown", 1] in run["anomalies"]) == ("issued", 0, True)
    assert await lines_of(service, day) == await lines_of(service, neighbor) == [("due", 920)]
    await service.deliver(day.family.state(), neighbor.family.state())
    october = await invoice_month(service, "2026-10")
    assert (october["issued_count"], october["anomalies"]) == (2, [])


async def test_the_database_refuses_an_invoice_without_a_name(service: RunningService) -> None:
    await issued_invoice(service, Family())
    for name in ("null", "''"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=r"payer_name|without_a_name"):
            await service.db.execute(
                "insert into invoices select gen_random_uuid(), run_id, gen_random_uuid(), household_id, regie, 'x', period, "
                f"{name}, payer_address, total_cents, 0, 0, 'issued', issued_at, issued_on, due_on from invoices"
            )
