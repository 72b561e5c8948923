"""Corrections that a family asks for on its page, and an agent's decision on theirs."""

import re

import httpx2
import pytest

from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.test_agent_pages import field_errors
from tests.component.gateway.test_child_pages import Home, home
from tests.component.gateway.town import Town
from tests.support.roles import Role

__all__ = ("home",)
pytestmark = pytest.mark.anyio

LIST = "/agents/corrections"


async def decision_of(desk: Browser, name: str) -> httpx2.Response:
    """The page where an agent decides what somebody's family asked for, opened from the list."""
    page = await desk.get(LIST)
    (path,) = re.findall(rf'<a href="({LIST}/[^"]+)">[^<]*{name}', page.text)
    return await desk.get(path)


async def asked(home: Home, **fields: str) -> str:
    """The address of the form of the child's civil status, once a correction was asked for."""
    path = f"/ma-famille/{home.household.children[0].child_id}/etat-civil"
    form = await home.parent.get(path)
    child = home.household.children[0]
    (version,) = re.findall(r'name="version" value="([^"]+)"', form.text)
    known = {"first_name": child.first_name, "last_name": child.last_name, "birth_on": str(child.birth_on)}
    page = await home.parent.landing(await home.parent.done(path, known | {"version": version} | fields))
    assert "Votre demande est envoyée" in words(page)
    assert 'href="/ma-famille#demandes"' in (await home.parent.get(path)).text, "the way to take it back"
    assert "En attente" in words(page)
    return path


async def test_a_correction_is_asked_for_decided_and_shown(home: Home, town: Town) -> None:
    """Before and after for the agent; a second request meanwhile is refused with what was typed."""
    child = home.household.children[0]
    path = await asked(home, first_name="Quetzal")
    (version,) = re.findall(r'name="version" value="([^"]+)"', (await home.parent.get(path)).text)
    refused = await home.parent.submit(path, {"version": version, "first_name": "Autre"})
    assert is_refused(refused)
    assert 'value="Autre"' in refused.text
    desk = await town.agent(Role.FRONT_DESK)
    page = await decision_of(desk, child.last_name)
    assert page.text.index(f"<span>{child.first_name}</span>") < page.text.index("<span>Quetzal</span>")
    page = await desk.landing(await desk.done(page.url.path, {"decision": "accept", "reason": ""}))
    assert "La correction est faite" in words(page)
    text = words(await home.parent.get("/ma-famille"))
    assert f"Quetzal {child.last_name.upper()}" in text
    assert "Acceptée" in text


async def test_an_agent_corrects_and_adds_at_the_counter(home: Home, town: Town) -> None:
    """From the tab of people: each person's civil status, and a child, of whom an agent says who answers for it; what is refused keeps what was typed."""
    desk, child = await town.agent(Role.FRONT_DESK), home.household.children[0]
    file = f"/agents/familles/{home.household.household_id}"
    people = await desk.get(f"{file}/personnes")
    for person_id in (child.child_id, *(adult.adult_id for adult in home.household.adults)):
        assert f'href="{file}/etat-civil/{person_id}"' in people.text
    path = f"{file}/etat-civil/{child.child_id}"
    version = hidden(await desk.get(path), "version")
    refused = await desk.submit(path, {"version": version, "first_name": "Quetzal", "birth_on": "2040-01-01"})
    assert set(field_errors(refused)) == {"birth_on"}
    assert 'value="Quetzal"' in refused.text
    page = await desk.landing(await desk.done(path, {"version": version, "first_name": "Quetzal"}))
    assert "C’est corrigé" in words(page)
    assert "Quetzal" in words(page)

    path = f"{file}/nouvel-enfant"
    form = await desk.get(path)
    assert form.text.count('name="guardian_ids"') == len(home.household.adults)
    typed = {"household_id": hidden(form, "household_id"), "last_name": "Roy", "birth_on": "2022-03-04"}
    refused = await desk.submit(path, typed)
    assert set(field_errors(refused)) == {"guardian_ids"}
    typed["guardian_ids"] = str(home.household.adults[0].adult_id)
    assert set(field_errors(await desk.submit(path, typed))) == {"first_name"}
    page = await desk.landing(await desk.done(path, typed | {"first_name": "Nora"}))
    assert "L’enfant est ajouté au dossier" in words(page)
    await town.settle()
    assert "Nora ROY" in words(await home.parent.get("/ma-famille"))
    finance = await town.agent(Role.FINANCE)
    assert (await finance.get(path)).status_code == 403
    assert "/nouvel-enfant" not in (await finance.get(f"{file}/personnes")).text


