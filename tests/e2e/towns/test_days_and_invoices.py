"""The rows of each guide from a request to a paid invoice, walked in the guide's own town without scripts."""

import io
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest
from pypdf import PdfReader

from portal.kit.formats import money
from tests.component.gateway.browser import Browser, hidden, words
from tests.component.simulators.payer import CARD, Payer
from tests.e2e.towns.town import GuideTown, Newcomer, shows
from tests.support.polling import eventually
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio

REQUESTS = "/inscriptions"
CALENDAR = "/calendrier"
CELL = re.compile(
    r'data-state="(\w+)"[^>]*>(?:<input type="hidden"[^>]*>)?<input type="checkbox" name="slot" value="([^"]+)"'
)
SECONDS = 30.0


@dataclass(frozen=True)
class Asking:
    """A parent and their request for the first activity of the plan, at its first site; `week` is the Monday of the next one."""

    town: GuideTown
    newcomer: Newcomer
    browser: Browser
    activity: dict[str, Any]
    enrollment_id: str

    @property
    def week(self) -> date:
        return self.town.today + timedelta(days=7 - self.town.today.weekday())

    @property
    def calendar(self) -> str:
        return f"{CALENDAR}?semaine={self.week}"

    async def validated(self) -> None:
        """The counter validates it on its page, and the calendar opens."""
        desk = await self.town.agent("front_desk")
        await desk.get("/agents/inscriptions")
        await desk.done(f"/agents/inscriptions/{self.enrollment_id}/decision", {"decision": "validate"})
        await shows(self.browser, REQUESTS, "V Validée")

    async def bookable(self) -> list[str]:
        """The days of the next week that can be ticked."""
        cells = CELL.findall((await self.browser.get(self.calendar)).text)
        return [control for state, control in cells if state == "bookable"]


async def ask(town: GuideTown) -> Asking:
    """A newcomer asks for an enrollment by the page, from next week on: the calendar waits."""
    newcomer, browser = await town.at_home()
    activities = (await town.call("booking", "GET", "/activities"))["items"]
    activity = next(known for known in activities if known["label"] == town.plan.activities[0].label)
    option = f"{activity['activity_id']}:{activity['sites'][0]['code']}"
    starts_on = town.today + timedelta(days=7 - town.today.weekday())

    async def is_sent() -> bool:
        page = await browser.get("/inscriptions/nouvelle")
        (child_id,) = re.findall(r'<option value="([0-9a-f-]{36})"', page.text)
        wish = {
            "child_id": child_id,
            "activity_id": option,
            "starts_on": f"{starts_on}",
            "ends_on": f"{activity['ends_on']}",
        }
        fields = {name: hidden(page, name) for name in ("household_id", "idempotency_key")}
        answer = await browser.post("/inscriptions/nouvelle", {**fields, **wish})
        return answer.headers.get("location") == REQUESTS

    await eventually(is_sent, SECONDS)
    requests = await town.call("booking", "GET", f"/enrollments?household_id={await _household_id(town, newcomer)}")
    (enrollment,) = requests["items"]
    assert enrollment["starts_on"] == f"{starts_on}"
    return Asking(town, newcomer, browser, activity, enrollment["enrollment_id"])


async def _household_id(town: GuideTown, newcomer: Newcomer) -> str:
    (household,) = (await town.call("family", "GET", f"/households?search={newcomer.name}"))["items"]
    return str(household["household_id"])


@in_towns("belfort", "structure")
async def test_a_request_waits_and_is_validated(town: GuideTown) -> None:
    """S0-35, S0-49, S0-53, S2-5, S2-8, S2-9, S2-12, S2-13, S2-18, S2-20, S2-23, S2-24, S2-25, S2-28"""
    asking = await ask(town)
    browser, label = asking.browser, asking.activity["label"]
    requests = words(await browser.get(REQUESTS))
    assert label in requests
    assert f"du {asking.week:%d/%m/%Y} au" in requests
    assert "? En attente de validation" in requests
    home = words(await browser.get("/mon-accueil"))
    assert "Zoé" in home
    assert "1 demande" in home
    asked = words(await browser.get("/mes-demandes"))
    assert label in asked
    assert "? En attente de validation" in asked
    calendar = await browser.get(asking.calendar)
    assert 'name="slot"' not in calendar.text
    assert "pas encore validée (?)" in words(calendar)
    await asking.validated()
    assert "V Validée" in words(await browser.get(REQUESTS))
    assert await asking.bookable()
    assert label in town.mail(asking.newcomer.email, "validée")["text"]


