"""Every page, as each kind of visitor finds it: it fits every width, and home is one tap away. `tests/campaign` looks closer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.stack import Stack
from tests.e2e.browser import WIDTHS, axe_violations, open_page, overflow, repeated_ids
from tests.e2e.visitors import PARENT, VISITORS, visiting, words
from tests.e2e.walk import press


@pytest.fixture(scope="module", params=sorted(VISITORS))
def visitor(request: pytest.FixtureRequest, stack: Stack, browser: Browser) -> Iterator[tuple[Page, tuple[str, ...]]]:
    """A kind of visitor, and the pages open to them."""
    with visiting(stack, browser, request.param) as visitor:
        yield visitor


def test_every_page_fits_at_every_width_and_the_first_is_accessible(
    stack: Stack, visitor: tuple[Page, tuple[str, ...]]
) -> None:
    page, paths = visitor
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{page.url} {words(message)}"))
    for path in paths:
        page.goto(stack.portal_url + path)
        expect(page.locator("header a.home")).to_be_visible()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert overflow(page) == 0, f"{path} scrolls sideways at {width} px"
        assert repeated_ids(page) == [], path
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
