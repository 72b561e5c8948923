"""Families have a child added and correct what the town knows of their children, and an agent decides: in a browser, with scripts and without."""

from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import axe_violations, open_page, overflow
from tests.e2e.towns.test_child_files import sign_in
from tests.e2e.towns.town import GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns
from tools.mailbox import text_so_far

AGENT = "n.rocher"
SUBJECT = "Votre demande de correction"
PORTALS = [(is_scripted, width) for is_scripted in (True, False) for width in (360, 1280)]


def look(page: Page, *, is_scripted: bool) -> None:
    """Nothing pushes the page, and axe, a script itself, finds nothing."""
    page.wait_for_load_state()
    assert overflow(page) == 0, page.url
    assert not is_scripted or axe_violations(page) == [], page.url


def decide(town: GuideTown, page: Page, name: str, reason: str = "", *, is_scripted: bool) -> None:
    """An agent opens what somebody's family asked for, and accepts it, or refuses it with a reason."""
    page.goto(f"{town.stack.portal_url}/agents/corrections")
    look(page, is_scripted=is_scripted)
    page.get_by_role("link", name=name).click()
    look(page, is_scripted=is_scripted)
    if reason:
        press(page, "Refuser")
        expect(page.locator("main")).to_contain_text("Motif du refus")
        look(page, is_scripted=is_scripted)
        page.fill("[name=reason]", reason)
        press(page, "Refuser")
        expect(page.locator("main")).to_contain_text("La demande est refusée")
    else:
        press(page, "Accepter")
        expect(page.locator("main")).to_contain_text("La correction est faite")


@in_towns("structure")
@pytest.mark.parametrize(("is_scripted", "width"), PORTALS)
def test_a_family_adds_a_child_and_modifies_its_information(
    town: GuideTown, browser: Browser, is_scripted: bool, width: int
) -> None:
    """S2-10, S2-11: both from the rubric "Ma famille"."""
    child = "Nora" + "".join(char for char in uuid4().hex if char.isalpha())
    page, desk = (open_page(browser, width, java_script_enabled=is_scripted) for _ in range(2))
    sign_in(town, desk, AGENT)
    sign_in(town, page, str(town.family.login))
    page.locator("main").get_by_role("link", name="Ma famille").first.click()
    expect(page.locator("h1")).to_have_text("Ma famille")
    look(page, is_scripted=is_scripted)

    page.get_by_role("link", name="Ajouter un enfant").click()
    look(page, is_scripted=is_scripted)
    page.fill("[name=first_name]", child)
    press(page, "Envoyer")
    expect(page.locator("[name=first_name]")).to_have_value(child)
    look(page, is_scripted=is_scripted)
    page.fill("[name=last_name]", "Fabre")
    page.fill("[name=birth_on]", "2022-02-03")
    press(page, "Envoyer")
    expect(page.locator("main")).to_contain_text("Votre demande est envoyée")
    expect(page.locator("#demandes").locator("..")).to_contain_text(f"{child} Fabre")
    look(page, is_scripted=is_scripted)
    decide(town, desk, child, is_scripted=is_scripted)
    page.reload()
    expect(page.locator("#enfants").locator("..")).to_contain_text(f"{child} FABRE")

    page.get_by_role("link", name=f"Modifier les informations de {child}").click()
    look(page, is_scripted=is_scripted)
    page.fill("[name=birth_on]", "2022-03-02")
    press(page, "Envoyer")
    expect(page.locator("main")).to_contain_text("Votre demande est envoyée")
    email, mails = town.family.guardian["email"], town.stack.url("mail")
    before = text_so_far(mails, email, SUBJECT)
    reason = f"Apportez le livret de famille de {child}."
    decide(town, desk, child, reason, is_scripted=is_scripted)
    assert reason in town.mail(email, SUBJECT, before)["text"]
    page.reload()
    expect(page.locator("#demandes").locator("..")).to_contain_text(reason)
    look(page, is_scripted=is_scripted)
    page.get_by_role("link", name="Corriger et demander de nouveau").first.click()
    expect(page.locator("main")).to_contain_text(reason)
    expect(page.locator("[name=birth_on]")).to_have_value("2022-03-02")
    look(page, is_scripted=is_scripted)
    press(page, "Envoyer")
    decide(town, desk, child, is_scripted=is_scripted)
    page.reload()
    expect(page.locator("#enfants").locator("..")).to_contain_text("2 mars 2022")
    for window in (page, desk):
        window.context.close()
