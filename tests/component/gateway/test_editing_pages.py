"""Two agents open one form: the second one hears who has it and until when, and may ask them to make way; nothing that was typed is lost."""

import re

import pytest

from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.test_change_pages import LIST, asked, decision_of
from tests.component.gateway.test_child_pages import Home, home, shown
from tests.component.gateway.test_request_pages import sent
from tests.component.gateway.town import Town
from tests.support.roles import Role

__all__ = ("home",)
pytestmark = pytest.mark.anyio

TAKE_OVER = {"take_over": "1"}


@pytest.fixture
async def agents(town: Town) -> tuple[Browser, Browser]:
    """Two agents, by name."""
    return (
        await town.agent(Role.DIRECTOR, first_name="Anna", last_name="Premier"),
        await town.agent(Role.DIRECTOR, first_name="Zoran", last_name="Second"),
    )


async def test_the_decision_of_a_correction_is_one_agent_s_at_a_time(
    home: Home, agents: tuple[Browser, Browser]
) -> None:
    first, second = agents
    await asked(home, first_name="Quetzal")
    name = home.household.children[0].last_name
    path = (await decision_of(first, name)).url.path
    page = await decision_of(second, name)
    assert re.search(r"Anna Premier a ce formulaire ouvert Depuis \d+ h.*jusqu’à \d+ h", words(page))
    assert "Accepter" not in words(page)
    assert "formulaire ouvert" not in words(await decision_of(first, name)), "another tab of the one who has it"
    typed = {"reason": "Il manque le livret."}
    page = await second.submit(path, typed | {"decision": "refuse"})
    assert is_refused(page)
    assert "rien n’est enregistré" in words(page)
    assert "Il manque le livret." in page.text
    page = await second.submit(path, typed | TAKE_OVER)
    assert "Vous avez la main" in words(page)
    assert "Il manque le livret." in page.text
    page = await first.submit(path, {"reason": "Une autre raison.", "decision": "refuse"})
    assert "Zoran Second a ce formulaire ouvert" in words(page), "told at their next press"
    assert "Une autre raison." in page.text
    await second.done(path, typed | {"decision": "refuse"})
    page = await first.landing(await first.get(path))
    assert page.url.path == LIST
    assert "Cette demande n’attend plus" in words(page)


async def test_what_was_typed_of_a_child_s_health_stays_through_a_take_over(
    home: Home, agents: tuple[Browser, Browser]
) -> None:
    """The lease is a courtesy and the version the rule: whoever takes a form back and saves an older one is refused, with what they typed."""
    first, second = agents
    path = f"/agents/enfants/{home.household.children[0].child_id}/sante/modifier"
    before = shown(await first.get(path))
    page = await second.get(path)
    assert "Anna Premier a ce formulaire ouvert" in words(page)
    page = await second.submit(path, shown(page) | TAKE_OVER)
    assert "formulaire ouvert" not in words(page), "nobody is told of themselves"
    await second.done(path, shown(page) | {"other_allergies": "kiwi"})
    page = await first.submit(path, before | TAKE_OVER | {"other_allergies": "fraise"})
    assert "Vous avez la main" in words(page)
    assert 'value="fraise"' in page.text
    page = await first.submit(path, before | {"other_allergies": "fraise"})
    assert is_refused(page), "somebody changed it since"
    assert 'value="fraise"' in page.text
    await first.done(path, shown(page) | {"other_allergies": "fraise"})


async def test_how_somebody_is_reached_is_edited_by_one_agent(home: Home, agents: tuple[Browser, Browser]) -> None:
    """A family that corrects it meanwhile waits for nobody."""
    first, second = agents
    path = f"/agents/familles/{home.household.household_id}/coordonnees/{home.household.adults[0].adult_id}"
    await first.get(path)
    page = await second.get(path)
    assert "Anna Premier a ce formulaire ouvert" in words(page)
    typed = {"version": hidden(page, "version"), "phone": "06 11 22 33 44"}
    assert "06 11 22 33 44" in (await second.submit(path, typed)).text
    page = await home.parent.get("/mes-coordonnees")
    assert "formulaire ouvert" not in words(page)
    await home.parent.done("/mes-coordonnees", typed | {"phone": "06 99 88 77 66"})


