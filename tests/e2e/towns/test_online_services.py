"""Online services that a family chooses freely, in the towns of the guides, without scripts."""

import pytest

from contracts.identity.online_service_words import OnlineService
from tests.component.gateway.browser import Browser, words
from tests.e2e.towns.town import GuideTown
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio

PATH = "/mes-services"


async def choose(parent: Browser, *used: str) -> str:
    """Use these and do without the others; what the page then says."""
    await parent.get(PATH)
    return words(await parent.landing(await parent.done(PATH, dict.fromkeys(used, "1"))))


@in_towns("premium", "velizy")
async def test_a_family_uses_the_services_that_it_chooses(town: GuideTown) -> None:
    """S1-24, S3-25: the page says that all is optional and free. What is unticked leaves menu, tiles and links, still answers at its address, and comes back."""
    parent = await town.parent()
    before = await parent.get("/mon-accueil")
    assert 'href="/mes-services"' in before.text
    assert 'href="/calendrier"' in before.text
    page = await parent.get(PATH)
    assert "facultatif et gratuit" in words(page)
    assert page.text.count(" checked") == len(OnlineService), "everything is used until somebody does without"

    assert "Vos choix sont enregistrés" in await choose(parent, "requests", "documents", "delegations")
    home, menu = await parent.get("/mon-accueil"), await parent.get("/menu")
    for shown in (home, menu):
        assert 'href="/calendrier"' not in shown.text
        assert 'href="/inscriptions"' not in shown.text
        assert 'href="/mon-espace-de-stockage"' in shown.text
    requests = await parent.get("/mes-demarches")
    assert 'href="/edition-de-documents"' not in requests.text
    assert (await parent.get("/calendrier")).status_code == 200, "a mail may lead there"
    assert 'href="/factures"' in home.text

    assert "Vos choix sont enregistrés" in await choose(parent, *OnlineService)
    assert 'href="/calendrier"' in (await parent.get("/mon-accueil")).text
