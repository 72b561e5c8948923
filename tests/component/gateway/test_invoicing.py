"""A month is invoiced from the agents' pages, and the family reads and pays it; the same runs for applications."""

import re
from datetime import date, timedelta
from uuid import UUID, uuid4

import httpx2
import pytest

from contracts.billing.payers import payer_id_of
from contracts.family.models import Household
from contracts.types import Attendance
from services.billing.payments.store import payment_of_operation
from services.billing.settings import BillingRules
from services.billing.settlements.commands import apply_answer
from services.billing.settlements.domain import Result, ResultCode
from tests.component.billing.families import Booked, Family, activity, invoice_month, publish_tariff
from tests.component.gateway.api import application_of, parent_application
from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.months import Month
from tests.component.gateway.town import UNTIL_MIDNIGHT, Town, child_ids, paying_since
from tests.support.roles import Role
from tests.support.services import RunningService

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
    page = await finance.get(run)
    page = await finance.submit(run, confirmed(page))
    assert "L’émission ne peut pas être annulée" in words(page)
    page = await finance.submit(run, {"step": "issue"})
    assert "Émission en cours" in words(page)
    assert f'href="{run}"' in page.text
    assert "http-equiv" not in page.text
    await town.bill()
    page = await finance.get(run)
    assert "Les factures sont émises" in words(page)
    assert re.search(rf"{today.year}-\d{{6}}", words(page))
    await read_by_the_family(town, parent)


def confirmed(page: httpx2.Response) -> dict[str, str]:
    """The form of the review, with the open days that a page shows ticked as seen."""
    counts = dict(re.findall(r'name="(confirmed\.\w+)" value="(\d+)"', page.text))
    return {"step": "review", **counts, **({"is_confirmed": "1"} if counts else {})}


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
    await town.bill()
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


async def test_what_stands_open_is_said_and_confirmed(finance: Browser, town: Town) -> None:
    """A sheet that nobody closed, in a month of its own."""
    billing, period = town.services["billing"], Month.RUN
    day = Booked(Family(), uuid4(), date(2019, 3, 6))
    await billing.deliver(day.confirmed())
    await finance.get(RUNS)
    run = (await finance.post(RUNS, {"period": period})).headers["location"]
    page = words(await finance.get(run))
    assert "En cours de calcul" in page
    assert "Rien d’inhabituel" not in page
    await town.bill()
    page = await finance.get(run)
    assert "1 feuille ouverte, 1 enfant, 1 famille" in words(page)
    assert "Rien d’inhabituel" not in words(page)
    refused = await finance.submit(run, {"step": "review"})
    assert is_refused(refused)
    assert "feuilles non closes\u00a0: 1 (enfants\u00a0: 1, familles\u00a0: 1)" in refused.text
    ticked = confirmed(page)
    other = Booked(Family(), day.activity_id, day.service_on)
    await billing.deliver(other.confirmed())
    refused = await finance.submit(run, ticked)
    assert is_refused(refused)
    assert "1 feuille ouverte, 2 enfants, 2 familles" in words(refused)
    assert "L’émission ne peut pas être annulée" in words(await finance.submit(run, confirmed(refused)))

    page = await finance.submit(run, {"step": "redraft"})
    assert "En cours de calcul" in words(page)
    page = await finance.landing(await finance.done(f"{run}/suppression"))
    assert "Suppression en cours" in words(page)
    await town.bill()
    assert run not in (await finance.get(RUNS)).text
    assert (await finance.get(run)).status_code == 404
    # The town is that of other tests too.
    await billing.deliver(*(booked.attended(Attendance.ABSENT_EXCUSED) for booked in (day, other)))


