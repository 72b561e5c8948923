"""A grid, a quotient or an activity's tariff that becomes known prices again every day that is on no invoice."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.billing.events import ChargeRecorded
from services.billing.repricing import commands as repricing
from tests.component.billing.families import (
    LEISURE_GRID,
    WEDNESDAY,
    Booked,
    Family,
    activity,
    advance_run,
    drafted_run,
    invoice_month,
    issued_run,
    only_invoice,
    publish_tariff,
)
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


def brackets(*prices: int) -> list[dict[str, Any]]:
    """The brackets of the leisure grid at these prices."""
    return [bracket | {"price_cents": price} for bracket, price in zip(LEISURE_GRID["brackets"], prices, strict=True)]


async def prices(service: RunningService, *days: Booked) -> list[tuple[str, int, int]]:
    """Status, price and version of the grid of each of these days."""
    rows = await service.db.fetch(
        """select c.status, c.unit_cents, c.grid_version from unnest($1::uuid[]) with ordinality as day(booking_id, position)
           join charges c using (booking_id) order by position""",
        [day.booking_id for day in days],
    )
    return [(row["status"], row["unit_cents"], row["grid_version"]) for row in rows]


async def quoted(service: RunningService, day: Booked) -> int:
    """What the family is told that the day costs."""
    line = {
        "child_id": str(day.family.child_id),
        "activity_id": str(day.activity_id),
        "service_on": str(day.service_on),
    }
    headers = service.as_parent(day.family.guardian_id)
    answer = await service.client.post("/quotes", json={"lines": [line]}, headers=headers)
    total: int = answer.json()["total_cents"]
    return total


@pytest.fixture
async def day(service: RunningService) -> Booked:
    """A day that is not booked yet, of a family in the second bracket."""
    day = Booked(Family(), uuid4())
    await publish_tariff(service, brackets=brackets(415, 415, 415))
    await service.deliver(activity(day.activity_id), day.family.state(), day.family.quotient(75_000))
    return day


async def test_quote_list_charge_and_invoice_follow_a_corrected_grid(service: RunningService, day: Booked) -> None:
    """V1 at 4.15, then v2 of the same first day at 3.00, before the invoice."""
    planned = Booked(day.family, day.activity_id, WEDNESDAY + timedelta(days=60))
    await service.deliver(day.confirmed(), day.attended(), planned.confirmed())
    await publish_tariff(service, brackets=brackets(300, 300, 300))
    await service.run_job("price_charges")
    assert await prices(service, day, planned) == [("due", 300, 2), ("planned", 300, 2)]
    assert await quoted(service, day) == 300
    (grid,) = (await service.client.get("/tariffs")).json()["items"]
    assert [bracket["price_cents"] for bracket in grid["brackets"]] == [300, 300, 300]
    await invoice_month(service)
    (line,) = (await only_invoice(service, day.family))["lines"]
    assert (line["amount_cents"], line["explanation"]["grid_version"]) == (300, 2)


async def test_every_one_of_812_days_is_priced_again_before_the_review(
    service: RunningService, day: Booked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In bounded batches, with the days that a draft holds already."""
    families = [Family() for _ in range(29)]
    days = [Booked(family, day.activity_id, WEDNESDAY + timedelta(days=n)) for family in families for n in range(28)]
    await service.deliver(*(family.state() for family in families), *(one.attended() for one in days))
    run_id = await drafted_run(service)

    batches: list[int] = []

    async def counted(tx: Any, source_ids: Any) -> None:
        batches.append(len(source_ids))
        await decide_days(tx, source_ids)

    decide_days = repricing.decide_days
    monkeypatch.setattr(repricing, "decide_days", counted)
    await publish_tariff(service, brackets=brackets(300, 300, 300))
    await service.run_job("price_charges")
    assert set(await prices(service, *days)) == {("due", 300, 2)}
    assert (sum(batches), max(batches)) == (812, repricing.BATCH_MAX)
    await service.run_job("price_charges")
    assert sum(batches) == 812, "what is done is done once"

    finance = service.as_agent(Role.FINANCE)
    refused = await service.client.post(f"/invoice-runs/{run_id}/review", json={}, headers=finance)
    assert (refused.status_code, refused.json()["code"]) == (409, "run_changed")
    assert refused.json()["params"] == {"payer_count": 29, "difference_cents": -93_380}
    await service.run_job("invoice_runs")
    run = await issued_run(service, run_id)
    assert (run["issued_count"], run["total_cents"]) == (29, 812 * 300)


