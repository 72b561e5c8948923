"""Somebody confirms by mail who they are, in a browser under the settings of a guide's own town, and goes on where they were."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import axe_violations, open_page, overflow
from tests.e2e.towns.town import MAIL_SECONDS, GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns
from tools.mailbox import code_of, wait_for_mail

SUBJECT = "Votre code de confirmation"


def confirm_by_mail(town: GuideTown, page: Page, email: str, besides: str = "") -> str:
    """Press for a code on the page that asks for one, and type what the mail says, as it says it; the text of the mail."""
    press(page, "Recevoir un code par e-mail")
    mail: dict[str, Any] = wait_for_mail(town.stack.url("mail"), email, MAIL_SECONDS, SUBJECT, besides)
    page.fill("[name=code]", code_of(mail["text"]))
    press(page, "Confirmer")
    return str(mail["text"])


@in_towns("structure")
def test_details_are_corrected_after_a_code_by_mail(town: GuideTown, browser: Browser) -> None:
    """S: with scripts on a phone, and without any on a large screen; what was typed comes back, and is saved by the next press."""
    (persona,) = [persona for persona in town.personas if persona["login"] == town.family.login]
    mail = ""
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
        mail = confirm_by_mail(town, page, persona["login"], mail)
        expect(page.locator("main")).to_contain_text("rien n’a encore été enregistré")
        expect(page.locator("[name=phone]")).to_have_value(number)
        press(page, "Enregistrer")
        expect(page.locator("main")).to_contain_text("Les coordonnées sont enregistrées")
        expect(page.locator("[name=phone]")).to_have_value(number)
        page.context.close()
