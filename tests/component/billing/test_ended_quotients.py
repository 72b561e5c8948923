"""A quotient that ended costs the highest price and says why; renewed late, every day since its day that is on no invoice is priced again."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from contracts.family.events import Quotient, QuotientState
from contracts.types import QuotientSource
from tests.component.billing.families import (
    Booked,
    Family,
    activity,
    advance_run,
    drafted_run,
    only_invoice,
    publish_tariff,
)
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

MIDDLE, HIGHEST, LOWEST = 920, 1480, 450
OLD = Quotient(value_cents=75_000, effective_on=date(2026, 1, 1), source=QuotientSource.CAF, ends_on=date(2027, 1, 31))
NEW = Quotient(value_cents=50_000, effective_on=date(2027, 2, 1), source=QuotientSource.CAF, ends_on=date(2028, 1, 31))


def known(family: Family, *quotients: Quotient, awaited_since_on: date | None = None) -> QuotientState:
    """What is known of a family's quotients."""
    return QuotientState(household_id=family.household_id, quotients=quotients, awaited_since_on=awaited_since_on)


async def priced(service: RunningService, *days: Booked) -> list[tuple[int, str | None, bool]]:
    """Price of each day, the last day of the quotient that had ended, and whether a proof waited."""
    await service.run_job("price_charges")
    rows = await service.db.fetch(
        """select c.unit_cents, c.quotient_ended_on, c.is_quotient_awaited
           from unnest($1::uuid[]) with ordinality as day(booking_id, position) join charges c using (booking_id) order by position""",
        [day.booking_id for day in days],
    )
    return [
        (
            row["unit_cents"],
            str(row["quotient_ended_on"]) if row["quotient_ended_on"] else None,
            row["is_quotient_awaited"],
        )
        for row in rows
    ]


@pytest.fixture
async def days(service: RunningService) -> list[Booked]:
    """The last day of January 2027, the first and the ninth of February, of a family with a quotient until 31 January."""
    family, centre = Family(), uuid4()
    await publish_tariff(service)
    await service.deliver(activity(centre), family.state(), known(family, OLD))
    booked = [Booked(family, centre, day) for day in (date(2027, 1, 31), date(2027, 2, 1), date(2027, 2, 9))]
    await service.deliver(*(day.confirmed() for day in booked))
    return booked


async def test_days_after_the_last_one_cost_most_until_the_quotient_is_renewed(
    service: RunningService, days: list[Booked]
) -> None:
    """Renewed on 10 February from the first: the days since then are priced again, and January is as it was."""
    family = days[0].family
    assert await priced(service, *days) == [
        (MIDDLE, None, False),
        (HIGHEST, "2027-01-31", False),
        (HIGHEST, "2027-01-31", False),
    ]
    await service.deliver(known(family, OLD, NEW))
    assert await priced(service, *days) == [(MIDDLE, None, False), (LOWEST, None, False), (LOWEST, None, False)]


async def test_a_proof_that_waits_is_the_reason_that_is_said(service: RunningService, days: list[Booked]) -> None:
    family = days[0].family
    await service.deliver(known(family, OLD, awaited_since_on=date(2027, 1, 20)))
    assert await priced(service, *days) == [
        (MIDDLE, None, False),
        (HIGHEST, "2027-01-31", True),
        (HIGHEST, "2027-01-31", True),
    ]
    await service.deliver(known(family, OLD))
    assert (await priced(service, days[1]))[0] == (HIGHEST, "2027-01-31", False), "refused: nothing waits any more"


async def test_the_quote_says_why_and_the_account_names_no_quotient(
    service: RunningService, days: list[Booked]
) -> None:
    day = days[1]
    line = {
        "child_id": str(day.family.child_id),
        "activity_id": str(day.activity_id),
        "service_on": str(day.service_on),
    }
    headers = service.as_parent(day.family.guardian_id)
    answer = await service.client.post("/quotes", json={"lines": [line]}, headers=headers)
    why: dict[str, Any] = answer.json()["lines"][0]["explanation"]
    assert (why["is_maximum_for_want_of_quotient"], why["quotient_ended_on"], why["quotient_cents"]) == (
        True,
        "2027-01-31",
        None,
    )
    service.advance(days=(day.service_on - await service.db.today()).days)
    headers = service.as_agent(Role.FINANCE)
    account = (await service.client.get(f"/account?household_id={day.family.household_id}", headers=headers)).json()
    assert account["quotient_cents"] is None


async def test_an_invoice_keeps_price_and_reason_when_the_quotient_comes_after_it(
    service: RunningService, days: list[Booked]
) -> None:
    """Of February, the first is on an invoice by then; the ninth, attended later, is priced by the new one."""
    family, invoiced, later = days[0].family, days[1], days[2]
    service.advance(days=(date(2027, 3, 1) - await service.db.today()).days)
    await service.deliver(days[0].attended(), invoiced.attended(), later.cancelled())
    run_id = await drafted_run(service, "2027-02")
    await advance_run(service, run_id, "review", "issue")
    await service.run_job("invoice_runs")
    invoice = await only_invoice(service, family)
    reasons = {line["service_on"]: line["explanation"]["quotient_ended_on"] for line in invoice["lines"]}
    assert reasons["2027-02-01"] == "2027-01-31"
    await service.deliver(known(family, OLD, NEW))
    assert (await priced(service, invoiced))[0][0] == HIGHEST
    assert await only_invoice(service, family) == invoice
