"""A parent lets a grandmother act until a day, in the town of a guide: the parent in a browser with scripts, the grandmother without any,
then with one for the look of her page."""

import re
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import anyio
from playwright.sync_api import Browser, Page, expect

from tests.component.gateway.browser import Browser as Visitor
from tests.component.gateway.browser import hidden, words
from tests.component.gateway.town import accept_terms
from tests.e2e.browser import axe_violations, open_page, overflow
from tests.e2e.towns.test_days_and_invoices import CELL
from tests.e2e.towns.test_step_up import confirm_by_mail
from tests.e2e.towns.town import CREDENTIALS, PASSWORD, GuideTown, press_link, shows
from tests.e2e.walk import press
from tests.support.towns import in_towns
from tools.mailbox import credentials_of

LIST = "/personnes-de-confiance"
BOOKED = "Réservation confirmée"


def give(town: GuideTown, page: Page, email: str) -> None:
    """The parent fills the form, reads the summary, proves who they are and confirms; each page is looked at."""
    (persona,) = [persona for persona in town.personas if persona["login"] == town.family.login]
    page.goto(f"{town.stack.portal_url}/connexion")
    page.fill("[name=login]", persona["login"])
    page.fill("[name=password]", persona["password"])
    press(page, "Connexion")
    page.goto(f"{town.stack.portal_url}{LIST}")
    assert (axe_violations(page), overflow(page)) == ([], 0)
    page.goto(f"{town.stack.portal_url}{LIST}/nouvelle")
    page.fill("[name=first_name]", "Jeanne")
    page.fill("[name=last_name]", "Lefort")
    page.fill("[name=email]", email)
    page.locator("[name=child_ids]").first.check()
    page.locator("[name=acts][value='days.book']").check()
    assert (axe_violations(page), overflow(page)) == ([], 0)
    press(page, "Relire avant de confirmer")
    expect(page.locator("h1")).to_have_text("Relisez avant de confirmer")
    assert (axe_violations(page), overflow(page)) == ([], 0)
    press(page, "Confirmer")
    expect(page.locator("h1")).to_have_text("Confirmer que c’est bien vous")
    confirm_by_mail(town, page, persona["login"])
    expect(page.locator("h1")).to_have_text("Relisez avant de confirmer")
    press(page, "Confirmer")
    expect(page.locator("main")).to_contain_text("C’est enregistré")


async def activate(town: GuideTown, email: str) -> Visitor:
    """The grandmother follows the link of her mail, chooses a password and accepts the terms."""
    mailed = credentials_of(town.mail(email, "vous demande de l’aide")["text"])
    visitor = town.browser()
    await press_link(visitor, mailed.link)
    visitor = await town.signed_in(mailed.username, mailed.password)
    await visitor.get(CREDENTIALS)
    await visitor.done(CREDENTIALS, {"password": PASSWORD, "password_confirmation": PASSWORD})
    await accept_terms(visitor)
    return visitor


async def book(visitor: Visitor) -> str:
    """She books the first day that is open; the address of what was entrusted to her."""
    page = await visitor.get("/enfants-confies")
    (address,) = re.findall(r'href="(/enfants-confies/[0-9a-f-]{36})"', page.text)
    await shows(visitor, address, "Vous agissez pour")
    page = await visitor.get(address)
    while not (days := [control for state, control in CELL.findall(page.text) if state == "bookable"]):
        (following,) = re.findall(r'name="go" value="([^"]+)" data-go="next"', page.text)
        page = await visitor.submit(address, {"week": hidden(page, "week"), "go": following})
    kept = {name: hidden(page, name) for name in ("week", "idempotency_key")}
    page = await visitor.submit(address, {**kept, "slot": days[0], "step": "confirm"})
    assert "La réservation est faite" in words(page)
    return str(address)


@in_towns("structure")
def test_a_grandmother_books_a_day_until_the_parent_takes_it_back(town: GuideTown, browser: Browser) -> None:
    """From the form to the end of it: the day that was booked stays, and both are told."""
    email = f"{uuid4().hex}@aide.example"
    page = open_page(browser, 360)
    before = town.text_so_far(str(town.family.login), BOOKED)
    give(town, page, email)

    async def walk() -> str:
        return await book(await activate(town, email))

    # The browser with scripts has the loop of this thread.
    with ThreadPoolExecutor(1) as beside:
        address = beside.submit(anyio.run, walk).result()
    text = town.mail(str(town.family.login), BOOKED, before)["text"]
    assert "Jeanne Lefort, personne de confiance de votre foyer, a réservé" in text

    hers = open_page(browser, 360)
    hers.goto(f"{town.stack.portal_url}/connexion")
    hers.fill("[name=login]", email)
    hers.fill("[name=password]", PASSWORD)
    press(hers, "Connexion")
    expect(hers.locator("h1")).to_have_text("Enfants qui me sont confiés")
    assert (axe_violations(hers), overflow(hers)) == ([], 0)
    hers.goto(f"{town.stack.portal_url}{address}")
    expect(hers.locator("main")).to_contain_text("Vous agissez pour")
    assert (axe_violations(hers), overflow(hers)) == ([], 0)
    hers.locator("[name=slot]").first.check()

    page.goto(f"{town.stack.portal_url}/historique")
    expect(page.locator("main")).to_contain_text("Jeanne Lefort, personne de confiance")
    page.goto(f"{town.stack.portal_url}{LIST}")
    press(page, "Mettre fin à l’aide de Jeanne")
    expect(page.locator("main")).to_contain_text("Retirée par un parent")

    press(hers, "Valider")
    expect(hers.locator("main")).to_contain_text("Un parent a mis fin à cette aide")
    assert (axe_violations(hers), overflow(hers)) == ([], 0)
    page.context.close()
    hers.context.close()
