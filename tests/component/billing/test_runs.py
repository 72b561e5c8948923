"""Invoice runs: one for each month, drafted, reviewed, issued; what changes meanwhile is noticed."""

from datetime import timedelta
from uuid import uuid4

import pytest

from contracts.types import Attendance
from tests.component.billing.families import (
    MOMENT,
    WEDNESDAY,
    Booked,
    Family,
    activity,
    invoice_month,
    publish_tariff,
)
from tests.component.billing.invoicing import Finance
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def days(service: RunningService) -> list[Booked]:
    """An attended day of each of three families, one of them without a quotient."""
    centre = uuid4()
    days = [Booked(Family(), centre) for _ in range(3)]
    await publish_tariff(service)
    await service.deliver(activity(centre), *(day.family.state() for day in days))
    await service.deliver(*(day.family.quotient(75_000) for day in days[:2]))
    await service.deliver(*(day.attended() for day in days))
    await service.run_job("price_charges")
    return days


async def test_a_run_goes_from_draft_to_issued_with_an_agent_s_review(
    service: RunningService, finance: Finance, days: list[Booked]
) -> None:
    created = (await finance.open()).json()
    run_id = created["run_id"]
    assert (created["status"], created["item_count"], created["drafted_count"]) == ("drafting", 3, 0)
    assert await finance.step(run_id, "review") == (409, "run_not_drafted")

    await service.run_job("invoice_runs")
    draft = await finance.run(run_id)
    assert (draft["status"], draft["drafted_count"], draft["total_cents"]) == ("draft", 3, 920 + 920 + 1480)
    assert draft["anomalies"] == [["charge_without_quotient", 1]]
    assert {(item["payer_name"], item["total_cents"]) for item in await finance.items(run_id)} == {
        ("Camille Martin", 920),
        ("Camille Martin", 1480),
    }
    assert await finance.step(run_id, "issue") == (409, "run_not_reviewed")
    assert await finance.step(run_id, "review") == (200, "reviewed")
    assert await finance.step(run_id, "review") == (200, "reviewed")
    assert await finance.step(run_id, "issue") == (200, "issuing")
    assert await finance.step(run_id, "issue") == (200, "issuing")
    assert await finance.step(run_id, "review") == (409, "run_not_drafted")
    await service.run_job("invoice_runs")
    issued = await finance.run(run_id)
    assert (issued["status"], issued["issued_count"]) == ("issued", 3)
    assert sorted(item["invoice_number"][-6:] for item in await finance.items(run_id)) == ["000001", "000002", "000003"]
    assert await finance.step(run_id, "issue") == (200, "issued")


