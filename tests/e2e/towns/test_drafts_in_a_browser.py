"""A draft of a request in a browser, in the town of a guide: nothing that was typed is lost by Back, a reload or a session that ends, with scripts and without."""

import re

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.e2e.browser import axe_violations, overflow
from tests.e2e.towns.test_in_a_browser import parent_of
from tests.e2e.towns.town import GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns

WORDS = "Nous déménageons en mars."
SESSION = "__Host-session"


def begun(page: Page, town: GuideTown) -> str:
    """The address of a new draft, on whose first page somebody is."""
    page.goto(f"{town.stack.portal_url}/mes-demarches/nouvelle/creche_liste_attente")
    press(page, "Commencer")
    expect(page.locator("h2")).to_be_visible()
    return page.url.rpartition("/etape/")[0]


def is_kept(answer: Response) -> bool:
    return answer.request.method == "POST" and answer.status == 204


@in_towns("belfort")
def test_a_page_keeps_itself_and_comes_back_as_it_was(town: GuideTown, browser: Browser) -> None:
    page = parent_of(town, browser)
    address = begun(page, town)
    page.goto(f"{address}/etape/3")
    with page.expect_response(is_kept):
        page.fill("[name='answers.precisions']", WORDS)
    page.reload()
    expect(page.locator("[name='answers.precisions']")).to_have_value(WORDS)
    with page.expect_response(is_kept):
        page.fill("[name='answers.fratrie.0.prenom']", "Tom")
    page.goto(f"{address}/etape/2")
    page.go_back()
    expect(page.locator("[name='answers.fratrie.0.prenom']")).to_have_value("Tom")
    page.fill("[name='answers.fratrie.0.prenom']", "Tom-Antoine")
    press(page, "Terminer plus tard")
    expect(page.get_by_role("heading", name="À terminer")).to_be_visible()
    page.wait_for_load_state()
    page.go_back()
    expect(page.locator("[name='answers.fratrie.0.prenom']")).to_have_value("Tom-Antoine")
    press(page, "Terminer plus tard")
    expect(page.get_by_role("heading", name="À terminer")).to_be_visible()
    page.context.close()


@in_towns("belfort")
@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_session_that_ends_takes_nothing_along(town: GuideTown, browser: Browser, has_scripts: bool) -> None:
    """What was typed is there after signing in again, at the same page."""
    page = parent_of(town, browser)
    address = begun(page, town)
    if not has_scripts:
        page.route("**/*.js", lambda route: route.abort())
    page.goto(f"{address}/etape/3")
    page.context.clear_cookies(name=SESSION)
    page.fill("[name='answers.precisions']", WORDS)
    page.fill("[name='answers.fratrie.0.prenom']", "Zoé")
    press(page, "Continuer")
    (persona,) = [persona for persona in town.personas if persona["login"] == town.family.login]
    page.fill("[name=login]", persona["login"])
    page.fill("[name=password]", persona["password"])
    press(page, "Connexion")
    expect(page).to_have_url(re.compile(re.escape(f"{address}/etape/3")))
    expect(page.locator("[name='answers.precisions']")).to_have_value(WORDS)
    expect(page.locator("[name='answers.fratrie.0.prenom']")).to_have_value("Zoé")
    assert (axe_violations(page), overflow(page)) == ([], 0)
    press(page, "Terminer plus tard")
    page.goto(f"{address}/etape/3")
    expect(page.locator("[name='answers.precisions']")).to_have_value(WORDS)
    page.context.close()


@in_towns("belfort")
def test_a_second_tab_reads_what_the_first_one_kept(town: GuideTown, browser: Browser) -> None:
    first = parent_of(town, browser)
    address = begun(first, town)
    second = first.context.new_page()
    second.set_viewport_size({"width": 360, "height": 800})
    for tab in (first, second):
        tab.goto(f"{address}/etape/3")
    with first.expect_response(is_kept):
        first.fill("[name='answers.precisions']", WORDS)
    second.fill("[name='answers.precisions']", "Autre chose.")
    press(second, "Continuer")
    expect(second.get_by_text("remplie entre-temps").first).to_be_visible()
    expect(second.get_by_text(WORDS)).to_be_visible()
    expect(second.locator("[name='answers.precisions']")).to_have_value("Autre chose.")
    assert (axe_violations(second), overflow(second)) == ([], 0)
    first.context.close()
