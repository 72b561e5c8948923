"""Documents of families in the towns of the guides: sent in a browser or without scripts, kept, sent again, deleted."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.component.family.papers import jpeg, pdf
from tests.component.gateway import test_document_pages as pages
from tests.component.gateway.browser import words
from tests.e2e.browser import axe_violations, overflow
from tests.e2e.towns.test_in_a_browser import parent_of, signed_in
from tests.e2e.towns.town import GuideTown
from tests.e2e.walk import press
from tests.support.towns import in_towns

PATH = "/mon-espace-de-stockage"
WORK_MS = 40_000
"""For files to be made anew on a busy machine."""


@in_towns("tirelire")
def test_a_document_is_sent_from_mes_demarches_for_the_family_or_a_member(town: GuideTown, browser: Browser) -> None:
    """S4-34, S4-35, S4-36, S4-48: three taps and a file; what is asked once a year is wanted no more; an agent reads and decides."""
    child = town.family.children[0].first_name
    page = parent_of(town, browser)
    page.goto(f"{town.stack.portal_url}/mon-accueil")
    page.get_by_role("link", name="Mes démarches").first.click()
    page.get_by_role("link", name="Envoyer un document").first.click()
    assert page.get_by_role("link", name="La famille").count() == 1
    page.get_by_role("link", name=child, exact=True).click()
    link = page.get_by_role("link", name="assurance scolaire")
    expect(link).to_contain_text("demandé une fois par an")
    link.click()
    assert page.locator("[name=photo]").get_attribute("capture") == "environment"
    assert (axe_violations(page), overflow(page)) == ([], 0)
    files = [
        {"name": "IMG_1.JPG", "mimeType": "image/jpeg", "buffer": jpeg(1200, 900)},
        {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": pdf("a")},
    ]
    page.set_input_files("[name=content]", files)  # type: ignore[arg-type]  # a payload is a dict of these
    press(page, "Envoyer")
    expect(page.get_by_text("Votre document est envoyé")).to_be_visible(timeout=WORK_MS)
    assert (axe_violations(page), overflow(page)) == ([], 0)
    wanted = page.locator("section[aria-labelledby=a-fournir]")
    assert f"assurance scolaire, {child}" not in wanted.inner_text()
    page.context.close()
    desk = next(body["username"] for body in town.plan.agents if "front_desk" in body["roles"])
    password = next(persona["password"] for persona in town.personas if persona["login"] == desk)
    agent = signed_in(town, browser, desk, password)
    agent.set_viewport_size({"width": 1280, "height": 900})
    agent.goto(f"{town.stack.portal_url}/agents/documents")
    assert (axe_violations(agent), overflow(agent)) == ([], 0)
    agent.get_by_role("link", name="assurance scolaire").first.click()
    assert (axe_violations(agent), overflow(agent)) == ([], 0)
    assert agent.locator("[name=ends_on]").input_value().endswith("-08-31")
    press(agent, "Valider et passer au suivant")
    expect(agent.get_by_text("Le document est validé")).to_be_visible()
    agent.context.close()


@pytest.mark.anyio
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


@pytest.mark.anyio
@in_towns("premium")
async def test_a_family_chooses_which_documents_it_keeps(town: GuideTown) -> None:
    """S1-25: what the law does not have the town keep is deleted by its family; the rest says why it stays."""
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
