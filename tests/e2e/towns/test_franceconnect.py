"""FranceConnect in a browser, in its guide's own town: first link, later sign-in, refusal, the end of both sessions."""

import httpx2
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import WIDTHS, axe_violations, open_page, overflow
from tests.e2e.topics import in_thread
from tests.e2e.towns.town import PASSWORD, GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns

BUTTON = "S’identifier avec"


def choose(page: Page, person: str, button: str = "Continuer vers") -> None:
    """Be somebody of the provider's page."""
    page.check(f"[name=person][value={person}]")
    press(page, button)


def fits(page: Page) -> None:
    """The page fits every screen, and axe has nothing against it."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) == 0, f"{page.url} scrolls sideways at {width} px"
    assert axe_violations(page) == []


@in_towns("premium")
def test_families_say_who_they_are_through_franceconnect(town: GuideTown, browser: Browser) -> None:
    """S1-13: linked once with the password, then opened without; who leaves is signed out there too."""
    newcomer, _ = in_thread(town.at_home())
    page = open_page(browser)
    page.goto(f"{town.stack.portal_url}/connexion")
    fits(page)
    press(page, BUTTON)
    choose(page, "angela")
    expect(page.locator("h1")).to_have_text("Lier FranceConnect à votre espace")
    expect(page.get_by_text("Angela DUBOIS")).to_be_visible()
    fits(page)
    page.fill("[name=login]", town.own_credentials(newcomer)["username"])
    page.fill("[name=password]", PASSWORD)
    press(page, "Me connecter et lier")
    expect(page.locator("h1")).to_contain_text("Bonjour")
    page.goto(f"{town.stack.portal_url}/mes-identifiants/franceconnect")
    fits(page)
    page.context.close()
    mail = town.mail(newcomer.email, "Un changement de sécurité")
    assert "/mes-identifiants" in mail["text"]

    page = open_page(browser)
    page.goto(f"{town.stack.portal_url}/connexion")
    press(page, BUTTON)
    choose(page, "angela")
    expect(page.locator("h1")).to_contain_text("Bonjour")
    sessions = f"{town.stack.url('franceconnect')}/control/sessions"
    there = len(httpx2.get(sessions).json())
    page.locator("button.account").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(f"{town.stack.portal_url}/")
    assert len(httpx2.get(sessions).json()) == there - 1
    page.goto(f"{town.stack.portal_url}/mon-accueil")
    expect(page.locator("[name=password]")).to_be_visible()
    page.context.close()


@in_towns("premium")
def test_whoever_goes_back_signs_in_with_the_password(town: GuideTown, browser: Browser) -> None:
    page = open_page(browser, java_script_enabled=False)
    page.goto(f"{town.stack.portal_url}/connexion")
    press(page, BUTTON)
    choose(page, "samira", "Revenir sur")
    expect(page.locator("h1")).to_have_text("FranceConnect n’a pas abouti")
    page.get_by_role("link", name="Me connecter avec mon mot de passe").click()
    expect(page.locator("[name=password]")).to_be_visible()
    page.context.close()


@in_towns("premium")
def test_what_franceconnect_is_stands_behind_its_link(town: GuideTown, browser: Browser) -> None:
    """S1-14"""
    page = open_page(browser)
    page.goto(f"{town.stack.portal_url}/connexion")
    page.get_by_role("link", name="Qu’est-ce que FranceConnect").click()
    expect(page.locator("h1")).to_contain_text("Qu’est-ce que FranceConnect")
    fits(page)
    page.context.close()
