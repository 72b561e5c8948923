"""Every component in every state is accessible, fits every width, keeps its budget and obeys the security policy."""

import gzip
import re

import pytest
from playwright.sync_api import Browser, Page

from portal.kit import STATIC
from tests.e2e.browser import HEIGHT, WIDTHS, axe_violations, open_page, overflow

PAGES = ("gallery", "calendar", "month", "days", "terms_box", "terms_button", "agent")
PHONE = 360
SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
RELOADS = 8
IN_SIGHT = """
(selector) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  return box.top >= 0 && box.bottom <= innerHeight;
}
"""
# At twice its size it fits in 640 px, and would not if it were a fifth wider.
ADD_LINE = """
document.querySelector('.page').insertAdjacentHTML('beforeend', '<p style="white-space: nowrap">Inscriptions ouvertes du mercredi</p>')
"""
SMALL_TARGETS = """
(smallest) => [...document.querySelectorAll('button, .button, .tile, select, summary, .cell, .choice, .home, .menu a, .bottom-bar a, .links a, .site-footer a, .field input')]
  .filter((element) => element.checkVisibility() && !element.closest('.legend li, .choice *') && element.tabIndex >= 0)
  .map((element) => [element.outerHTML.slice(0, 90), element.getBoundingClientRect()])
  .filter(([, box]) => box.width < smallest || box.height < smallest)
  .map(([html, box]) => `${html} ${box.width}x${box.height}`)
"""


TARGET, AGENTS_TARGET = 44, 40
"""How large at least is what is pressed, in px: agents' pages are denser."""


