"""What a run leaves out is said, counted and confirmed; a draft follows what happens, can be redone, and given up."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from contracts.types import Attendance
from tests.component.billing.families import (
    MOMENT,
    WEDNESDAY,
    Booked,
    Family,
    activity,
    drafted_run,
    invoice_month,
    issued_run,
    only_invoice,
    publish_tariff,
)
from tests.component.billing.invoicing import Finance
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

NOTHING = {"days_left_count": 0, "sheet_count": 0, "child_count": 0, "household_count": 0}


@pytest.fixture
async def day(service: RunningService) -> Booked:
    """A day of September that is booked and not attended yet, in an activity with a tariff."""
    day = Booked(Family(), uuid4())
    await publish_tariff(service)
    await service.deliver(activity(day.activity_id), day.family.state(), day.family.quotient(75_000), day.confirmed())
    await service.run_job("price_charges")
    return day


async def days_of(service: RunningService, day: Booked, count: int, service_on: date = WEDNESDAY) -> list[Booked]:
    """Days of other families in the same activity."""
    days = [Booked(Family(), day.activity_id, service_on) for _ in range(count)]
    await service.deliver(*(other.family.state() for other in days))
    await service.run_job("price_charges")
    return days


async def move_to(service: RunningService, day: date) -> None:
    """The town's clock stands on a day, at noon."""
    now = await service.db.now()
    service.advance(days=(day - now.date()).days, hours=12 - now.hour)


async def test_a_household_with_an_open_sheet_alone_is_counted(
    service: RunningService, finance: Finance, day: Booked
) -> None:
    """Nothing said that 41 children stood on a sheet that nobody had closed."""
    sibling = Booked(Family(day.family.household_id, day.family.guardian_id), day.activity_id)
    others = [
        *await days_of(service, day, 2),
        *await days_of(service, day, 1, WEDNESDAY + timedelta(days=7)),
        *await days_of(service, day, 1, date(2026, 8, 26)),
    ]
    closed = await days_of(service, day, 1)
    await service.deliver(sibling.confirmed(), *(other.confirmed() for other in (*others, *closed)))
    await service.deliver(closed[0].attended())
    run_id = await finance.opened()
    run = await finance.run(run_id)
    assert (run["status"], run["total_cents"]) == ("draft", 1480)
    assert run["open_days"] == {"days_left_count": 0, "sheet_count": 3, "child_count": 6, "household_count": 5}
    assert dict(run["anomalies"])["day_without_attendance"] == 5
    remarks = {item["household_id"]: item["anomalies"] for item in await finance.items(run_id)}
    assert "day_without_attendance" in remarks[str(day.family.household_id)]
    assert len(remarks) == 6


async def test_open_sheets_are_confirmed_by_the_very_counts_that_were_shown(
    service: RunningService, finance: Finance, day: Booked
) -> None:
    """A confirmation of other counts is stale, and says the new ones."""
    run_id = await finance.opened()
    refused = await finance.ask(run_id, "review")
    assert (refused.status_code, refused.json()["code"]) == (409, "days_stand_open")
    shown = refused.json()["params"]
    assert shown == NOTHING | {"sheet_count": 1, "child_count": 1, "household_count": 1}

    await service.deliver(*[other.confirmed() for other in await days_of(service, day, 1)])
    stale = await finance.ask(run_id, "review", **shown)
    assert (stale.status_code, stale.json()["params"]) == (409, shown | {"child_count": 2, "household_count": 2})
    assert (await finance.run(run_id))["status"] == "draft"
    assert await finance.step(run_id, "review", **stale.json()["params"]) == (200, "reviewed")


async def test_a_month_that_is_not_over_says_how_many_days_are_left(
    service: RunningService, finance: Finance, day: Booked
) -> None:
    """A run on 28 September; what is left of the month is no open sheet, and goes with the next run."""
    await move_to(service, date(2026, 9, 28))
    to_come = Booked(day.family, day.activity_id, date(2026, 9, 30))
    await service.deliver(day.attended(), to_come.confirmed())
    run_id = await finance.opened()
    run = await finance.run(run_id)
    assert (run["open_days"], run["anomalies"]) == (NOTHING | {"days_left_count": 2}, [])
    assert await finance.step(run_id, "review") == (409, "days_stand_open")
    assert (await issued_run(service, run_id))["issued_count"] == 1

    await move_to(service, date(2026, 9, 30))
    assert (await finance.run(run_id))["open_days"]["sheet_count"] == 1, "an issued run says what it left out"
    await move_to(service, date(2026, 10, 31))
    await service.deliver(to_come.attended())
    october = await invoice_month(service, "2026-10")
    assert (october["issued_count"], october["total_cents"]) == (1, 920)


async def test_a_month_that_is_over_and_closed_needs_no_confirmation(
    service: RunningService, finance: Finance, day: Booked
) -> None:
    """The other way round: counts that nobody showed are stale too."""
    await service.deliver(day.attended())
    run_id = await finance.opened()
    assert (await finance.run(run_id))["open_days"] == NOTHING
    assert await finance.step(run_id, "review", sheet_count=1) == (409, "days_stand_open")
    assert await finance.step(run_id, "review") == (200, "reviewed")


async def test_a_sheet_closed_after_the_draft_is_seen_at_review(
    service: RunningService, finance: Finance, day: Booked
) -> None:
    """The draft stayed at 0.00 for ever, and was issued with no family."""
    run_id = await finance.opened()
    assert (await finance.run(run_id))["total_cents"] == 0
    await service.deliver(day.attended())
    refused = await finance.ask(run_id, "review")
    assert (refused.status_code, refused.json()["code"]) == (409, "run_changed")
    assert refused.json()["params"] == {"payer_count": 1, "difference_cents": 920}
    assert (await finance.run(run_id))["status"] == "drafting"
    await service.run_job("invoice_runs")
    run = await issued_run(service, run_id)
    assert (run["issued_count"], run["total_cents"]) == (1, 920)