async def test_a_month_has_one_run_and_a_repeated_request_the_same(
    service: RunningService, finance: Finance, days: list[Booked]
) -> None:
    key = service.key()
    first = await finance.open(key=key)
    assert (await finance.open(key=key)).json() == first.json()
    again = await finance.open()
    assert (again.status_code, again.json()["code"]) == (409, "invoice_run_exists")
    assert again.json()["params"]["run_id"] == first.json()["run_id"]
    other = await finance.open("2026-08", key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_day_corrected_after_the_draft_sends_the_run_back(
    service: RunningService, finance: Finance, days: list[Booked]
) -> None:
    run_id = (await finance.open()).json()["run_id"]
    await service.run_job("invoice_runs")
    await service.deliver(days[0].attended(Attendance.ABSENT_EXCUSED, MOMENT + timedelta(days=1)))
    assert await finance.step(run_id, "review") == (409, "run_changed")
    await service.run_job("invoice_runs")
    assert (await finance.run(run_id))["total_cents"] == 920 + 1480
    assert await finance.step(run_id, "review") == (200, "reviewed")

    await service.deliver(days[2].family.quotient(10_000))
    await service.run_job("price_charges")
    assert await finance.step(run_id, "issue") == (409, "run_changed")
    await service.run_job("invoice_runs")
    assert (await finance.run(run_id))["status"] == "draft"
    for step in ("review", "issue"):
        assert (await finance.step(run_id, step))[0] == 200
    await service.run_job("invoice_runs")
    run = await finance.run(run_id)
    assert (run["status"], run["issued_count"], run["total_cents"]) == ("issued", 2, 920 + 450)


async def test_what_becomes_known_after_a_run_goes_into_the_next(
    service: RunningService, finance: Finance, days: list[Booked]
) -> None:
    await invoice_month(service)
    late = Booked(days[0].family, days[0].activity_id, WEDNESDAY + timedelta(days=7))
    await service.deliver(late.attended())
    october = await invoice_month(service, "2026-10")
    assert (october["issued_count"], october["total_cents"]) == (1, 920)
    assert october["previous_total_cents"] == 920 + 920 + 1480


async def test_anomalies_tell_what_to_look_at(service: RunningService, finance: Finance, days: list[Booked]) -> None:
    family, centre = days[0].family, days[0].activity_id
    await invoice_month(service)
    october = WEDNESDAY + timedelta(days=30)
    days_of_october = [Booked(family, centre, october + timedelta(days=number)) for number in range(3)]
    not_closed = Booked(family, centre, october)
    without_tariff = Booked(days[1].family, uuid4(), october)
    await service.deliver(*(day.attended() for day in days_of_october), not_closed.confirmed())
    await service.deliver(without_tariff.attended())
    free = Booked(Family(), uuid4(), october)
    nothing = [{"label": "Tous", "quotient_min_cents": 0, "quotient_max_cents": None, "price_cents": 0}]
    await publish_tariff(service, "free", brackets=nothing)
    await service.deliver(activity(free.activity_id, "free"), free.family.state(), free.family.quotient(1))
    unknown = Booked(Family(), centre, october)
    await service.deliver(free.attended(), unknown.attended())
    run = await invoice_month(service, "2026-10")
    assert dict(run["anomalies"]) == {
        "charge_without_tariff": 1,
        "day_without_attendance": 1,
        "no_payer": 1,
        "total_above_twice_last_month": 1,
        "zero_amount": 1,
    }
    assert (run["issued_count"], run["total_cents"]) == (1, 2760)
    assert await service.db.fetchval("select status from charges where booking_id = $1", free.booking_id) == "invoiced"
    assert (
        await service.db.fetchval("select status from charges where booking_id = $1", without_tariff.booking_id)
        == "due"
    )


async def test_a_month_to_come_cannot_be_invoiced(finance: Finance, service: RunningService) -> None:
    year = (await service.db.now()).year
    refused = await finance.open(f"{year + 1}-01")
    assert (refused.status_code, refused.json()["code"]) == (422, "period_not_started")
    for wrong in ("2026-13", "1999-01", "september", "2026-09-01", ""):
        assert (await finance.open(wrong)).status_code == 422


async def test_who_may_invoice(service: RunningService, finance: Finance, days: list[Booked]) -> None:
    run_id = (await finance.open()).json()["run_id"]
    for path in ("/invoice-runs", f"/invoice-runs/{run_id}", f"/invoice-runs/{run_id}/items"):
        for headers, status in (
            (service.as_agent(Role.DIRECTOR), 200),
            (service.as_agent(Role.FRONT_DESK), 403),
            (service.as_parent(days[0].family.guardian_id), 403),
            ({}, 401),
        ):
            assert (await service.client.get(path, headers=headers)).status_code == status
    for headers, status in ((service.as_agent(Role.DIRECTOR), 403), (service.as_parent(uuid4()), 403)):
        body = {"period": "2026-08"}
        assert (
            await service.client.post("/invoice-runs", json=body, headers=headers | service.key())
        ).status_code == status
        assert (
            await service.client.post(f"/invoice-runs/{run_id}/review", json={}, headers=headers)
        ).status_code == status
        assert (await service.client.post(f"/invoice-runs/{run_id}/issue", headers=headers)).status_code == status
    unknown = uuid4()
    for path in (f"/invoice-runs/{unknown}", f"/invoice-runs/{unknown}/items"):
        assert (await service.client.get(path, headers=finance.headers)).status_code == 404
    assert await finance.step(str(unknown), "review") == (404, "not_found")


async def test_items_come_in_pages_and_batches(service: RunningService, finance: Finance, days: list[Booked]) -> None:
    many = [Booked(Family(), days[0].activity_id) for _ in range(130)]
    await service.deliver(*(day.family.state() for day in many))
    await service.run_job("price_charges")
    await service.deliver(*(day.attended() for day in many))
    run = await invoice_month(service)
    assert (run["issued_count"], run["total_cents"]) == (133, 2 * 920 + 131 * 1480)
    first = (await service.client.get(f"/invoice-runs/{run['run_id']}/items", headers=finance.headers)).json()
    params = {"cursor": first["next_cursor"]}
    rest = await service.client.get(f"/invoice-runs/{run['run_id']}/items", params=params, headers=finance.headers)
    households = {item["household_id"] for item in first["items"] + rest.json()["items"]}
    assert (len(households), rest.json()["next_cursor"]) == (133, None)
    runs = (await service.client.get("/invoice-runs", headers=finance.headers)).json()["items"]
    assert [item["run_id"] for item in runs] == [run["run_id"]]
