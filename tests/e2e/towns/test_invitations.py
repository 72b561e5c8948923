"""Many families invited at once in a browser, from the menu to the report: at every width, for axe; and the files of organizations beside them."""

import re
from uuid import uuid4

from playwright.sync_api import Browser, Page, expect

from tests.e2e.topics import in_thread
from tests.e2e.towns.test_agent_accounts import fits
from tests.e2e.towns.test_in_a_browser import signed_in
from tests.e2e.towns.town import GuideTown
from tests.e2e.walk import press
from tests.support.polling import eventually
from tests.support.towns import in_towns

LIST = "/agents/invitations"
NEW = "/agents/familles/nouvelle"
PHONE = {"width": 360, "height": 800}


def director_of(town: GuideTown, browser: Browser) -> Page:
    """A window of whoever directs the town."""
    login = next(body["username"] for body in town.plan.agents if "director" in body["roles"])
    (persona,) = [persona for persona in town.personas if persona["login"] == login]
    return signed_in(town, browser, login, persona["password"])


@in_towns("premium")
def test_a_list_is_looked_at_confirmed_and_followed(town: GuideTown, browser: Browser) -> None:
    newcomer = in_thread(town.newcomer())
    page = director_of(town, browser)
    page.set_viewport_size(PHONE)
    page.goto(f"{town.stack.portal_url}{LIST}")
    expect(page.locator("h1")).to_have_text("Inviter des familles")
    fits(page)
    page.set_viewport_size(PHONE)
    page.fill("[name=label]", "Familles du mois")
    press(page, "Examiner")
    expect(page.locator(".field-error")).to_contain_text("Choisissez le fichier CSV")
    expect(page.locator("[name=label]")).to_have_value("Familles du mois")
    page.goto(f"{town.stack.portal_url}/agents/familles?recherche={newcomer.name}")
    reference = page.locator("table.data").inner_text().rpartition("F-")[2][:6]
    page.goto(f"{town.stack.portal_url}{LIST}")
    page.fill("[name=label]", "Familles du mois")
    lines = f"Dossier;E-mail\r\nF-{reference};{newcomer.email}\r\nF-999999;\r\n".encode("cp1252")
    page.set_input_files("[name=content]", {"name": "foyers.csv", "mimeType": "text/csv", "buffer": lines})
    press(page, "Examiner")
    expect(page.locator("h1")).to_have_text("Familles du mois")
    expect(page.locator("main")).to_contain_text("Déjà invitée")
    expect(page.locator("main")).to_contain_text("Référence inconnue")
    run = page.url.rpartition("/")[2]

    async def is_delivered() -> bool:
        report = await town.call("identity", "GET", f"/invitation-runs/{run}/lines")
        return [line["mail"] for line in report["items"]] == ["delivered", None]

    in_thread(eventually(is_delivered))
    page.reload()
    expect(page.locator("main")).to_contain_text("Accepté par la messagerie")
    fits(page)
    page.context.close()


@in_towns("premium")
def test_an_association_has_a_file_and_is_greeted_by_its_name(town: GuideTown, browser: Browser) -> None:
    """S1-29: a user is an individual, a professional or an association."""
    page = director_of(town, browser)
    page.set_viewport_size(PHONE)
    page.goto(f"{town.stack.portal_url}{NEW}")
    expect(page.locator("main")).to_contain_text("d’un professionnel")
    page.click("main a:has-text('d’une association')")
    expect(page.locator("main")).to_contain_text("Raison sociale")
    fits(page)
    email = f"{uuid4().hex[:12]}@amicale.example"
    fields = {
        "organization.legal_name": "Amicale laïque",
        "organization.rna": f"W{uuid4().int % 10**9:09}",
        "guardian.first_name": "Ana",
        "guardian.last_name": "Duval",
        "guardian.email": email,
        "address.street": "1 place de la Mairie",
        "address.postal_code": "75000",
        "address.city": "Arpège",
    }
    for name, value in fields.items():
        page.fill(f"[name='{name}']", value)
    page.select_option("[name='guardian.civility']", "madame")
    press(page, "Créer le dossier")
    expect(page.locator("h1")).to_contain_text("Amicale laïque")
    fits(page)
    page.goto(f"{town.stack.portal_url}/agents/familles?type=association")
    expect(page.locator("table.data")).to_contain_text(re.compile("Amicale laïque"))
    fits(page)
    page.context.close()
    assert "Bonjour Madame Duval" in town.mail(email, "Votre espace personnel")["text"]
