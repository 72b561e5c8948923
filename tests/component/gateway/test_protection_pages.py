"""Protecting an address at the desk, and what the family and other agents see in its place."""

import httpx2
import pytest

from contracts.family.models import Household
from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.test_contact_pages import PAGE, corrected, page_of
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

STREET = "12 rue des Tilleuls"
BADGE = "Adresse protégée"


def page_at(household: Household) -> str:
    return f"/agents/familles/{household.household_id}/protection"


def table_of(page: httpx2.Response) -> str:
    """What stands in the table of a page."""
    return page.text.partition("<table")[2].partition("</table>")[0]


async def protected(town: Town, household: Household) -> tuple[Browser, httpx2.Response]:
    """An agent who protected the address, and the page that followed."""
    agent = await town.agent(Role.DIRECTOR)
    page = await agent.get(f"/agents/familles/{household.household_id}")
    assert f'href="{page_at(household)}"' in page.text
    await agent.get(page_at(household))
    page = await agent.submit(page_at(household), {"reason": "TJ de Caen 26/42", "starts_on": "2026-01-05"})
    await town.settle()
    return agent, page


async def test_an_agent_protects_sees_and_ends(town: Town) -> None:
    _, household = await town.parent()
    agent, page = await protected(town, household)
    text = words(page)
    assert "seul qui en a le droit peut encore l’afficher" in text
    assert "TJ de Caen 26/42" in text
    assert (
        f"Peuvent l’afficher, en plus des agents habilités : Dominique {household.adults[0].last_name.upper()}" in text
    )
    assert "Les courriers passent par la mairie." in text
    assert household.reference in words(await agent.get("/agents/adresses-protegees"))
    page = await agent.get(f"/agents/familles/{household.household_id}")
    assert (BADGE in words(page), STREET in page.text) == (True, False)
    listed = await agent.get(f"/agents/familles?recherche={household.adults[0].last_name}")
    assert (BADGE in words(listed), "Valmont-sur-Orne" in table_of(listed)) == (True, False)
    await agent.get(page_at(household))
    shown = await agent.submit(f"{page_at(household)}/adresse")
    assert STREET in words(shown)
    again = await agent.landing(await agent.get(str(shown.url)))
    assert (STREET in again.text, "n’est affichée qu’une fois" in words(again)) == (False, True)
    assert "Adresse protégée affichée" in words(await agent.get(f"/agents/familles/{household.household_id}"))
    await agent.get(f"{page_at(household)}/fin")
    refused = await agent.submit(f"{page_at(household)}/fin", {"reason": ""})
    assert is_refused(refused)
    ended = await agent.submit(f"{page_at(household)}/fin", {"reason": "Levée à sa demande"})
    assert "L’adresse de ce foyer n’est plus protégée." in words(ended)
    assert STREET in (await agent.get(f"/agents/familles/{household.household_id}")).text


async def test_what_is_refused_is_said_at_its_field_and_kept(town: Town) -> None:
    _, household = await town.parent()
    agent = await town.agent(Role.DIRECTOR)
    await agent.get(page_at(household))
    page = await agent.submit(page_at(household), {"reason": "TJ de Caen 26/42", "starts_on": "2090-01-05"})
    assert is_refused(page)
    assert "La protection commence tout de suite" in words(page)
    assert "TJ de Caen 26/42" in page.text
    late = await agent.submit(f"{page_at(household)}/adresse")
    assert "L’adresse de ce foyer n’est pas protégée" in words(late)


async def test_other_agents_see_that_it_is_protected_and_no_way_to_it(town: Town) -> None:
    _, household = await town.parent()
    await protected(town, household)
    desk = await town.agent(Role.FRONT_DESK)
    page = await desk.get(f"/agents/familles/{household.household_id}")
    assert (BADGE in words(page), page_at(household) in page.text, STREET in page.text) == (True, False, False)
    page = await desk.get(page_at(household))
    assert (page.status_code, BADGE in words(page), "Afficher l’adresse" in words(page)) == (200, True, False)
    assert "TJ de Caen" not in page.text
    assert (await desk.get("/agents/adresses-protegees")).status_code == 403


async def test_a_parent_sees_it_by_a_press(town: Town) -> None:
    """Nothing is on the screen until then; it is shown once, and the household reads in its history that it was."""
    parent, household = await town.parent()
    await protected(town, household)
    for path in ("/mon-accueil", "/ma-famille", PAGE):
        page = await parent.get(path)
        text = page.text.replace(f"Par exemple {STREET}.", "")
        assert (page.status_code, STREET in text) == (200, False), path
        assert "rotégée" in words(page), path
    await parent.get("/ma-famille")
    shown = await parent.submit("/ma-famille/adresse")
    assert STREET in words(shown)
    again = await parent.landing(await parent.get(str(shown.url)))
    assert (STREET in again.text, again.url.path) == (False, "/ma-famille")
    assert "Adresse protégée affichée" in words(await parent.get("/historique"))


async def test_contacts_are_corrected_around_it(town: Town) -> None:
    """What is left blank stays; what is typed takes its place whole, and half an address is refused at its fields."""
    parent, household = await town.parent()
    agent, _ = await protected(town, household)
    desk = await town.agent(Role.FRONT_DESK)
    for browser, path in ((parent, PAGE), (desk, page_of(household))):
        saved = await corrected(browser, path, phone="02 31 44 55 66")
        assert "Les coordonnées sont enregistrées" in words(saved)
    half = await corrected(parent, address__street="3 quai des Brumes")
    assert is_refused(half)
    typed = {"address__street": "3 quai des Brumes", "address__postal_code": "14123", "address__city": "Ifs"}
    assert "Les coordonnées sont enregistrées" in words(await corrected(parent, **typed))
    page = await agent.get(page_at(household))
    assert hidden(page, "csrf_token")
    assert "3 quai des Brumes" in words(await agent.submit(f"{page_at(household)}/adresse"))
