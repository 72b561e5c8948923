"""The administrative file of a family on one page, and the way to its children's information from its enrollments: in a browser, at two widths."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import axe_violations, open_page, overflow
from tests.e2e.towns.test_child_files import sign_in
from tests.e2e.towns.town import GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns

pytestmark = pytest.mark.parametrize("width", [360, 1280])


def look(page: Page) -> None:
    """Nothing pushes the page, and axe finds nothing."""
    page.wait_for_load_state()
    assert (axe_violations(page), overflow(page)) == ([], 0), page.url


@in_towns("premium")
def test_the_administrative_file_is_one_page(town: GuideTown, browser: Browser, width: int) -> None:
    """S1-41: people, address, quotient, documents with what is missing, and what is said of each child this year; each leads to where it is mended."""
    page = open_page(browser, width)
    sign_in(town, page, str(town.family.login))
    page.locator("main").get_by_role("link", name="Dossier administratif").click()
    expect(page.locator("h1")).to_have_text("Dossier administratif")
    main = page.locator("main")
    for heading in ("Personnes", "Adresse", "Quotient et ressources", "Documents"):
        expect(main.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    child = town.family.children[0].first_name
    expect(main).to_contain_text(f"{child}, année scolaire")
    expect(main).to_contain_text("Autorisations")
    expect(main).to_contain_text("Il manque")
    look(page)
    for link, title in (
        ("Corriger mes coordonnées", "Mes coordonnées"),
        (f"Modifier les informations de {child}", child),
        ("Voir mon quotient", "Quotient et ressources"),
    ):
        main.get_by_role("link", name=link).first.click()
        expect(page.locator("h1")).to_contain_text(title, ignore_case=True)
        page.go_back()
    missing = main.get_by_role("link", name="Envoyer : ").first
    missing.click()
    expect(page.locator("main")).to_contain_text("Étape 3 sur 3")
    page.go_back()
    expect(main).to_contain_text("Il manque")
    page.emulate_media(media="print")
    expect(main.get_by_role("link", name="Corriger mes coordonnées")).to_be_hidden()
    expect(main.get_by_role("heading", name="Personnes", exact=True)).to_be_visible()
    page.context.close()


@in_towns("structure")
def test_children_are_modified_from_their_enrollments(town: GuideTown, browser: Browser, width: int) -> None:
    """S2-22: "Mes inscriptions" leads to the information of each child, which is corrected there."""
    page = open_page(browser, width)
    sign_in(town, page, str(town.family.login))
    page.goto(f"{town.stack.portal_url}/inscriptions")
    look(page)
    child = town.family.children[0].first_name
    page.locator("#enfants").locator("..").get_by_role("link", name=child).first.click()
    expect(page.locator("h1")).to_contain_text(child)
    page.fill("[name=first_name]", f"{child} Rose")
    press(page, "Envoyer")
    expect(page.locator("main")).to_contain_text("Votre demande est envoyée")
    press(page, "Retirer")
    page.context.close()
