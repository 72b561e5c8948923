"""Documents of families in the towns of the guides, without scripts: sent, kept, listed, deleted."""

import re
from datetime import timedelta

import pytest

from tests.component.family.papers import jpeg, pdf
from tests.component.gateway import test_document_pages as pages
from tests.component.gateway.browser import words
from tests.e2e.towns.town import GuideTown, shows
from tests.support.polling import eventually
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio

PATH = "/mon-espace-de-stockage"
SLOT = 'type="checkbox" name="slot"'
"""A day that can be chosen."""


@in_towns("belfort")
async def test_the_safe_keeps_lists_and_deletes(town: GuideTown) -> None:
    """S0-37, without scripts: a tile leads to what the family sent; a document is sent, kept, and deleted for good."""
    parent = await town.parent()
    assert f'<a class="tile" href="{PATH}">' in (await parent.get("/mon-accueil")).text
    address = await pages.begun(parent, "La famille", "Livret de famille")
    page = await parent.landing(await pages.send(parent, address, [jpeg(), pdf("a", "b")], step="send"))
    (own,) = set(re.findall(rf'href="({PATH}/[0-9a-f-]{{36}})"', page.text))
    assert (await parent.get(own)).text.count("<img") == 3
    deleted = await parent.landing(await parent.done(f"{own}/suppression"))
    assert "Le document est supprimé" in words(deleted)
    assert (await parent.get(own)).status_code == 404


@in_towns("premium", "velizy")
async def test_a_family_chooses_which_documents_it_keeps(town: GuideTown) -> None:
    """S1-25, S3-25: what the law does not have the town keep is deleted by its family; the rest says why it stays."""
    parent, agent = await town.parent(), await town.agent("front_desk")
    child = town.family.children[0].first_name
    for whom, kind in (("La famille", "Avis d’imposition"), (child, "Décision de justice")):
        address = await pages.begun(parent, whom, kind)
        marked_on = town.today.isoformat()
        page = await parent.landing(
            await pages.send(
                parent, address, [jpeg()], step="send", **({"marked_on": marked_on} if whom != child else {})
            )
        )
        own = re.findall(rf'href="({PATH}/[0-9a-f-]{{36}})">{kind}', page.text)[0]
        document_id = own.rpartition("/")[2]
        path = f"/agents/documents/{document_id}"
        await agent.get(path)
        ends_on = "" if whom == child else town.today.replace(year=town.today.year + 1).isoformat()
        await agent.done(f"{path}/decision", {"decision": "validate", "ends_on": ends_on})
        shown = await parent.get(own)
        if whom == child:
            assert "doit être gardé par" in words(shown)
            assert "Supprimer pour toujours" not in words(shown)
        else:
            landed = await parent.landing(await parent.done(f"{own}/suppression"))
            assert "Le document est supprimé" in words(landed)


@in_towns("tirelire")
async def test_days_open_with_the_documents_of_their_activity(town: GuideTown) -> None:
    """S4-47 and S4-50: sailing asks for two documents. The calendar says which is missing and leads to where it is sent; one counts at once, the other opens the days
    once an agent validated it."""
    parent, agent = await town.signed_in("paul.blanchard@famille.example"), await town.agent("front_desk")
    saturday = town.today + timedelta(days=(5 - town.today.weekday()) % 7 + 14)
    week = f"/calendrier?semaine={saturday - timedelta(days=saturday.weekday())}"
    page = await parent.get(week)
    shown = words(page)
    assert (
        "demande d’abord pour cette activité : Attestation d’aisance aquatique, Attestation d’assurance scolaire"
        in shown
    )
    assert '<a class="button primary" href="/mon-espace-de-stockage/envoyer">' in page.text
    assert SLOT not in page.text

    sent = [
        await pages.begun(parent, "Jade", kind)
        for kind in ("Attestation d’assurance scolaire", "Attestation d’aisance aquatique")
    ]
    landed = [await parent.landing(await pages.send(parent, address, [jpeg()], step="send")) for address in sent]
    document_id = re.findall(rf'href="{PATH}/([0-9a-f-]{{36}})">Attestation d’aisance', landed[-1].text)[0]
    waits = "Vous l’avez envoyé ; un agent doit encore le valider"
    await shows(parent, week, f"d’abord : Attestation d’aisance aquatique. {waits}")
    assert SLOT not in (await parent.get(week)).text

    path = f"/agents/documents/{document_id}"
    await agent.get(path)
    await agent.done(f"{path}/decision", {"decision": "validate", "ends_on": ""})

    async def is_open() -> bool:
        return SLOT in (await parent.get(week)).text

    await eventually(is_open)
    assert "un document vient d’abord" not in words(await parent.get(week))
