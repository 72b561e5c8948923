"""Somebody confirms by mail who they are, in a browser under the settings of a guide's own town, and goes on where they were."""

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import axe_violations, open_page, overflow
from tests.e2e.towns.town import STEP_UP_SUBJECT, GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns
from tools.mailbox import code_of


def confirm_by_mail(town: GuideTown, page: Page, email: str) -> None:
    """Press for a code on the page that asks for one, and type what the mail says, as it says it."""
    before = town.text_so_far(email, STEP_UP_SUBJECT)
    press(page, "Recevoir un code par e-mail")
    page.fill("[name=code]", code_of(town.mail(email, STEP_UP_SUBJECT, before)["text"]))
    press(page, "Confirmer")


@in_towns("structure")
def test_details_are_corrected_after_a_code_by_mail(town: GuideTown, browser: Browser) -> None:
    """S: with scripts on a phone, and without any on a large screen; what was typed comes back, and is saved by the next press."""
    (persona,) = [persona for persona in town.personas if persona["login"] == town.family.login]
    for width, has_scripts, number in ((360, True, "06 12 00 00 01"), (1280, False, "06 12 00 00 02")):
        page = open_page(browser, width, java_script_enabled=has_scripts)
        page.goto(f"{town.stack.portal_url}/connexion")
        page.fill("[name=login]", persona["login"])
        page.fill("[name=password]", persona["password"])
        press(page, "Connexion")
        page.goto(f"{town.stack.portal_url}/mes-coordonnees")
        page.fill("[name=phone]", number)
        press(page, "Enregistrer")
        expect(page.locator("h1")).to_have_text("Confirmer que c’est bien vous")
        assert overflow(page) == 0
        if has_scripts:
            assert axe_violations(page) == []
        confirm_by_mail(town, page, persona["login"])
        expect(page.locator("main")).to_contain_text("rien n’a encore été enregistré")
        expect(page.locator("[name=phone]")).to_have_value(number)
        press(page, "Enregistrer")
        expect(page.locator("main")).to_contain_text("Les coordonnées sont enregistrées")
        expect(page.locator("[name=phone]")).to_have_value(number)
        page.context.close()
