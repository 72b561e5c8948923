"""Pages that led nowhere, or said what was not so: each has a way on, or the words of what happened."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from tests.component.gateway.browser import Browser, hidden, is_refused, words
from tests.component.gateway.helping import opened
from tests.component.gateway.test_step_up import coming_from
from tests.component.gateway.town import PASSWORD, Town, running_town
from tests.component.identity.walk import town_file
from tests.support.databases import Postgres
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


@pytest.fixture
async def strict_town(
    postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """A town that asks for a proof before a quotient is noted, and before health is shown."""
    file = town_file(tmp_path_factory.mktemp("strict"), step_up={"asks": ["quotients", "health"]})
    async with running_town(postgres, secrets_dir, town_file=file) as running:
        yield running


async def test_who_only_helps_is_called_by_name_and_led_to_the_children(town: Town) -> None:
    home = await opened(town)
    await home.given()
    jeanne = await home.delegate()
    for path in ("/mon-accueil", "/calendrier"):
        answer = await jeanne.get(path)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/enfants-confies"), path
    page = await jeanne.get("/enfants-confies")
    assert "Jeanne Lefort" in words(page)
    assert jeanne.username not in words(page)
    assert (await jeanne.get("/factures")).status_code == 404


async def test_what_is_too_long_to_sign_in_with_is_called_so(town: Town) -> None:
    browser = town.browser()
    await browser.get("/connexion")
    page = await browser.submit("/connexion", {"login": "a" * 81, "password": PASSWORD})
    assert is_refused(page)
    assert "trop long pour un identifiant" in words(page)
    page = await browser.submit("/connexion", {"login": "", "password": "p" * 129})
    assert "trop long pour un identifiant" not in words(page)
    assert "trop long pour un mot de passe" in words(page)


async def test_the_proof_of_the_terms_stays_offered_after_a_password_of_the_counter(town: Town) -> None:
    _, household = await town.parent()
    agent, file = await town.agent(Role.DIRECTOR), f"/agents/familles/{household.household_id}"
    page = await agent.get(f"{file}/personnes")
    assert "télécharger la preuve" in words(page)
    give = next(part.split('"')[0] for part in page.text.split('action="') if "/mot-de-passe/" in part.split('"')[0])
    await agent.submit(give)
    assert "télécharger la preuve" in words(await agent.get(f"{file}/personnes"))
    invited, _ = await town.household()
    assert "télécharger la preuve" not in words(await agent.get(f"/agents/familles/{invited.household_id}/personnes"))


async def test_whoever_is_signed_in_goes_back_to_their_space_from_a_forgotten_password(town: Town) -> None:
    parent, _ = await town.parent()
    assert 'href="/espace"' in (await parent.get("/mot-de-passe-oublie")).text
    nobody = await town.browser().get("/mot-de-passe-oublie")
    assert 'href="/espace"' not in nobody.text
    assert "Revenir à la connexion" in words(nobody)


async def test_agents_find_their_own_details_once_and_what_they_did_to_them_was_at_no_counter(town: Town) -> None:
    agent = await town.agent(Role.DIRECTOR)
    home = await agent.get("/agents")
    assert words(home).count("Mes identifiants") == 1
    await agent.get("/mes-identifiants")
    changed = {"username": agent.username, "current_password": PASSWORD}
    new = {"password": f"{PASSWORD}-2", "password_confirmation": f"{PASSWORD}-2"}
    await agent.done("/mes-identifiants", changed | new)
    line = await own_history(town, agent)
    assert "Identifiants choisis" in line
    assert "Guichet" not in line


async def own_history(town: Town, agent: Browser) -> str:
    """The first rows of the history of an agent's account, as another agent reads them."""
    reader = await town.agent(Role.DIRECTOR)
    listed = await reader.get(f"/agents/comptes?recherche={agent.username}")
    path = next(part.split('"')[0] for part in listed.text.split('href="') if part.startswith("/agents/comptes/0"))
    page = words(await reader.get(path))
    start = page.index("Identifiants choisis")
    return page[start : start + 120]


async def test_a_list_that_is_refused_asks_for_the_file_again(town: Town) -> None:
    agent = await town.agent(Role.DIRECTOR)
    page = await agent.get("/agents/invitations")
    assert "Choisissez de nouveau le fichier" not in words(page)
    refused = await agent.submit("/agents/invitations", {"choice": "file", "label": "Rentrée"})
    assert is_refused(refused)
    assert "Choisissez de nouveau le fichier" in words(refused)


async def test_what_was_pressed_in_a_folded_part_comes_back_unfolded(strict_town: Town) -> None:
    household, _ = await strict_town.household()
    agent, file = await strict_town.agent(Role.DIRECTOR), f"/agents/familles/{household.household_id}"
    page = await agent.get(f"{file}/ressources")
    assert '<details>\n<summary id="quotient">' in page.text
    typed = {"value_cents": "650,00", "effective_on": "2026-01-01", "source": "agent", "part": "quotient"}
    asked = await agent.post(f"{file}/quotient", typed, coming_from(f"{file}/ressources"))
    assert asked.headers["location"].startswith("/confirmer?"), asked.headers
    back = hidden(await agent.landing(asked), "retour")
    assert back.startswith(f"{file}/ressources?")
    assert back.endswith("#quotient")
    shown = await agent.get(back.partition("#")[0])
    assert '<details open>\n<summary id="quotient">' in shown.text
    assert "650,00" in shown.text


async def test_whoever_gives_no_proof_goes_back_to_the_page_before_and_not_round(strict_town: Town) -> None:
    parent, household = await strict_town.parent()
    child = f"/mes-enfants/{household.children[0].child_id}"
    asked = await parent.landing(await parent.http.get(f"{child}/sante", headers=coming_from(child)))
    assert left(asked) == child
    sent = await parent.submit("/confirmer/code", {name: hidden(asked, name) for name in ("retour", "sans", "pour")})
    assert left(sent) == child, "once the code is on its way too"
    for came_from in (f"{child}/sante", "/confirmer?pour=health"):
        asked = await parent.landing(await parent.http.get(f"{child}/sante", headers=coming_from(came_from)))
        assert left(asked) == "/espace", came_from


def left(page: httpx2.Response) -> str:
    """Where the page that asks for a proof leads whoever gives none."""
    (address,) = re.findall(r'href="([^"]+)">Revenir sans confirmer', page.text)
    return str(address)


async def test_whoever_wants_a_copy_or_to_be_erased_is_told_how(town: Town) -> None:
    parent, _ = await town.parent()
    copy = next(line for line in (await parent.get("/mes-demarches")).text.split("<a ") if "une copie de mes" in line)
    assert 'href="/mes-donnees"' in copy
    page = await parent.get("/donnees-personnelles")
    assert 'href="/mes-donnees"' in page.text
    for sentence in (
        "Faire effacer vos données",
        "c’est le service des familles qui l’efface",
        "une somme reste à payer",
    ):
        assert sentence in words(page), sentence
