"""Every page, as each kind of visitor finds it: accessible at every width, home in one tap, light, and without a foreign word."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from deploy.local.stack import Stack
from tests.e2e.browser import WIDTHS, axe_violations, overflow
from tests.e2e.visitors import VISITORS, visiting, words

SCRIPT_BYTES_MAX = 25_000
PAGE_BYTES_MAX = 150_000
REQUESTS_MAX = 10


@pytest.fixture(scope="module", params=sorted(VISITORS))
def visitor(request: pytest.FixtureRequest, stack: Stack, browser: Browser) -> Iterator[tuple[Page, tuple[str, ...]]]:
    """A kind of visitor, and the pages open to them."""
    with visiting(stack, browser, request.param) as visitor:
        yield visitor


def test_every_page_is_accessible_and_fits_at_every_width(stack: Stack, visitor: tuple[Page, tuple[str, ...]]) -> None:
    page, paths = visitor
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(words(message)))
    for path in paths:
        page.goto(stack.portal_url + path)
        expect(page.locator("header a.home")).to_be_visible()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert overflow(page) == 0, f"{path} scrolls sideways at {width} px"
        assert axe_violations(page) == [], path
    assert [complaint for complaint in complaints if "status of 404" not in complaint] == []


def test_pages_keep_their_budgets(stack: Stack, visitor: tuple[Page, tuple[str, ...]]) -> None:
    page, paths = visitor
    for path in paths:
        sizes: dict[str, tuple[str, int]] = {}

        def note(response: Response, sizes: dict[str, tuple[str, int]] = sizes) -> None:
            sizes[response.url] = (response.request.resource_type, len(response.body()))

        page.on("response", note)
        page.goto(stack.portal_url + path, wait_until="load")
        page.remove_listener("response", note)
        assert len(sizes) <= REQUESTS_MAX, path
        assert sum(size for kind, size in sizes.values() if kind == "script") <= SCRIPT_BYTES_MAX, path
        assert sum(size for _, size in sizes.values()) <= PAGE_BYTES_MAX, path
