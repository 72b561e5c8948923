"""The accounts of agents in a browser: from the menu to a new agent whose role another person confirms; every page at every width, for axe."""

from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import WIDTHS, axe_violations, overflow
from tests.e2e.topics import in_thread
from tests.e2e.towns.test_in_a_browser import signed_in
from tests.e2e.towns.test_step_up import confirm_by_mail
from tests.e2e.towns.town import PASSWORD, GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns

LIST = "/agents/comptes"


def second_director(town: GuideTown) -> str:
    """The user name of another agent who manages accounts, whom the town's tools made."""
    username = f"second-{uuid4().hex[:8]}"
    body: dict[str, Any] = {
        "username": username,
        "email": f"{username}@velizy.example",
        "first_name": "Inès",
        "last_name": "Delmas",
        "service": "Direction générale",
        "roles": ["director"],
        "has_every_site": True,
        "password": PASSWORD,
    }
    in_thread(town.call("identity", "POST", "/agents", body))
    return username


def fits(page: Page) -> None:
    """The page stands at every width, and passes axe."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) == 0, f"{page.url} scrolls sideways at {width} px"
    assert axe_violations(page) == [], page.url


@in_towns("velizy")
def test_a_new_agent_is_given_a_role_by_two_persons(town: GuideTown, browser: Browser) -> None:
    (first, address) = next(
        (body["username"], body["email"]) for body in town.plan.agents if "director" in body["roles"]
    )
    (persona,) = [persona for persona in town.personas if persona["login"] == first]
    second = second_director(town)
    name = uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
    desk = signed_in(town, browser, first, persona["password"])
    expect(desk.locator(f"nav a[href='{LIST}']")).to_have_count(1)
    desk.goto(f"{town.stack.portal_url}{LIST}")
    expect(desk.locator("h1")).to_have_text("Comptes des agents")
    fits(desk)
    desk.click("main a:has-text('Nouvel agent')")
    desk.fill("[name=first_name]", "Maël")
    desk.fill("[name=last_name]", name)
    press(desk, "Créer le compte et inviter l’agent")
    expect(desk.locator("[data-error-summary]")).to_be_visible()
    expect(desk.locator("[name=last_name]")).to_have_value(name)
    fits(desk)
    desk.locator("fieldset summary").first.click()
    expect(desk.locator("fieldset details li").first).to_be_visible()
    fits(desk)
    desk.fill("[name=service]", "Direction de l’enfance")
    desk.fill("[name=email]", f"{name}@velizy.example")
    for role in ("front_desk", "director"):
        desk.check(f"[name=roles][value={role}]")
    desk.check("[name=has_every_site]")
    press(desk, "Créer le compte et inviter l’agent")
    confirm_by_mail(town, desk, address)
    expect(desk.locator("[name=last_name]")).to_have_value(name)
    press(desk, "Créer le compte et inviter l’agent")
    expect(desk.locator("h1")).to_have_text(f"Maël {name.upper()}")
    expect(desk.locator("main")).to_contain_text("Vous l’avez demandé : une deuxième personne en décide.")
    fits(desk)
    desk.click("main a:has-text('Modifier l’agent')")
    fits(desk)
    desk.go_back()

    other = signed_in(town, browser, second, PASSWORD)
    other.goto(f"{town.stack.portal_url}{LIST}/demandes")
    expect(other.locator("main")).to_contain_text(f"Maël {name}")
    fits(other)
    confirmation = other.locator(f"section:has-text('{name}')").get_by_role("button", name="Confirmer le changement")
    confirmation.click()
    confirm_by_mail(town, other, f"{second}@velizy.example")
    confirmation.click()
    expect(other.locator("main")).to_contain_text("Le changement est confirmé.")
    expect(other.locator("main")).to_contain_text("Changement confirmé par une deuxième personne")
    fits(other)
    other.click("main a:has-text('Fermer ce compte')")
    fits(other)
    press(other, "Fermer le compte")
    expect(other.locator("main")).to_contain_text("Ce compte est fermé")
    desk.context.close()
    other.context.close()
