"""The rows of the guides that only a browser proves, each in its guide's own town."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import WIDTHS, axe_violations, open_page, overflow
from tests.e2e.topics import in_thread
from tests.e2e.towns.town import KEYS, PASSWORD, TERMS, GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns

COLOR = "cell => getComputedStyle(cell.querySelector('.face')).borderTopColor.match(/\\d+/g).map(Number)"


GREY, GREEN = "rgb(230, 230, 225)", "rgb(29, 107, 67)"


def signed_in(town: GuideTown, browser: Browser, login: str, password: str) -> Page:
    """A window of somebody who signed in."""
    page = open_page(browser)
    page.goto(f"{town.stack.portal_url}/connexion")
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    press(page, "Connexion")
    return page


def parent_of(town: GuideTown, browser: Browser) -> Page:
    (persona,) = [persona for persona in town.personas if persona["login"] == town.family.login]
    return signed_in(town, browser, persona["login"], persona["password"])


@in_towns("tirelire")
def test_days_open_to_booking_are_orange(town: GuideTown, browser: Browser) -> None:
    """S4-23: by the colour that is painted, not by a name."""
    page = parent_of(town, browser)
    page.goto(f"{town.stack.portal_url}/calendrier")
    for _ in range(4):
        if page.locator(".cell[data-state=bookable]").count():
            break
        press(page, "Semaine suivante")
    cell = page.locator(".cell[data-state=bookable]").first
    red, green, blue = cell.evaluate(COLOR)
    assert red >= 2 * green > 4 * blue, (red, green, blue)
    page.context.close()


def before_the_terms(town: GuideTown, browser: Browser) -> Page:
    """A window of a newcomer in front of the terms."""
    newcomer = in_thread(town.newcomer())
    page = open_page(browser)
    page.goto(newcomer.credentials.link)
    press(page, "Activer mon espace")
    page.goto(f"{town.stack.portal_url}/connexion")
    page.fill("[name=login]", newcomer.credentials.username)
    page.fill("[name=password]", newcomer.credentials.password)
    press(page, "Connexion")
    for name, value in town.own_credentials(newcomer).items():
        page.fill(f"[name={name}]", value)
    press(page, "Valider")
    if town.has_keys:
        press(page, "Valider")
    return page


@in_towns("belfort")
def test_terms_are_accepted_only_after_their_end_was_seen(town: GuideTown, browser: Browser) -> None:
    """S0-19"""
    page = before_the_terms(town, browser)
    expect(page.locator("[name=is_accepted]")).to_be_disabled()
    page.click("[data-to-end]")
    page.check("[name=is_accepted]")
    press(page, "Suivant")
    expect(page.locator("h1")).to_have_text(re.compile("^Bonjour"))
    page.context.close()


@in_towns("premium", "velizy")
def test_the_button_turns_green_once_the_end_was_reached(town: GuideTown, browser: Browser) -> None:
    """S1-20, S3-29: by a jump past the end, by the wheel and by the keyboard alike."""
    page = before_the_terms(town, browser)
    button = page.locator("button[name=is_accepted]")
    ways = {
        "jump": lambda: page.evaluate("scrollTo(0, document.body.scrollHeight)"),
        "wheel": lambda: page.mouse.wheel(0, 100_000),
        "keyboard": lambda: page.keyboard.press("End"),
    }
    for way, go in ways.items():
        page.goto(f"{town.stack.portal_url}{TERMS}")
        expect(button, way).to_be_disabled()
        expect(button, way).to_have_css("background-color", GREY)
        go()
        expect(button, way).to_be_enabled()
        expect(button, way).to_have_css("background-color", GREEN)
    button.click()
    expect(page.locator("h1")).to_have_text(re.compile("^Bonjour"))
    page.context.close()


@in_towns("tirelire")
def test_every_width_shows_the_whole_page(town: GuideTown, browser: Browser) -> None:
    """S4-13"""
    page = parent_of(town, browser)
    for path in ("/mon-accueil", "/calendrier", "/factures"):
        page.goto(town.stack.portal_url + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert overflow(page) == 0, f"{path} scrolls sideways at {width} px"
    page.context.close()


@in_towns("velizy")
def test_the_keys_of_services_and_the_sheet_of_one_fit_their_screen_and_their_paper(
    town: GuideTown, browser: Browser
) -> None:
    """S3-12, S3-14: at every width, for axe, refused and not; what is printed of the sheet is the key without the page's buttons."""
    newcomer, _ = in_thread(town.with_credentials())
    page = signed_in(town, browser, town.own_credentials(newcomer)["username"], PASSWORD)
    for typed in ("", "bonjour"):
        page.goto(f"{town.stack.portal_url}{KEYS}")
        if typed:
            page.fill("[name='keys.1.key']", typed)
            press(page, "Valider")
            expect(page.locator("[data-error-summary]")).to_be_visible()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert overflow(page) == 0, f"the keys scroll sideways at {width} px"
        assert axe_violations(page) == []
    page.context.close()

    (worker,) = [body["username"] for body in town.plan.agents if "social" in body["roles"]]
    (persona,) = [persona for persona in town.personas if persona["login"] == worker]
    desk = signed_in(town, browser, worker, persona["password"])
    desk.goto(f"{town.stack.portal_url}/agents/familles?recherche={newcomer.name}")
    desk.locator("table a").click()
    desk.click("text=Autres actions")
    desk.click("text=Clés des services")
    for width in WIDTHS:
        desk.set_viewport_size({"width": width, "height": 800})
        assert overflow(desk) == 0, f"the agents' keys scroll sideways at {width} px"
    assert axe_violations(desk) == []
    press(desk, "Délivrer une clé")
    expect(desk.locator("h1")).to_have_text("Clé à remettre")
    assert axe_violations(desk) == []
    desk.emulate_media(media="print")
    expect(desk.locator("nav.breadcrumb")).to_be_hidden()
    expect(desk.locator("text=Cette clé n’est montrée qu’ici")).to_be_hidden()
    expect(desk.locator("text=Votre clé")).to_be_visible()
    desk.context.close()
