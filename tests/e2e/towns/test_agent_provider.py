"""Agents with the account of the town hall, in a browser: in, out of both, and ended everywhere when they leave."""

import httpx2
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import WIDTHS, axe_violations, open_page, overflow
from tests.e2e.towns.town import GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns

BUTTON = "Se connecter avec mon compte de la mairie"


def fits(page: Page) -> None:
    """The page fits every screen, and axe has nothing against it."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) == 0, f"{page.url} scrolls sideways at {width} px"
    assert axe_violations(page) == []


def come_in(town: GuideTown, page: Page, person: str) -> None:
    """Press the button, and be somebody of the provider's page."""
    page.goto(f"{town.stack.portal_url}/connexion/agents")
    press(page, BUTTON)
    page.check(f"[name=person][value='{person}']")
    press(page, "Continuer vers")


def is_in(page: Page) -> None:
    """The space of agents is open."""
    page.wait_for_url("**/agents")
    expect(page.locator(".session").first).to_be_visible()


@in_towns("belfort")
def test_an_agent_comes_in_with_the_account_of_the_town_hall_and_is_out_when_they_leave_it(
    town: GuideTown, browser: Browser
) -> None:
    control = f"{town.stack.url('agent_provider')}/control"
    page, other = open_page(browser), open_page(browser, java_script_enabled=False)
    page.goto(f"{town.stack.portal_url}/connexion/agents")
    fits(page)
    for one in (page, other):
        come_in(town, one, "m.perrot")
        is_in(one)
    page.locator("button.account").click()
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(f"{town.stack.portal_url}/")
    assert httpx2.get(f"{control}/sessions").json() == ["m.perrot"], "the other browser is still signed in there"
    come_in(town, page, "m.perrot")
    is_in(page)

    answers = httpx2.post(f"{control}/leavings", json={"name": "m.perrot"}, timeout=20).json()
    assert answers == [200, 200], "the portal took both orders"
    for one in (page, other):
        one.goto(f"{town.stack.portal_url}/agents/familles")
        expect(one.get_by_role("button", name=BUTTON)).to_be_visible()
    come_in(town, page, "m.perrot")
    expect(page.locator("h1")).to_have_text("Le compte de la mairie ne vous a pas connecté")
    fits(page)
    httpx2.post(f"{control}/reset")
    for one in (page, other):
        one.context.close()


@in_towns("belfort")
def test_whoever_is_no_agent_of_the_portal_is_told_whom_to_ask(town: GuideTown, browser: Browser) -> None:
    page = open_page(browser)
    come_in(town, page, "j.mougin")
    expect(page.get_by_text("Demandez-le à une personne qui gère les comptes des agents")).to_be_visible()
    fits(page)
    press(page, "Prendre un autre compte")
    page.check("[name=person][value='g.schmitt']")
    press(page, "Continuer vers")
    is_in(page)
    page.context.close()