async def test_a_day_that_takes_the_place_of_another_of_its_price_is_seen(
    service: RunningService, finance: Finance, day: Booked
) -> None:
    """Count and sum are what they were, and the days are not."""
    other = Booked(day.family, day.activity_id, WEDNESDAY + timedelta(days=7))
    await service.deliver(day.attended(), other.confirmed())
    run_id = await finance.opened()
    await service.deliver(day.attended(Attendance.ABSENT_EXCUSED, MOMENT + timedelta(days=1)), other.attended())
    assert await finance.step(run_id, "review", sheet_count=1) == (409, "run_changed")
    await service.run_job("invoice_runs")
    await issued_run(service, run_id)
    (line,) = (await only_invoice(service, day.family))["lines"]
    assert line["service_on"] == str(other.service_on)


async def test_a_charge_that_becomes_due_after_the_review_is_seen_at_the_issue(
    service: RunningService, finance: Finance, day: Booked
) -> None:
    """The month was closed for good while the day was due."""
    late = (await days_of(service, day, 1))[0]
    await service.deliver(day.attended())
    run_id = await finance.opened()
    assert await finance.step(run_id, "review") == (200, "reviewed")
    await service.deliver(late.confirmed(), late.cancelled(is_chargeable=True))
    assert await finance.step(run_id, "issue") == (409, "run_changed")
    await service.run_job("invoice_runs")
    assert (await finance.run(run_id))["total_cents"] == 920 + 1480


async def test_a_draft_is_not_complete_while_a_price_waits(
    service: RunningService, finance: Finance, day: Booked
) -> None:
    """Neither when it is drafted, nor when an agent goes on."""
    await service.deliver(day.attended())
    await publish_tariff(service, label="Mercredi")
    run_id = await finance.opened()
    assert (await finance.run(run_id))["status"] == "drafting"
    await service.run_job("price_charges")
    await service.run_job("invoice_runs")
    assert (await finance.run(run_id))["status"] == "draft"
    await service.deliver(day.family.quotient(10_000))
    assert await finance.step(run_id, "review") == (409, "prices_wait")
    await service.run_job("invoice_runs")
    assert (await finance.run(run_id))["status"] == "drafting"
    await service.run_job("price_charges")
    await service.run_job("invoice_runs")
    run = await finance.run(run_id)
    assert (run["status"], run["total_cents"]) == ("draft", 450)


async def test_an_agent_has_the_draft_computed_again(service: RunningService, finance: Finance, day: Booked) -> None:
    """One button recomputes; a review of the former draft is void."""
    excused, late = await days_of(service, day, 2)
    await service.deliver(day.attended(), excused.attended())
    run_id = await finance.opened()
    assert await finance.step(run_id, "review") == (200, "reviewed")
    await service.deliver(excused.attended(Attendance.ABSENT_EXCUSED, MOMENT + timedelta(days=1)), late.attended())
    assert await finance.step(run_id, "draft") == (200, "drafting")
    await service.run_job("invoice_runs")
    run = await finance.run(run_id)
    assert (run["status"], run["item_count"], run["total_cents"]) == ("draft", 2, 920 + 1480)
    assert await finance.step(run_id, "issue") == (409, "run_not_reviewed")


async def test_a_draft_that_is_given_up_leaves_its_days_to_another_run(
    service: RunningService, finance: Finance, day: Booked
) -> None:
    """A second run of the month was refused for ever."""
    await service.deliver(day.attended(), *[other.attended() for other in await days_of(service, day, 120)])
    run_id = await finance.opened()
    assert await finance.step(run_id, "review") == (200, "reviewed")
    assert [await finance.discard(run_id) for _ in range(2)] == [204, 204]
    assert (await finance.run(run_id))["status"] == "discarding"
    assert (await finance.open()).json()["code"] == "invoice_run_exists"
    for step in ("review", "issue", "draft"):
        assert (await finance.step(run_id, step))[0] == 409
    await service.run_job("invoice_runs")
    assert (await finance.ask(run_id, "issue")).status_code == await finance.discard(run_id) == 404
    assert await service.db.fetchval("select count(*) from charges where run_id is not null") == 0
    again = await invoice_month(service)
    assert (again["issued_count"], again["total_cents"]) == (121, 920 + 120 * 1480)


async def test_what_is_being_issued_is_neither_redone_nor_given_up(
    service: RunningService, finance: Finance, day: Booked
) -> None:
    await service.deliver(day.attended())
    run_id = await drafted_run(service)
    for status in ("issuing", "issued"):
        if status == "issuing":
            await finance.step(run_id, "review")
            await finance.step(run_id, "issue")
        assert (await finance.run(run_id))["status"] == status
        assert await finance.step(run_id, "draft") == (409, "run_frozen")
        assert await finance.discard(run_id) == 409
        await service.run_job("invoice_runs")
    assert (await finance.run(run_id))["issued_count"] == 1


async def test_only_finance_officers_redo_or_give_up_a_draft(
    service: RunningService, finance: Finance, day: Booked
) -> None:
    run_id = await finance.opened()
    for headers in (service.as_agent(Role.DIRECTOR), service.as_parent(day.family.guardian_id)):
        assert (await service.client.post(f"/invoice-runs/{run_id}/draft", headers=headers)).status_code == 403
        assert (await service.client.delete(f"/invoice-runs/{run_id}", headers=headers)).status_code == 403
