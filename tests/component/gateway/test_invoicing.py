"""A month is invoiced from the agents' pages, and the family reads and pays it; the same runs for applications."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest

from contracts.family.models import Household
from contracts.types import Role
from tests.component.gateway.api import application_of, parent_application
from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town, child_ids

pytestmark = pytest.mark.anyio

RUNS = "/agents/facturation"


@pytest.fixture
async def finance(town: Town) -> Browser:
    """A finance officer."""
    return await town.agent(Role.FINANCE, Role.FRONT_DESK)


async def test_month_is_drafted_reviewed_and_issued(finance: Browser, town: Town) -> None:
    parent, household = await town.parent()
    await attended(town, parent, household)
    today = await town.booking.today()
    run = await draft(finance, town, today)
    page = await finance.get(run)
    assert "À relire" in words(page)
    assert "8,40 €" in words(page).replace("\u00a0", " ")
    assert "Aucune facture" in words(page)
    assert "au tarif maximum, faute de quotient connu" in words(page)
    assert "ne peut pas être annulée" not in words(page)
    assert is_refused(await finance.submit(run, {"step": "issue"}))
    page = await finance.submit(run, {"step": "review"})
    assert "L’émission ne peut pas être annulée" in words(page)
    page = await finance.submit(run, {"step": "issue"})
    assert "Émission en cours" in words(page)
    assert f'href="{run}"' in page.text
    assert "http-equiv" not in page.text
    await town.services["billing"].run_job("invoice_runs")
    page = await finance.get(run)
    assert "Les factures sont émises" in words(page)
    assert re.search(rf"{today.year}-\d{{6}}", words(page))
    await read_by_the_family(town, parent)


async def draft(finance: Browser, town: Town, today: date) -> str:
    """Start the run of this month and let the job draft it; the address of its page."""
    await finance.get(RUNS)
    page = await finance.submit(RUNS, {"period": "septembre"})
    assert is_refused(page)
    assert 'href="#champ-period"' in page.text
    next_month = today.replace(day=1) + timedelta(days=32)
    assert is_refused(await finance.submit(RUNS, {"period": f"{next_month:%Y-%m}"}))
    started = await finance.done(RUNS, {"period": f"{today:%Y-%m}", "idempotency_key": str(uuid4())})
    assert "Calcul du brouillon" in words(await finance.landing(started))
    assert is_refused(await finance.submit(RUNS, {"period": f"{today:%Y-%m}", "idempotency_key": str(uuid4())}))
    await town.services["billing"].run_job("invoice_runs")
    return str(started.headers["location"])


async def read_by_the_family(town: Town, parent: Browser) -> None:
    """The invoice in the family's pages and through the API, for them alone; the payment provider does not answer."""
    application = application_of(parent, town.browser())
    (summary,) = (await application.get("/invoices"))["items"]
    invoice = await application.get(f"/invoices/{summary['invoice_id']}")
    assert (invoice["total_cents"], len(invoice["lines"])) == (840, 1)
    assert summary["number"] in words(await parent.get("/factures"))
    path = f"/factures/{summary['invoice_id']}"
    assert "Payer 8,40 € en ligne" in words(await parent.get(path)).replace("\u00a0", " ")
    for answer in (
        await parent.get(f"{path}/pdf"),
        await application.send("GET", f"/invoices/{summary['invoice_id']}/pdf"),
    ):
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.content.startswith(b"%PDF")
    stranger, _ = await parent_application(town)
    for suffix in ("", "/pdf"):
        refused = await stranger.refused("GET", f"/invoices/{summary['invoice_id']}{suffix}")
        assert refused == (404, "not_found")
    key = {"Idempotency-Key": str(uuid4())}
    refused = await application.refused("POST", f"/invoices/{summary['invoice_id']}/payments", json={}, headers=key)
    assert refused[0] == 503
    assert is_refused(await parent.submit(f"{path}/paiement"))


async def attended(town: Town, parent: Browser, household: Household) -> None:
    """A day of the household's child that is booked, marked and closed through the API, and priced at 8.40 euros."""
    tariff = f"leisure_{uuid4().hex[:8]}"
    billing = town.services["billing"]
    bracket = {"label": "Tous", "quotient_min_cents": 0, "quotient_max_cents": None, "price_cents": 840}
    grid = {"label": "Mercredi", "effective_on": "2020-01-01", "brackets": [bracket]}
    answer = await billing.client.put(f"/tariffs/{tariff}", json=grid, headers=billing.as_system())
    assert answer.status_code == 200, answer.text
    activity_id = await town.booking.activity(tariff_code=tariff, cutoff=UNTIL_MIDNIGHT)
    (slot_id,) = await town.booking.open(activity_id, 0)
    (child_id,) = child_ids(household)
    agent = application_of(await town.agent(Role.SITE), town.browser())
    family = application_of(parent, town.browser())
    enrollment = await family.post("/enrollments", {"child_id": str(child_id), "activity_id": str(activity_id)})
    await agent.post(f"/enrollments/{enrollment['enrollment_id']}/decision", {"is_validated": True}, status=200)
    await town.settle()
    today = str(await town.booking.today())
    line = {"child_id": str(child_id), "activity_id": str(activity_id), "service_on": today}
    assert (await family.post("/quotes", {"lines": [line]}, status=200))["total_cents"] == 840
    basket = {"lines": [{"child_id": str(child_id), "slot_id": str(slot_id)}]}
    await family.post("/bookings", basket)
    slots = await agent.get("/slots", from_on=today, to_on=today, activity_id=str(activity_id))
    assert [slot["taken"] for slot in slots["items"]] == [1]
    marks = {"marks": [{"child_id": str(child_id), "attendance": "present"}]}
    assert (await agent.send("PUT", f"/slots/{slot_id}/attendance", json=marks)).status_code == 200
    await agent.post(f"/slots/{slot_id}/attendance/closure", status=200)
    assert (await agent.get(f"/slots/{slot_id}/attendance"))["closed_at"] is not None
    await town.settle()


async def test_run_by_an_application(finance: Browser, town: Town) -> None:
    agent = application_of(finance, town.browser())
    last_month = (await town.booking.today()).replace(day=1) - timedelta(days=1)
    run = await agent.post("/invoice-runs", {"period": f"{last_month:%Y-%m}"})
    path = f"/invoice-runs/{run['run_id']}"
    assert await agent.refused("POST", f"{path}/issue") == (409, "run_not_reviewed")
    await town.services["billing"].run_job("invoice_runs")
    for step in ("review", "issue"):
        await agent.post(f"{path}/{step}", status=200)
    await town.services["billing"].run_job("invoice_runs")
    assert (await agent.get(path))["status"] == "issued"
    assert await agent.get(f"{path}/items") == {"items": [], "next_cursor": None}
    assert run["run_id"] in [item["run_id"] for item in (await agent.get("/invoice-runs"))["items"]]


async def test_director_reads_a_run_and_advances_none(town: Town) -> None:
    director = await town.agent(Role.DIRECTOR)
    page = await director.get(RUNS)
    assert page.status_code == 200
    assert "Calculer le brouillon" not in words(page)
    assert is_refused(await director.submit(RUNS, {"period": "2026-01"}))
