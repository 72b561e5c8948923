"""A family asks for its address to be protected on a page that says the same before as after, and an agent decides."""

import pytest

from tests.component.gateway.browser import is_refused, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.test_protection_pages import page_at
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PAGE = "/ma-famille/discretion"
MESSAGE = "Quetzalcanari me cherche. Le mardi au travail."


async def test_it_is_asked_for_and_no_page_of_the_family_shows_it(town: Town) -> None:
    parent, household = await town.parent()
    page = await parent.get("/mes-coordonnees")
    assert f'href="{PAGE}"' in page.text
    before = await parent.get(PAGE)
    own = {"household_id": str(household.household_id)}
    refused = await parent.submit(PAGE, {**own, "message": ""})
    assert is_refused(refused)
    assert field_errors(refused) == {"message"}
    page = await parent.landing(await parent.done(PAGE, {**own, "message": MESSAGE}))
    assert "C’est envoyé." in words(page)
    assert "protection" not in words(page).lower()
    assert words(await parent.get(PAGE)) == words(before)
    for path in ("/ma-famille", "/mes-coordonnees", "/historique", "/espace"):
        assert "Quetzalcanari" not in (await parent.get(path)).text
    assert "demandée" not in words(await parent.get("/historique"))

    director = await town.agent(Role.DIRECTOR)
    listed = await director.get("/agents/adresses-protegees")
    assert household.reference in words(listed)
    path = listed.text.partition('href="/agents/adresses-protegees/demandes/')[2].partition('"')[0]
    path = f"/agents/adresses-protegees/demandes/{path}"
    page = await director.get(path)
    assert MESSAGE in words(page)
    assert f'href="{page_at(household)}"' in page.text
    assert MESSAGE in words(await director.get(page_at(household)))
    for elsewhere in (
        f"/agents/familles/{household.household_id}",
        f"/agents/familles/{household.household_id}/historique",
    ):
        assert "Quetzalcanari" not in (await director.get(elsewhere)).text
    await director.done(page_at(household), {"reason": "TJ de Caen 26/42", "starts_on": "2026-01-05"})
    late = await director.landing(await director.get(path))
    assert "Cette demande n’attend plus" in words(late)


async def test_a_request_of_which_nothing_comes_is_closed(town: Town) -> None:
    parent, household = await town.parent()
    await parent.get(PAGE)
    await parent.done(PAGE, {"household_id": str(household.household_id), "message": MESSAGE})
    director = await town.agent(Role.DIRECTOR)
    listed = await director.get("/agents/adresses-protegees")
    links = listed.text.split('href="/agents/adresses-protegees/demandes/')[1:]
    path = "/agents/adresses-protegees/demandes/" + links[-1].partition('"')[0]
    await director.get(path)
    assert field_errors(await director.submit(path, {"reason": ""})) == {"reason"}
    page = await director.landing(await director.done(path, {"reason": "Faite par erreur"}))
    assert "La demande est classée." in words(page)
    desk = await town.agent(Role.FRONT_DESK)
    assert (await desk.get(path)).status_code == 403
