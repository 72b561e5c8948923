"""The rows of the guides that only a browser proves, each in its guide's own town."""

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import WIDTHS, open_page, overflow
from tests.e2e.topics import in_thread
from tests.e2e.towns.town import TERMS, GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns

COLOR = "cell => getComputedStyle(cell.querySelector('.face')).color.match(/\\d+/g).map(Number)"


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
    assert red > 2 * green > 4 * blue, (red, green, blue)
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
    return page


@in_towns("belfort")
def test_terms_are_accepted_only_after_their_end_was_seen(town: GuideTown, browser: Browser) -> None:
    """S0-19"""
    page = before_the_terms(town, browser)
    expect(page.locator("[name=is_accepted]")).to_be_disabled()
    page.click("[data-to-end]")
    page.check("[name=is_accepted]")
    press(page, "Suivant")
    expect(page.locator("h1")).to_have_text("Mon accueil")
    page.context.close()


@in_towns("premium", "velizy")
def test_the_button_turns_green_once_the_end_was_reached(town: GuideTown, browser: Browser) -> None:
    """S1-20, S3-29, U06: by a jump past the end, by the wheel and by the keyboard alike."""
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
    expect(page.locator("h1")).to_have_text("Mon accueil")
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
