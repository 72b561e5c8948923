"""Every page, as each kind of visitor finds it: it fits every width, and home is one tap away. `tests/campaign` looks closer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from deploy.local.stack import Stack
from portal.agents import AGENTS
from portal.family import FAMILY
from tests.e2e.browser import WIDTHS, axe_violations, open_page, overflow
from tests.e2e.walk import AGENT, FINANCE, press

PARENT = ("famille.testeur", "tilleuls-lina-4")
PUBLIC_PAGES = (
    "/",
    "/connexion",
    "/activation",
    "/activites",
    "/aide",
    "/accessibilite",
    "/mentions-legales",
    "/donnees-personnelles",
    "/plan-du-site",
    "/actualites",
    "/documents",
    "/infos-pratiques",
    "/une-page-inconnue",
)
FINANCE_PAGES = ("/agents/facturation",)
PARENT_PAGES = tuple(page.path for page in FAMILY.shown())
AGENT_PAGES = tuple(page.path for page in AGENTS.shown() if page.path not in FINANCE_PAGES)
VISITORS = {
    "anonymous": (None, PUBLIC_PAGES),
    "parent": (PARENT, PARENT_PAGES),
    "agent": (AGENT, AGENT_PAGES),
    "finance": (FINANCE, FINANCE_PAGES),
}


def sign_in(stack: Stack, page: Page, credentials: tuple[str, str]) -> None:
    """Sign in by the form."""
    page.goto(f"{stack.portal_url}/connexion")
    page.fill("[name=login]", credentials[0])
    page.fill("[name=password]", credentials[1])
    press(page, "Connexion")
    expect(page.locator(".session")).to_be_visible()


@pytest.fixture(scope="module", params=sorted(VISITORS))
def visitor(request: pytest.FixtureRequest, stack: Stack, browser: Browser) -> Iterator[tuple[Page, tuple[str, ...]]]:
    """A kind of visitor, signed in if need be, and the pages open to them."""
    credentials, paths = VISITORS[request.param]
    page = open_page(browser, WIDTHS[-1])
    if credentials:
        sign_in(stack, page, credentials)
    yield page, paths
    page.context.close()


def test_every_page_fits_at_every_width_and_the_first_is_accessible(
    stack: Stack, visitor: tuple[Page, tuple[str, ...]]
) -> None:
    page, paths = visitor
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(words(message)))
    for path in paths:
        page.goto(stack.portal_url + path)
        expect(page.locator("header a.home")).to_be_visible()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert overflow(page) == 0, f"{path} scrolls sideways at {width} px"
        if path == paths[0]:
            assert axe_violations(page) == [], path
    assert [complaint for complaint in complaints if "status of 404" not in complaint] == []


def test_private_page_without_session_says_that_a_session_is_needed(stack: Stack, browser: Browser) -> None:
    page = open_page(browser)
    page.goto(f"{stack.portal_url}/factures")
    expect(page.locator("main")).to_contain_text("La connexion à votre espace personnel est nécessaire.")
    page.fill("[name=login]", PARENT[0])
    page.fill("[name=password]", PARENT[1])
    press(page, "Connexion")
    expect(page.locator("h1")).to_have_text("Mes factures")
    page.context.close()


def test_guide_to_activation_and_catalogue_are_open_to_everyone(stack: Stack, browser: Browser) -> None:
    page = open_page(browser)
    page.goto(stack.portal_url)
    page.click("main a[href='/aide']")
    expect(page.locator("h1")).to_contain_text("comment activer votre espace personnel")
    expect(page.locator("main")).to_contain_text("courriers indésirables")
    page.goto(f"{stack.portal_url}/activites")
    expect(page.locator("main")).to_contain_text("Centre de loisirs du mercredi")
    page.click("summary:has-text('Journée au centre de loisirs')")
    expect(page.locator("main")).to_contain_text("16,80")
    page.context.close()


def words(message: ConsoleMessage) -> str:
    """What the browser's console says."""
    return f"{message.type}: {message.text}"
