"""A parent says on a telephone what is to be known of a child's health, and an agent on site sees what they need of it that day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import anyio
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import axe_violations, open_page, overflow
from tests.e2e.towns.test_step_up import confirm_by_mail
from tests.e2e.towns.town import GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns

CHILD = "Hugo"


def sign_in(town: GuideTown, page: Page, login: str) -> None:
    """A persona signs in."""
    (persona,) = [persona for persona in town.personas if persona["login"] == login]
    page.goto(f"{town.stack.portal_url}/connexion")
    page.fill("[name=login]", persona["login"])
    page.fill("[name=password]", persona["password"])
    press(page, "Connexion")


def is_sound(page: Page) -> bool:
    """Whether axe finds nothing, and nothing pushes the page."""
    assert (axe_violations(page), overflow(page)) == ([], 0)
    return True


async def sheet_with(town: GuideTown, name: str) -> str:
    """The sheet of today or tomorrow that expects a child."""
    days = f"from_on={town.today}&to_on={town.today + timedelta(days=1)}"
    for slot in (await town.call("booking", "GET", f"/slots?{days}&limit=100"))["items"]:
        sheet = await town.call("booking", "GET", f"/slots/{slot['slot_id']}/attendance")
        if name in [line["child_first_name"] for line in (*sheet["lines"], *sheet["implied"])]:
            return str(slot["slot_id"])
    raise AssertionError(f"{name} is expected nowhere today or tomorrow")


@in_towns("belfort")
def test_health_is_said_on_a_telephone_and_seen_on_the_sheet_of_the_day(town: GuideTown, browser: Browser) -> None:
    """S0-54: asked for a proof first, shown to who needs it today, and each look is shown to the family."""
    page = open_page(browser, 360)
    sign_in(town, page, str(town.family.login))
    page.get_by_role("link", name="Informations santé").first.click()
    assert is_sound(page)
    page.get_by_role("link", name=CHILD).click()
    assert is_sound(page)
    page.get_by_role("link", name="Voir les informations santé").click()
    expect(page.locator("h1")).to_have_text("Confirmer que c’est bien vous")
    confirm_by_mail(town, page, town.family.guardian["email"])
    expect(page.locator("main")).to_contain_text("La fiche santé n’est pas remplie")
    assert is_sound(page)
    page.get_by_role("link", name="Remplir la fiche santé").click()
    page.get_by_label("Arachide").check()
    page.locator("[name=has_pai][value='1']").check()
    assert is_sound(page)
    press(page, "Enregistrer")
    expect(page.locator("main")).to_contain_text("Avec un PAI, dites quoi faire en cas d’urgence")
    expect(page.get_by_label("Arachide")).to_be_checked()
    assert is_sound(page)
    page.fill("[name=conduct]", "Stylo d’adrénaline dans la trousse rouge, puis le 15.")
    page.locator("[name=diet][value=no_meat]").check()
    press(page, "Enregistrer")
    expect(page.locator("main")).to_contain_text("Les informations santé sont enregistrées")
    assert is_sound(page)
    path = page.url.removesuffix("/sante")
    page.goto(path)
    page.get_by_role("link", name="Répondre").first.click()
    page.locator("[name=image][value=given]").check()
    page.locator("[name=leaving_alone][value=refused]").check()
    assert is_sound(page)
    press(page, "Enregistrer mes réponses")
    expect(page.locator("main")).to_contain_text("Accord de l’autre parent attendu")
    page.get_by_role("link", name="Relire et confirmer").click()
    assert is_sound(page)
    press(page, "Rien n’a changé")
    expect(page.locator("main")).to_contain_text("Fiche confirmée par vous")
    assert is_sound(page)

    # The browser with scripts has the loop of this thread.
    with ThreadPoolExecutor(1) as beside:
        slot_id = beside.submit(anyio.run, sheet_with, town, CHILD).result()
    agent = open_page(browser, 360)
    sign_in(town, agent, "g.schmitt")
    agent.goto(f"{town.stack.portal_url}/agents/pointage/{slot_id}")
    expect(agent.locator("main")).to_contain_text("Ce qu’il faut savoir ce jour-là")
    for _ in range(30):
        if "trousse rouge" in agent.locator("main").inner_text():
            break
        agent.wait_for_timeout(500)
        agent.reload()
    expect(agent.locator("#besoins").locator("..")).to_contain_text("trousse rouge")
    assert is_sound(agent)
    page.goto(f"{path}/consultations")
    expect(page.locator("main")).to_contain_text("Besoins du jour vus sur la feuille de présence")
    assert is_sound(page)
    page.context.close()
    agent.context.close()