@pytest.mark.parametrize("name", PAGES)
def test_no_violation_and_no_sideways_scroll_at_any_width(page: Page, gallery: str, name: str) -> None:
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(error.message))
    page.goto(f"{gallery}/{name}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        assert overflow(page) == 0
        assert page.evaluate(SMALL_TARGETS, AGENTS_TARGET if name == "agent" else TARGET) == []
        if width != PHONE:  # laid out as at 320
            assert axe_violations(page) == []
    assert messages == []


@pytest.mark.parametrize("scheme", [{"forced_colors": "active"}, {"color_scheme": "dark"}], ids=["forced", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_violation_in_forced_colors_and_in_the_dark(
    kit_browser: Browser, gallery: str, name: str, scheme: dict[str, str]
) -> None:
    for width in (WIDTHS[0], WIDTHS[-1]):
        page = open_page(kit_browser, width, **scheme)
        page.goto(f"{gallery}/{name}")
        assert axe_violations(page) == []
        page.context.close()


def test_the_checks_find_a_fault(kit_browser: Browser, gallery: str) -> None:
    page = open_page(kit_browser, 320, bypass_csp=True)
    page.goto(f"{gallery}/gallery")
    # Each fault has an element of its own: a text that runs out of the window has no background that axe could tell.
    page.add_style_tag(
        content="h1 { color: #ccc } .footer-inner { inline-size: 40rem } .button { min-block-size: 0; padding: 0 }"
    )
    assert any(line.startswith("color-contrast") for line in axe_violations(page))
    assert overflow(page) > 0
    assert page.evaluate(SMALL_TARGETS, AGENTS_TARGET)
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_larger_text_and_wider_spacing_lose_nothing(kit_browser: Browser, gallery: str, name: str) -> None:
    page = open_page(kit_browser, 640, bypass_csp=True)
    page.goto(f"{gallery}/{name}")
    page.add_style_tag(content="html { font-size: 200% }")
    assert overflow(page) == 0
    page.add_style_tag(content=SPACING)
    assert overflow(page) == 0
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_wider_typeface_loses_nothing_in_larger_text(kit_browser: Browser, gallery: str, name: str) -> None:
    page = open_page(kit_browser, 640, bypass_csp=True)
    page.route("**/static/fonts/**", lambda route: route.abort())
    page.goto(f"{gallery}/{name}")
    for style in ("html { font-size: 200% }", SPACING):
        page.add_style_tag(content=style)
        assert overflow(page) == 0
    page.context.close()


def test_a_text_that_a_wider_typeface_pushes_out_is_found(kit_browser: Browser, gallery: str) -> None:
    overflows = {}
    for is_ours_there in (True, False):
        page = open_page(kit_browser, 640, bypass_csp=True)
        if not is_ours_there:
            page.route("**/static/fonts/**", lambda route: route.abort())
        page.goto(f"{gallery}/gallery")
        page.add_style_tag(content="html { font-size: 200% }")
        page.evaluate(ADD_LINE)
        overflows[is_ours_there] = overflow(page)
        page.context.close()
    assert overflows[True] == 0
    assert overflows[False] > 0


def test_the_focus_of_a_refused_form_is_asked_for_once(kit_browser: Browser, gallery: str) -> None:
    page = open_page(kit_browser)
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(f"{gallery}/gallery")
    for _ in range(RELOADS):  # from the browser's memory, often faster than its first frame
        page.reload()
        page.wait_for_function("document.activeElement.matches('[data-error-summary]')")
    assert messages == []
    page.context.close()


def test_the_first_stop_of_the_keyboard_leads_to_the_content(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/calendar")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_menu_unfolds_and_folds_without_scripts(plain_page: Page, gallery: str) -> None:
    """Of whoever has no bar at the bottom of the phone."""
    plain_page.goto(f"{gallery}/agent")
    entry = plain_page.get_by_role("link", name="Familles")
    assert not entry.is_visible()
    plain_page.get_by_role("button", name="Menu").click()
    assert entry.is_visible()
    assert plain_page.get_by_role("link", name="Tableau de bord").get_attribute("aria-current") == "page"
    plain_page.get_by_role("button", name="Fermer").click()
    assert not entry.is_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_group_of_the_menu_unfolds_with_the_keyboard_and_without_scripts(
    plain_page: Page, gallery: str, width: int
) -> None:
    plain_page.set_viewport_size({"width": width, "height": 800})
    plain_page.goto(f"{gallery}/agent")
    if width == 360:
        plain_page.get_by_role("button", name="Menu").click()
    entry = plain_page.get_by_role("link", name="Facturation")
    assert not entry.is_visible()
    plain_page.locator("summary", has_text="Finances").press("Enter")
    assert entry.is_visible()
    plain_page.keyboard.press("Tab")
    assert plain_page.evaluate("document.activeElement.textContent") == "Facturation"
    plain_page.locator("summary", has_text="Finances").press("Space")
    assert not entry.is_visible()


@pytest.mark.parametrize(("name", "entry"), [("gallery", "Infos pratiques"), ("agent", "Familles")])
def test_the_menu_is_unfolded_on_a_wide_screen(kit_browser: Browser, gallery: str, name: str, entry: str) -> None:
    page = open_page(kit_browser, 1280)
    page.goto(f"{gallery}/{name}")
    assert page.get_by_role("link", name=entry).is_visible()
    for folding in ("Menu", "Fermer"):
        assert not page.get_by_role("button", name=folding, exact=True).is_visible()
    assert not page.locator(".bottom-bar").is_visible()
    page.context.close()


def test_the_bar_of_a_phone_stays_in_sight_without_scripts(plain_page: Page, gallery: str) -> None:
    plain_page.goto(f"{gallery}/gallery")
    bar = plain_page.get_by_role("navigation", name="Accès rapide")
    assert 2 <= bar.get_by_role("link").count() <= 5
    assert bar.get_by_role("link", name="Accueil").get_attribute("aria-current") == "page"
    for place in (0, 2000):
        plain_page.evaluate("place => scrollTo(0, place)", place)
        box = bar.bounding_box()
        assert box is not None
        assert round(box["y"] + box["height"]) == HEIGHT
    assert not plain_page.locator(".menu").is_visible()
    plain_page.set_viewport_size({"width": PHONE, "height": 420})
    assert not plain_page.evaluate(IN_SIGHT, ".bottom-bar")
    plain_page.set_viewport_size({"width": 768, "height": HEIGHT})
    assert bar.is_visible()


def test_the_first_choice_puts_the_total_in_the_place_of_the_bar(plain_page: Page, gallery: str) -> None:
    plain_page.goto(f"{gallery}/calendar")
    assert (plain_page.evaluate(IN_SIGHT, ".basket-bar"), plain_page.evaluate(IN_SIGHT, ".bottom-bar")) == (False, True)
    day = plain_page.get_by_role("checkbox", name=re.compile("^Lina, Restauration scolaire, jeudi 10"))
    day.check()
    plain_page.evaluate("scrollTo(0, 0)")
    assert (plain_page.evaluate(IN_SIGHT, ".basket-bar"), plain_page.evaluate(IN_SIGHT, ".bottom-bar")) == (True, False)
    day.uncheck()
    assert (plain_page.evaluate(IN_SIGHT, ".basket-bar"), plain_page.evaluate(IN_SIGHT, ".bottom-bar")) == (False, True)


@pytest.mark.parametrize(("name", "own"), [("gallery", "Mon espace"), ("agent", "Mes identifiants")])
def test_whose_session_it_is_unfolds_without_scripts(plain_page: Page, gallery: str, name: str, own: str) -> None:
    plain_page.goto(f"{gallery}/{name}")
    zone = plain_page.get_by_role("region", name="Votre session")
    sign_out = zone.get_by_role("button", name="Se déconnecter")
    assert not sign_out.is_visible()
    zone.get_by_role("button", name="Monsieur Jean Testeur" if name == "gallery" else "Claire Durand").click()
    assert sign_out.is_visible()
    assert zone.get_by_role("link", name=own).is_visible()
    plain_page.keyboard.press("Escape")
    assert not sign_out.is_visible()


def test_the_header_is_one_green_block(kit_browser: Browser, gallery: str) -> None:
    """56 px on a phone; 64 and 44 on a wide screen; at the side for agents."""
    boxes = {}
    for name, width in (("gallery", PHONE), ("gallery", 1280), ("agent", 1280)):
        page = open_page(kit_browser, width)
        page.goto(f"{gallery}/{name}")
        box = page.locator(".site-header").bounding_box()
        assert box is not None
        boxes[name, width] = box
        home = page.locator("a.home").bounding_box()
        assert home is not None
        assert (home["x"] < 40, home["y"] < 20) == (True, True)
        page.context.close()
    assert boxes["gallery", PHONE]["height"] <= 66  # a town with a long name takes two lines
    assert boxes["gallery", 1280]["height"] == 108
    assert (boxes["agent", 1280]["width"], boxes["agent", 1280]["height"]) == (196, HEIGHT)


def test_paper_shows_the_content_alone(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/gallery")
    page.emulate_media(media="print")
    assert page.get_by_role("heading", name="Facture 2026-000123").is_visible()
    for name in (".home", ".session", ".bottom-bar", ".site-footer", ".button.primary"):
        assert not page.locator(name).first.is_visible()


def test_budgets(gallery: str, page: Page) -> None:
    scripts = sum(len(gzip.compress(path.read_bytes())) for path in (STATIC / "js").glob("*.js"))
    style = len(gzip.compress((STATIC / "css" / "portal.css").read_bytes()))
    answer = page.goto(f"{gallery}/month")
    assert answer is not None
    assert scripts <= 25_000
    assert style <= 20_000
    assert len(answer.body()) <= 40_000
