"""The gallery and the browser, each started once for the tests of the kit."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.e2e.browser import launch, open_page
from tests.e2e.kit.server import serve


@pytest.fixture(scope="session")
def gallery() -> Iterator[str]:
    """The address of the gallery."""
    with serve() as address:
        yield address


@pytest.fixture(scope="module")
def kit_browser() -> Iterator[Browser]:
    """A browser for a module of the kit, closed with it: while it is open no other event loop can run in this thread."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def page(kit_browser: Browser) -> Iterator[Page]:
    """A phone's page, with scripts."""
    page = open_page(kit_browser)
    yield page
    page.context.close()


@pytest.fixture
def plain_page(kit_browser: Browser) -> Iterator[Page]:
    """A phone's page, without scripts."""
    page = open_page(kit_browser, java_script_enabled=False)
    yield page
    page.context.close()