async def test_a_grid_of_a_later_day_prices_the_days_from_then_on(service: RunningService, day: Booked) -> None:
    """Days that were booked before kept the former price until their sheet was closed."""
    later = Booked(day.family, day.activity_id, WEDNESDAY + timedelta(days=30))
    await service.deliver(day.confirmed(), later.confirmed())
    first_day = str(WEDNESDAY + timedelta(days=1))
    await publish_tariff(service, brackets=brackets(450, 450, 450), effective_on=first_day)
    await service.run_job("price_charges")
    assert await prices(service, day, later) == [("planned", 415, 1), ("planned", 450, 2)]
    assert [await quoted(service, booked) for booked in (day, later)] == [415, 450]


async def test_days_that_cost_what_they_did_are_not_published_again(service: RunningService, day: Booked) -> None:
    """The explanation follows the grid in force; ids stay; a charge that costs the same emits nothing."""
    other = Booked(Family(), day.activity_id)
    await service.deliver(other.family.quotient(10_000))
    await service.run_job("price_charges")
    await service.deliver(day.confirmed(), other.confirmed())
    ids = await service.db.fetch("select charge_id, booking_id from charges order by 1")
    before = len(await service.outbox())
    await publish_tariff(service, brackets=brackets(400, 415, 415))
    await service.run_job("price_charges")
    assert await prices(service, day, other) == [("planned", 415, 2), ("planned", 400, 2)]
    (event,) = (await service.outbox())[before:]
    assert isinstance(event, ChargeRecorded)
    assert (event.booking_id, event.amount_cents) == (other.booking_id, 400)
    assert await service.db.fetch("select charge_id, booking_id from charges order by 1") == ids

    await publish_tariff(service, brackets=brackets(400, 415, 415))
    assert await service.db.fetch("select * from repricings") == [], "the same grid changes nothing"


async def test_another_tariff_of_the_activity_prices_its_days_again(service: RunningService, day: Booked) -> None:
    """As a kind: whatever a price depends on, quote and charge say the same."""
    await service.deliver(day.confirmed())
    await publish_tariff(service, "sport", brackets=brackets(520, 520, 520))
    await service.deliver(activity(day.activity_id, "sport"))
    await service.run_job("price_charges")
    assert await prices(service, day) == [("planned", 520, 1)]
    assert await quoted(service, day) == 520


async def test_invoiced_days_keep_their_price(service: RunningService, day: Booked) -> None:
    issuing = Booked(Family(), day.activity_id, WEDNESDAY + timedelta(days=30))
    await service.deliver(issuing.family.state(), day.attended(), issuing.attended())
    await invoice_month(service)
    await advance_run(service, await drafted_run(service, "2026-10"), "review", "issue")
    await publish_tariff(service, brackets=brackets(300, 300, 300))
    await service.run_job("price_charges")
    assert await prices(service, day, issuing) == [("invoiced", 415, 1), ("due", 415, 1)]


async def test_a_batch_that_is_done_is_not_done_again_for_an_older_change(service: RunningService, day: Booked) -> None:
    """A second grid while the days of a first one wait: all are priced by the last, from the earlier of both days on."""
    days = [Booked(day.family, day.activity_id, WEDNESDAY + timedelta(days=30 * number)) for number in range(3)]
    await service.deliver(*(booked.confirmed() for booked in days))
    await publish_tariff(service, brackets=brackets(300, 300, 300))
    first_day = str(WEDNESDAY + timedelta(days=50))
    await publish_tariff(service, brackets=brackets(350, 350, 350), effective_on=first_day)
    await service.run_job("price_charges")
    assert await prices(service, *days) == [("planned", 300, 2), ("planned", 300, 2), ("planned", 350, 3)]
    assert await service.db.fetch("select * from repricings") == []