async def test_who_is_around_a_child_is_edited_by_one_agent(home: Home, agents: tuple[Browser, Browser]) -> None:
    first, second = agents
    child = home.household.children[0]
    path = f"/agents/familles/{home.household.household_id}/entourage"
    person = {"kind": "pickup", "child_ids": str(child.child_id), "first_name": "Rose", "last_name": "Martin"}
    await first.get(f"{path}/nouveau")
    await first.done(f"{path}/nouveau", person | {"relation": "Voisine"})
    (one,) = re.findall(rf'href="({path}/[0-9a-f-]{{36}})"', (await first.get(path)).text)
    await first.get(one)
    page = await second.get(one)
    assert "Anna Premier a ce formulaire ouvert" in words(page)
    typed = {"version": hidden(page, "version"), "child_ids": str(child.child_id), "relation": "Tante"}
    page = await second.submit(one, typed | {"first_name": "Rose", "last_name": "Martin"})
    assert is_refused(page)
    assert 'value="Tante"' in page.text


async def test_whoever_types_keeps_a_form_and_takes_none_from_another_agent(
    home: Home, agents: tuple[Browser, Browser]
) -> None:
    first, second = agents
    child_id = home.household.children[0].child_id
    path, mark = f"/agents/enfants/{child_id}/sante/modifier", f"/agents/formulaires/health/{child_id}"
    assert f'data-renew="{mark}"' in (await first.get(path)).text
    assert mark not in (await second.get(path)).text, "somebody else has it"
    for browser in (second, first):
        assert (await browser.post(mark)).status_code == 204
    assert "Anna Premier a ce formulaire ouvert" in words(await second.get(path))
    assert (await first.post(f"/agents/formulaires/inconnu/{child_id}")).status_code == 404
    assert (await home.parent.post(mark)).status_code in (303, 403, 404)


async def test_a_civil_status_is_corrected_by_one_agent(home: Home, agents: tuple[Browser, Browser]) -> None:
    """Who comes back by the browser's button, or reloads, finds what they typed; a family that corrects itself waits for nobody."""
    first, second = agents
    child = home.household.children[0]
    path = f"/agents/familles/{home.household.household_id}/etat-civil/{child.child_id}"
    await first.get(path)
    page = await second.get(path)
    assert "Anna Premier a ce formulaire ouvert" in words(page)
    typed = {"version": hidden(page, "version"), "first_name": "Quetzal", "last_name": child.last_name}
    typed["birth_on"] = child.birth_on.isoformat()
    page = await second.submit(path, typed)
    assert is_refused(page)
    assert 'value="Quetzal"' in page.text
    assert 'value="Quetzal"' in (await second.get(str(page.url))).text, "reloaded"
    page = await second.submit(path, typed | TAKE_OVER)
    assert "Vous avez la main" in words(page)
    page = await first.submit(path, typed | {"first_name": "Perle"})
    assert "Zoran Second a ce formulaire ouvert" in words(page)
    assert 'value="Perle"' in page.text
    await second.done(path, typed)
    assert "formulaire ouvert" not in words(await first.get(path)), "it is free again"
    assert "formulaire ouvert" not in words(await home.parent.get(f"/ma-famille/{child.child_id}/etat-civil"))


async def test_who_insures_a_child_is_entered_by_one_agent(home: Home, agents: tuple[Browser, Browser]) -> None:
    first, second = agents
    year = (await home.town.booking.today()).year
    path = f"/agents/enfants/{home.household.children[0].child_id}/assurance/{year}"
    await first.get(path)
    page = await second.get(path)
    assert "Anna Premier a ce formulaire ouvert" in words(page)
    typed = {
        "revision": hidden(page, "revision"),
        "company": "Azur",
        "contract_number": "7",
        "ends_on": f"{year + 1}-08-31",
    }
    page = await second.submit(path, typed)
    assert is_refused(page)
    assert 'value="Azur"' in page.text
    assert "Vous avez la main" in words(await second.submit(path, typed | TAKE_OVER))
    await second.done(path, typed)
    assert "formulaire ouvert" not in words(await first.get(path))


async def test_a_request_is_decided_by_one_agent(home: Home, agents: tuple[Browser, Browser]) -> None:
    first, second = agents
    path = f"/agents/demarches/{(await sent(home.parent)).rpartition('/')[2]}"
    await first.get(path)
    page = await second.get(path)
    assert "Anna Premier a ce formulaire ouvert" in words(page)
    page = await second.submit(path + "/decision", {"words": "Quels jours ?", "take_over": "1"})
    assert "Vous avez la main" in words(page)
    assert "Quels jours ?" in page.text
    page = await first.submit(path + "/decision", {"words": "Combien ?", "move": "ask"})
    assert "Zoran Second a ce formulaire ouvert" in words(page)
    assert "Combien ?" in page.text