@in_towns("belfort", "structure", "tirelire")
async def test_days_are_priced_booked_and_confirmed(town: GuideTown) -> None:
    """S0-51, S2-19, S2-29, S2-30, S4-22, S4-25, S4-28: nothing is booked before the basket is validated, and without a quotient the
    highest price of the town is said with its reason."""
    asking = await ask(town)
    await asking.validated()
    browser = asking.browser
    ticked = (await asking.bookable())[:2]
    fields = {"week": f"{asking.week}", "slot": ticked}
    await browser.get(asking.calendar)
    basket = await browser.submit(CALENDAR, {**fields, "step": "quote"})
    (tariff,) = [row for row in town.plan.tariffs if row.code == asking.activity["tariff_code"]]
    assert money(2 * tariff.brackets[-1]["price_cents"]) in basket.text
    assert "tarif maximum" in words(basket)
    assert set(ticked) <= set(await asking.bookable()), "a ticked day is not booked"
    confirmed = {name: hidden(basket, name) for name in ("quoted_total_cents", "idempotency_key")} | {"step": "confirm"}
    page = await browser.submit(CALENDAR, {**fields, **confirmed})
    assert "Vos réservations sont confirmées" in words(page)
    states = dict(map(reversed, CELL.findall((await browser.get(asking.calendar)).text)))
    assert [states[control] for control in ticked] == ["booked", "booked"]
    mail = town.mail(asking.newcomer.email, "éservation")
    assert "Zoé" in mail["text"]
    assert asking.activity["label"] in mail["text"]


@in_towns("structure", "velizy", "tirelire")
async def test_an_invoice_is_listed_printed_and_paid(town: GuideTown) -> None:
    """S2-42, S2-43, S2-44, S2-45, S3-30, S3-31, S4-30, S4-31, S4-33"""
    parent, email = await town.parent(), town.family.guardian["email"]
    listed = await parent.get("/factures")
    (invoice_id,) = set(re.findall(r'href="/factures/([0-9a-f-]{36})"', listed.text))
    invoice = await town.call("billing", "GET", f"/invoices/{invoice_id}")
    number, total = invoice["number"], plain(money(invoice["total_cents"]))
    assert number in words(listed)
    document = await parent.get(f"/factures/{invoice_id}/pdf")
    assert document.status_code == 200, words(document)
    printed = "".join(page.extract_text() for page in PdfReader(io.BytesIO(document.content)).pages)
    assert number in printed
    await parent.get(f"/factures/{invoice_id}")
    if invoice["status"] == "issued":
        await pay(town, parent, invoice_id, total)
    assert "Payée" in await shows(parent, "/factures", "Payée")
    assert "Payer" not in words(await parent.get(f"/factures/{invoice_id}")).partition("Paiements")[0].replace(
        "Payeur", ""
    )
    assert total in plain(town.mail(email, "aiement")["text"])
    (receipt,) = (await town.call("billing", "GET", f"/invoices/{invoice_id}"))["payments"]
    assert receipt["status"] == "paid"


def plain(text: str) -> str:
    """A text with spaces that may break: each page and document has its own of those that do not."""
    return re.sub(r"\s", " ", text)


async def pay(town: GuideTown, parent: Browser, invoice_id: str, total: str) -> None:
    """Through the provider's three screens, and back."""
    page = await parent.get(f"/factures/{invoice_id}")
    key = {"idempotency_key": hidden(page, "idempotency_key")}
    answer = await parent.post(f"/factures/{invoice_id}/paiement", key)
    address = answer.headers["location"]
    assert address.startswith(town.stack.url("payfip"))
    async with httpx2.AsyncClient(base_url=town.stack.url("payfip")) as client:
        payer = Payer(client)
        await payer.open(address)
        assert plain(payer.facts["Montant"]) == total
        assert payer.facts["Adresse électronique"] == town.family.guardian["email"]
        assert payer.facts["Référence de la dette"]
        await payer.pay("CB", CARD)
        assert payer.title == "Votre paiement est accepté"
        assert payer.facts["Autorisation"]
        (back,) = payer.page.xpath("//main//a[@class='button']/@href")
    returned = await parent.landing(await parent.get(back.removeprefix(town.stack.portal_url)))
    assert "est payée" in words(returned)
