"""Documents as a family sends them in a browser, and an agent decides, in the town of a guide."""

from playwright.sync_api import Browser, expect

from tests.component.family.papers import jpeg, pdf
from tests.e2e.browser import axe_violations, overflow
from tests.e2e.towns.test_in_a_browser import parent_of, signed_in
from tests.e2e.towns.town import GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns

WORK_MS = 40_000
"""For files to be made anew on a busy machine."""


@in_towns("tirelire")
def test_a_document_is_sent_from_mes_demarches_for_the_family_or_a_member(town: GuideTown, browser: Browser) -> None:
    """S4-34, S4-35, S4-36, S4-48: three taps and a file; what is asked once a year is wanted no more; an agent reads and decides."""
    child = town.family.children[0].first_name
    page = parent_of(town, browser)
    page.goto(f"{town.stack.portal_url}/mon-accueil")
    page.get_by_role("link", name="Mes démarches").first.click()
    page.get_by_role("link", name="Envoyer un document").first.click()
    expect(page.get_by_role("link", name="La famille")).to_have_count(1)
    page.get_by_role("link", name=child, exact=True).click()
    link = page.get_by_role("link", name="assurance scolaire")
    expect(link).to_contain_text("demandé une fois par an")
    link.click()
    assert page.locator("[name=photo]").get_attribute("capture") == "environment"
    assert (axe_violations(page), overflow(page)) == ([], 0)
    files = [
        {"name": "IMG_1.JPG", "mimeType": "image/jpeg", "buffer": jpeg(1200, 900)},
        {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": pdf("a")},
    ]
    page.set_input_files("[name=content]", files)  # type: ignore[arg-type]  # a payload is a dict of these
    press(page, "Envoyer")
    expect(page.get_by_text("Votre document est envoyé")).to_be_visible(timeout=WORK_MS)
    assert (axe_violations(page), overflow(page)) == ([], 0)
    wanted = page.locator("section[aria-labelledby=a-fournir]")
    assert f"assurance scolaire, {child}" not in wanted.inner_text()
    page.context.close()
    desk = next(body["username"] for body in town.plan.agents if "front_desk" in body["roles"])
    password = next(persona["password"] for persona in town.personas if persona["login"] == desk)
    agent = signed_in(town, browser, desk, password)
    agent.set_viewport_size({"width": 1280, "height": 900})
    agent.goto(f"{town.stack.portal_url}/agents/documents")
    assert (axe_violations(agent), overflow(agent)) == ([], 0)
    agent.get_by_role("link", name="assurance scolaire").first.click()
    assert (axe_violations(agent), overflow(agent)) == ([], 0)
    assert agent.locator("[name=ends_on]").input_value().endswith("-08-31")
    press(agent, "Valider et passer au suivant")
    expect(agent.get_by_text("Le document est validé")).to_be_visible()
    agent.context.close()
