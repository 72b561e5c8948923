"""The people of a family and those around its children on a telephone, in the towns of the guides."""

from playwright.sync_api import Browser, expect

from tests.e2e.browser import open_page
from tests.e2e.towns.test_child_files import is_sound, sign_in
from tests.e2e.towns.town import GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns


@in_towns("belfort", "structure")
def test_an_entourage_on_a_telephone(town: GuideTown, browser: Browser) -> None:
    """S2-9, S0-31: all children of the family, then whom to call for them."""
    page = open_page(browser, 360)
    sign_in(town, page, str(town.family.login))
    page.goto(f"{town.stack.portal_url}/ma-famille")
    for child in town.family.children:
        expect(page.locator("main")).to_contain_text(child.first_name)
    assert is_sound(page)
    page.get_by_role("link", name="Voir l’entourage").click()
    expect(page.locator("main")).to_contain_text("ajoutez au moins quelqu’un")
    assert is_sound(page)
    for number, name in enumerate(("Rose", "Zoran")):
        page.get_by_role("link", name="Ajouter une personne").click()
        page.fill("[name=first_name]", name)
        page.fill("[name=last_name]", "Martin")
        page.fill("[name=relation]", "Voisine")
        if not number:
            press(page, "Enregistrer")
            expect(page.locator("main")).to_contain_text("a un numéro de téléphone")
            assert is_sound(page)
        page.fill("[name=phone]", "06 98 71 23 45")
        press(page, "Enregistrer")
        expect(page.locator("main")).to_contain_text(f"{name} MARTIN")
    assert is_sound(page)
    page.get_by_role("button", name="Appeler Zoran plus tôt").first.click()
    expect(page.locator("main")).to_contain_text("1. Zoran")
    page.get_by_role("link", name="Modifier Zoran").first.click()
    assert is_sound(page)
    press(page, "Retirer cette personne")
    expect(page.locator("main")).not_to_contain_text("Zoran")
    page.context.close()
