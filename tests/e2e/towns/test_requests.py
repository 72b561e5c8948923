"""Requests of families in the towns of the guides, without scripts: the tiles, what is sent, and what comes back."""

import re

import pytest

from tests.component.gateway import test_request_pages as pages
from tests.component.gateway.browser import Browser, words
from tests.e2e.towns.town import GuideTown
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio

PATH = "/mes-demarches"


async def accept(agent: Browser, address: str, **fields: str) -> None:
    """An agent accepts what was sent."""
    path = f"/agents/demarches/{address.rpartition('/')[2]}"
    await agent.get(path)
    await agent.done(f"{path}/decision", {"move": "accept", **fields})


@in_towns("belfort")
async def test_the_path_of_the_creche(town: GuideTown) -> None:
    """S0-43, S0-44 and S0-46: the waiting list, then the file, which says what is missing from the first; and a change, which becomes a task."""
    parent, agent = await town.parent(), await town.agent("front_desk")
    home = await parent.get("/mon-accueil")
    assert f'href="{PATH}/nouvelle/creche_liste_attente"' in home.text
    before = words(await parent.get(f"{PATH}/nouvelle/creche_dossier"))
    assert "Une étape vient avant" in before
    assert "Liste attente Crèche" in before, "missing, or begun by whoever was here before"
    address = await pages.sent(parent)
    await accept(agent, address)
    child_id = await child_of(parent, "creche_dossier")
    opened = await pages.begin(parent, "creche_dossier", child_id)
    day = town.today.isoformat()
    page = await pages.fill(parent, opened, ({}, {"adaptation": day, "regime": "caf", "reglement": "yes"}))
    assert str(page.url).endswith("/pieces"), words(page)
    await pages.give(parent, opened, "justificatif_domicile", marked_on=day)
    await pages.give(parent, opened, "livret_famille")
    assert "Accusé de réception" in words(await parent.submit(f"{opened}/envoi"))
    change = await pages.begin(parent, "creche_modification", child_id)
    await pages.fill(parent, change, ({"changement": "fin", "a_partir_du": day},))
    assert "Accusé de réception" in words(await parent.submit(f"{change}/envoi"))
    await accept(agent, change, task_on=day)
    assert "À faire le" in words(await agent.get("/agents/demarches"))


async def child_of(parent: Browser, code: str) -> str:
    """The first child whom a procedure may be about."""
    page = await parent.get(f"{PATH}/nouvelle/{code}")
    return re.findall(r'name="person_id" value="([^"]+)"', page.text)[0]


@in_towns("belfort")
async def test_school_asks_for_three_documents_and_the_file_of_the_year_comes_first(town: GuideTown) -> None:
    """S0-47 and S0-48."""
    parent = await town.parent()
    school = await pages.begin(parent, "inscription_scolaire", await child_of(parent, "inscription_scolaire"))
    await pages.fill(parent, school, ({"rentree": f"{town.today.year}-09", "motif": "premiere"},))
    asked = await parent.get(f"{school}/pieces")
    assert asked.text.count('id="champ-pieces-') == 3
    day = town.today.isoformat()
    await pages.give(parent, school, "livret_famille")
    await pages.give(parent, school, "piece_identite")
    await pages.give(parent, school, "justificatif_domicile", marked_on=day)
    assert "Accusé de réception" in words(await parent.submit(f"{school}/envoi"))
    year = await pages.begin(parent, "dossier_3_17", await child_of(parent, "dossier_3_17"))
    page = await pages.fill(
        parent,
        year,
        (
            {"ecole": "École Pasteur"},
            {"telephone": "0612345678", "a_un_employeur": "no"},
            {"reglement": "yes", "exactitude": "yes"},
        ),
    )
    assert str(page.url).endswith("/pieces"), words(page)
    kept = re.findall(r'name="document_id" value="([^"]+)"', page.text)
    assert kept, "the proof of address that was sent for the school is offered again"
    await parent.submit(f"{year}/pieces/justificatif_domicile", {"document_id": kept[0]})
    await pages.give(parent, year, "assurance_extrascolaire")
    assert "Accusé de réception" in words(await parent.submit(f"{year}/envoi"))


@in_towns("premium")
async def test_a_procedure_starts_from_the_public_area(town: GuideTown) -> None:
    """S1-7: the catalogue flags what needs signing in, and leads there."""
    anybody = town.browser()
    assert 'href="/nouvelle-demarche"' in (await anybody.get("/")).text
    page = await anybody.get("/nouvelle-demarche")
    assert "Connexion nécessaire" in words(page)
    led = await anybody.landing(await anybody.get(f"{PATH}/nouvelle/inscription_scolaire"))
    assert "La connexion à votre espace personnel est nécessaire" in words(led)


@in_towns("structure")
async def test_the_dashboard_shows_what_waits_and_its_state(town: GuideTown) -> None:
    """S2-8: what was transmitted to the structure awaits its manager, with its state."""
    parent, agent = await town.parent(), await town.agent("front_desk")
    address = await pages.begin(parent, "attestation_paiement")
    month = f"{town.today:%Y-%m}"
    await pages.fill(parent, address, ({"du": month, "au": month},))
    await parent.submit(f"{address}/envoi")
    assert re.search(r"demandes? en attente", words(await parent.get("/mon-accueil")).replace("\u00a0", " "))
    assert "Attestation de paiement" in words(await parent.get("/mes-demandes"))
    assert "Envoyée, en attente" in words(await parent.get(PATH))
    await accept(agent, address)
    assert "Acceptée" in words(await parent.get(PATH))
