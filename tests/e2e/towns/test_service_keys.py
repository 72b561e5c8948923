"""The keys of a town's services, walked as its guide says."""

import re

import pytest

from tests.component.gateway.browser import hidden, is_refused, words
from tests.component.gateway.test_first_steps import PRIVATE_PAGES
from tests.component.gateway.town import enter_keys
from tests.e2e.towns.town import KEYS, TERMS, GuideTown
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio


@in_towns("velizy")
async def test_the_keys_of_services_are_entered_between_credentials_and_terms(town: GuideTown) -> None:
    """S3-9, S3-10, S3-12, S3-17, S3-18, S3-19, S3-20, S3-21: as the guide shows the screen."""
    newcomer, browser = await town.with_credentials()
    for path in PRIVATE_PAGES:
        assert (await browser.get(path)).headers["location"] == KEYS
    page = await browser.get(KEYS)
    assert "<h1>Je valide mon authentification</h1>" in page.text
    assert re.search(r"<caption[^>]*>Services</caption>", page.text)
    assert re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', page.text) == ["Service", "Clé"]
    labels = re.findall(r'<th scope="row".*?<span>\s*([^<]+?)\s*</span></th>', page.text, re.DOTALL)
    assert labels == ["Clé Espace Citoyens Enfance", "Action sociale"]
    childhood, social = re.findall(r'value="([^"]*)" name="keys\.\d\.key"', page.text)
    assert re.fullmatch(r"[0-9]{5}-[A-Z0-9]{6}", childhood)
    assert social == ""
    assert f"Clé Espace Citoyens Enfance : {childhood}" in newcomer.mail["text"].replace("\u00a0", " ")
    buttons = words(page)
    assert buttons.index("Annuler") < buttons.index("Précédent") < buttons.index("Valider", buttons.index("Précédent"))
    assert "individuelle et personnelle" in buttons
    before = await browser.submit(KEYS, {"step": "previous", "keys.0.service": "enfance", "keys.0.key": childhood})
    assert town.own_credentials(newcomer)["username"] in words(before)
    await enter_keys(browser)
    assert (await browser.get("/mon-accueil")).headers["location"] == TERMS


@in_towns("velizy")
async def test_a_key_is_of_one_person(town: GuideTown) -> None:
    """S3-11: two families have each their own, and neither enters the other's."""
    first, _ = await town.with_credentials()
    _, browser = await town.with_credentials()
    await browser.get(KEYS)
    mailed = re.search(r"[2-9]{5}-[A-Z2-9]{6}", first.mail["text"])
    assert mailed
    page = await browser.submit(KEYS, {"keys.0.service": "enfance", "keys.0.key": mailed[0], "step": "next"})
    assert is_refused(page)
    assert "Une clé est individuelle et personnelle" in words(page)


@in_towns("velizy")
async def test_a_service_gives_its_key_which_is_entered_later_and_opens_what_is_its_own(town: GuideTown) -> None:
    """S3-13, S3-14, S3-15, S3-16: without it, nothing of the service is there."""
    newcomer, browser = await town.at_home()
    home = await browser.get("/mon-accueil")
    assert "Modification de votre espace" in words(home)
    assert "/services/action_sociale" not in home.text
    assert (await browser.get("/services/action_sociale")).status_code == 404
    worker = await town.agent("social")
    families = await worker.get("/agents/familles", params={"recherche": newcomer.name})
    (file,) = set(re.findall(r'href="(/agents/familles/[0-9a-f-]{36})"', families.text))
    page = await worker.get(f"{file}/cles")
    (give,) = set(re.findall(rf'action="({file}/cles/[^"]+)"', page.text))
    sheet = await worker.submit(give, {"service": "action_sociale", "adult_id": hidden(page, "adult_id")})
    (key,) = set(re.findall(r"[2-9]{5}-[A-Z2-9]{6}", words(sheet)))
    await browser.get("/mon-compte/services")
    fields = {"keys.0.service": "enfance", "keys.1.service": "action_sociale", "keys.1.key": key}
    assert "Vos clés sont enregistrées" in words(await browser.submit("/mon-compte/services", fields))
    assert "Démarches et publications" in words(await browser.get("/services/action_sociale"))
    assert 'href="/services/action_sociale"' in (await browser.get("/mon-accueil")).text