async def test_a_family_says_that_a_child_is_expected(home: Home, town: Town) -> None:
    path = "/ma-famille/nouvel-enfant"
    form, day = await home.parent.get(path), await town.booking.day(60)
    typed = {"household_id": hidden(form, "household_id"), "last_name": "Quetzal", "birth_on": str(day)}
    await home.parent.done(path, typed | {"is_expected": "1"})
    desk = await town.agent(Role.FRONT_DESK)
    page = await decision_of(desk, "Quetzal")
    assert "Naissance attendue le" in words(page)
    await desk.done(page.url.path, {"decision": "accept", "reason": ""})
    await town.settle()
    assert "Naissance prévue le" in words(await home.parent.get("/ma-famille"))


async def test_a_refusal_needs_a_reason_that_the_family_reads(home: Home, town: Town) -> None:
    await asked(home, last_name="Quetzal")
    desk = await town.agent(Role.FRONT_DESK)
    decision = (await decision_of(desk, home.household.children[0].last_name)).url.path
    refused = await desk.submit(decision, {"decision": "refuse", "reason": ""})
    assert field_errors(refused) == {"reason"}
    assert "Indiquez le motif du refus" in words(refused)
    await desk.done(decision, {"decision": "refuse", "reason": "Apportez le livret de famille."})
    text = words(await home.parent.get("/ma-famille"))
    assert "Motif : Apportez le livret de famille." in text.replace("\u00a0", " ")
    assert "Refusée" in text
    assert "QUETZAL" not in text, "the card repeats what was asked; the child is called as before"


async def test_a_refused_request_is_corrected_and_asked_for_again(home: Home, town: Town) -> None:
    """By whoever asked alone: another family has neither the page nor the reason, and a helper has no page of a family."""
    path = await asked(home, first_name="Quetzal")
    desk = await town.agent(Role.FRONT_DESK)
    decision = (await decision_of(desk, home.household.children[0].last_name)).url.path
    await desk.done(decision, {"decision": "refuse", "reason": "Le livret dit Quetzale."})
    (again,) = re.findall(rf'href="({path}\?demande=[^"]+)"', (await home.parent.get("/ma-famille")).text)
    page = await home.parent.get(again)
    assert "Le livret dit Quetzale." in words(page)
    assert 'value="Quetzal"' in page.text, "what was asked for is there to be corrected"
    stranger, household = await town.parent()
    assert (await stranger.get(again)).status_code == 404
    own = f"/ma-famille/{household.children[0].child_id}/etat-civil?{again.partition('?')[2]}"
    page = await stranger.get(own)
    assert (page.status_code, "Quetzal" in page.text) == (200, False)
    await home.parent.get(again)
    typed = {"version": hidden(await home.parent.get(again), "version"), "first_name": "Quetzale"}
    page = await home.parent.landing(await home.parent.done(path, typed))
    assert "Votre demande est envoyée" in words(page)


async def test_a_child_is_added_by_a_request_that_can_be_withdrawn(home: Home) -> None:
    path = "/ma-famille/nouvel-enfant"
    assert "Un agent décide de cet ajout" in words(await home.parent.get(path)), "as the town's rule is"
    refused = await home.parent.submit(path, {"first_name": "", "last_name": "Quetzal", "birth_on": "2022-01-02"})
    assert field_errors(refused) == {"first_name"}
    household_id = str(home.household.household_id)
    typed = {"first_name": "Nora", "last_name": "Quetzal", "birth_on": "2022-01-02", "household_id": household_id}
    page = await home.parent.landing(await home.parent.done(path, typed))
    assert "Ajout d’un enfant : Nora Quetzal" in words(page).replace("\u00a0", " ")
    (withdrawal,) = re.findall(r'action="(/ma-famille/demandes/[^"]+/retrait)"', page.text)
    page = await home.parent.landing(await home.parent.done(withdrawal, {}))
    assert "Retirée" in words(page)
