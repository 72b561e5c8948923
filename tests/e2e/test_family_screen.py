"""A family's file on the front desk's screen: each tab fits every width and is accessible, and what is pressed leads where it says."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.stack import Stack
from tests.e2e.browser import WIDTHS, axe_violations, overflow, repeated_ids
from tests.e2e.visitors import visiting

NAME = "Testeur"


@pytest.fixture(scope="module")
def file(stack: Stack, browser: Browser) -> Iterator[Page]:
    """The file of a family of the demonstration, found by its name."""
    with visiting(stack, browser, "agent") as (page, _):
        page.goto(f"{stack.portal_url}/agents/familles?recherche={NAME}")
        page.locator("table.data a").first.click()
        expect(page.locator("h1")).to_contain_text("Famille")
        yield page


def test_each_tab_fits_every_width_and_is_accessible(file: Page) -> None:
    addresses = [link.get_attribute("href") or "" for link in file.locator("nav.tabs a").all()]
    assert len(addresses) == 10
    origin = file.url.partition("/agents")[0]
    for address in [*addresses, f"{addresses[0]}/inscrire"]:
        file.goto(origin + address)
        for width in WIDTHS:
            file.set_viewport_size({"width": width, "height": 800})
            assert overflow(file) == 0, f"{address} scrolls sideways at {width} px"
            if width in (360, 1280):
                assert axe_violations(file) == [], (address, width)
        assert repeated_ids(file) == [], address


def test_all_that_can_be_done_is_two_presses_away(file: Page) -> None:
    file.set_viewport_size({"width": 1280, "height": 800})
    file.locator("nav.tabs a").first.click()
    press_link(file, "Personnes")
    for link in ("Corriger les coordonnées", "Garde et résidence", "Entourage des enfants"):
        expect(file.get_by_role("link", name=link).first).to_be_visible()
    expect(
        file.get_by_role("button", name="Envoyer un lien").or_(file.get_by_role("button", name="Renvoyer")).first
    ).to_be_visible()
    file.get_by_text("Autres actions").click()
    expect(file.get_by_role("link", name="Noter un quotient")).to_be_visible()
    press_link(file, "Vue d’ensemble")
    press_link(file, "Réserver")
    expect(file.locator("nav.tabs [aria-current=page]", has_text="Réservations")).to_be_visible()


def test_the_years_are_drawn_at_wide_screens_and_printed_as_a_table(file: Page) -> None:
    press_link(file, "Frise")
    drawing = file.locator("svg.lanes")
    expect(drawing).to_be_visible()
    file.set_viewport_size({"width": 360, "height": 800})
    expect(drawing).to_be_hidden()
    expect(file.get_by_role("table")).to_be_visible()
    file.emulate_media(media="print")
    expect(file.locator("form.filters")).to_be_hidden()
    expect(file.get_by_role("table")).to_be_visible()
    file.emulate_media(media="screen")


def press_link(page: Page, name: str) -> None:
    """Follow a link of the file's own, by the beginning of its name."""
    page.locator("main").get_by_role("link", name=name).first.click()
