"""The insurance of a child on the pages of its family and of agents, from the question to the sheet of the day."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.test_child_pages import Home, home
from tests.component.gateway.town import Town
from tests.support.roles import Role

__all__ = ("home",)
pytestmark = pytest.mark.anyio


async def page_of(home: Home) -> tuple[str, dict[str, str]]:
    """The address of the form, and a contract that holds for a month."""
    today = await home.town.booking.today()
    year = today.year if today.month >= 9 else today.year - 1
    ends_on = str(today + timedelta(days=30))
    return f"{home.path}/assurance/{year}", {
        "company": "Mutuelle Azur",
        "contract_number": "SOC 4412",
        "ends_on": ends_on,
    }


async def test_a_family_is_asked_says_it_and_the_site_reads_it(home: Home, town: Town) -> None:
    form, contract = await page_of(home)
    page = await home.parent.get(home.path)
    assert "Assurance à indiquer" in words(page)
    child, site = home.household.children[0], await town.agent(Role.SITE)
    await home.settle()
    sheet = words(await site.get(f"/agents/pointage/{home.slot_id}"))
    assert f"Aucun contrat noté pour {child.first_name} {child.last_name.upper()}" in sheet, sheet
    assert f'href="{form}"' in page.text
    page = await home.parent.get(form)
    assert "Attestation d’assurance scolaire" in words(page), "which document proves it"
    typed = contract | {"revision": hidden(page, "revision")}
    refused = await home.parent.submit(form, typed | {"ends_on": "2020-01-01", "company": "Azur\u202e"})
    assert (is_refused(refused), field_errors(refused)) == (True, {"company"})
    assert "Assureur : Ce champ contient un caractère invisible" in words(refused).replace("\u00a0", " ")
    refused = await home.parent.submit(form, typed | {"ends_on": "2020-01-01"})
    assert (is_refused(refused), field_errors(refused)) == (True, {"ends_on"})
    assert 'value="SOC 4412"' in refused.text, "what was typed is kept"
    page = await home.parent.landing(await home.parent.done(form, typed))
    for expected in ("Assurance valable", "Mutuelle Azur", "SOC 4412"):
        assert expected in words(page)
    stale = await home.parent.submit(form, typed | {"company": "Autre"})
    assert "Le dossier a changé depuis" in words(stale)
    assert "Mutuelle Azur" in words(stale), "what is known by now"
    assert "Assurance indiquée" in words(await home.parent.get(f"{home.path}/consultations"))
    await home.settle()
    sheet = words(await site.get(f"/agents/pointage/{home.slot_id}"))
    assert "Mutuelle Azur, contrat SOC 4412" in sheet
    assert "Aucun contrat noté" not in sheet


async def whole_list(desk: Browser) -> str:
    """The pages of the list of children without an insurance, of a town that other tests fill too."""
    pages = [await desk.get("/agents/dossiers-a-completer/enfants-sans-assurance")]
    while following := re.search(r'href="([^"]+)" rel="next"', pages[-1].text):
        pages.append(await desk.get(unescape(following[1])))
    return "".join(page.text for page in pages)


async def test_agents_see_what_is_missing_on_the_screen_of_the_family_and_in_their_list(home: Home, town: Town) -> None:
    form, contract = await page_of(home)
    desk, file = await town.agent(Role.FRONT_DESK), f"/agents/familles/{home.household.household_id}"
    child = home.household.children[0]
    page = await desk.get(file)
    assert f"Assurance à indiquer : {child.first_name}" in words(page).replace("\u00a0", " ")
    await home.settle()
    own = f"/agents/enfants/{child.child_id}/assurance/{form.rpartition('/')[2]}"
    assert f'href="{own}"' in await whole_list(desk)
    page = await desk.get(own)
    await desk.done(own, contract | {"revision": hidden(page, "revision")})
    assert f"indiquer : {child.first_name}" not in words(await desk.get(file)).replace("\u00a0", " ")
    assert f'href="{own}"' not in await whole_list(desk)
    assert "Assurance valable" in words(await desk.get(f"{file}/personnes"))
    assert "Mutuelle Azur" in words(await home.parent.get(home.path))