async def test_what_was_paid_twice_is_shown_to_the_family_and_to_agents(finance: Browser, town: Town) -> None:
    """Neither the family's pages nor the agents' said that there was a credit, and nobody read the anomalies."""
    billing = town.services["billing"]
    parent, household = await town.parent()
    file = f"/agents/familles/{household.household_id}"
    assert "Aucun paiement à vérifier" in words(await finance.get("/agents/paiements"))
    assert "de trop" not in words(await parent.get("/factures"))
    assert "Trop-perçu 0,00" in words(await finance.get(f"{file}/factures"))
    await paying_since(town, household, "2019-01-01")
    invoice_id = await invoiced(town, household, Month.SHOWN)
    for operation in (uuid4(), uuid4()):
        await paid(billing, invoice_id, household, operation)

    assert "a payé 9,20\u00a0€ de trop" in (await parent.get("/factures")).text
    page = words(await finance.get(f"{file}/factures"))
    assert "Reste à payer 0,00" in page
    assert "Trop-perçu 9,20" in page
    page = await finance.get("/agents/paiements")
    assert "Trop-perçu" in words(page)
    assert f'href="{file}"' in page.text
    sheet = (await finance.get("/agents/paiements/tableau")).content.decode("utf-8-sig")
    assert re.search(r"\r\nDominique \w+;[\d-]+;9,20;Trop-perçu[^;]*;\d\d/\d\d/\d{4}\r\n$", sheet), sheet

    later = await invoiced(town, household, Month.SHOWN_LATER, 2)
    page = words(await parent.get(f"/factures/{later}"))
    assert "dont réglé par votre trop-perçu 9,20" in page
    assert "Payer 9,20" in page
    assert "de trop" not in words(await parent.get("/factures"))


async def invoiced(town: Town, household: Household, period: str, day_count: int = 1) -> UUID:
    """Have a household invoiced for days of a month at 9.20 euros each; the invoice."""
    billing, (child_id,) = town.services["billing"], child_ids(household)
    family = Family(household.household_id, household.adults[0].adult_id, child_id)
    days = [Booked(family, uuid4(), date.fromisoformat(f"{period}-0{number + 1}")) for number in range(day_count)]
    bracket = {"label": "Tous", "quotient_min_cents": 0, "quotient_max_cents": None, "price_cents": 920}
    await publish_tariff(billing, "of_2019", effective_on="2019-01-01", brackets=[bracket])
    await billing.deliver(*(activity(day.activity_id, "of_2019") for day in days))
    await billing.deliver(*(day.attended() for day in days))
    await town.give_up_drafts()
    await invoice_month(billing, period)
    sql = "select invoice_id from invoices where household_id = $1 order by issued_at desc limit 1"
    invoice_id: UUID = await billing.db.fetchval(sql, household.household_id)
    return invoice_id


async def paid(billing: RunningService, invoice_id: UUID, household: Household, operation: UUID) -> None:
    """Another payment of 9.20 euros for an invoice: the provider, which this town does not have, says that it was made."""
    await billing.db.execute(
        """insert into payments (payment_id, invoice_id, payer_id, household_id, status, amount_cents, numcli, exer, refdet,
           saisie, idop, started_at) values ($1, $2, $3, $4, 'redirected', 920, '090909', '2026', $5, 'T', $6, now())""",
        operation,
        invoice_id,
        payer_id_of(household.household_id, household.adults[0].adult_id),
        household.household_id,
        f"F{operation.hex[:20]}",
        str(operation),
    )
    result = Result(ResultCode.CARD, "090909", f"F{operation.hex[:20]}", 920, "T", "A1B2C3")
    stored = await payment_of_operation(billing.db, str(operation))
    await apply_answer(billing.db, billing.service.provide[BillingRules], stored, result)


async def test_run_by_an_application(finance: Browser, town: Town) -> None:
    agent = application_of(finance, town.browser())
    last_month = (await town.booking.today()).replace(day=1) - timedelta(days=1)
    run = await agent.post("/invoice-runs", {"period": f"{last_month:%Y-%m}"})
    path = f"/invoice-runs/{run['run_id']}"
    assert await agent.refused("POST", f"{path}/issue") == (409, "run_not_reviewed")
    await town.bill()
    await agent.post(f"{path}/review", {"confirmed": (await agent.get(path))["open_days"]}, status=200)
    await agent.post(f"{path}/issue", status=200)
    await town.bill()
    assert (await agent.get(path))["status"] == "issued"
    assert await agent.get(f"{path}/items") == {"items": [], "next_cursor": None}
    assert run["run_id"] in [item["run_id"] for item in (await agent.get("/invoice-runs"))["items"]]


async def test_director_reads_a_run_and_advances_none(town: Town) -> None:
    director = await town.agent(Role.DIRECTOR)
    page = await director.get(RUNS)
    assert page.status_code == 200
    assert "Calculer le brouillon" not in words(page)
    assert is_refused(await director.submit(RUNS, {"period": "2026-01"}))
