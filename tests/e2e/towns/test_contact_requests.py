"""How a family is reached, corrected by itself where its town lets it and asked for where it does not, and followed on its dashboard, without scripts."""

import re

import pytest

from tests.component.gateway.browser import words
from tests.component.gateway.test_contact_rule_pages import form_of
from tests.e2e.towns.town import GuideTown, shows
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio

PAGE, ASKED, QUEUE = "/mes-coordonnees", "/mes-demandes", "/agents/corrections"
MOVED = {"address.street": "8 quai des Forges"}


@in_towns("structure")
async def test_requests_about_contact_details_are_followed_with_their_states(town: GuideTown) -> None:
    """S2-7, S2-15: the telephone is corrected at once, and the move is transmitted: the history of requests says that it waits, then what the manager decided."""
    newcomer, parent = await town.at_home()
    desk = await town.agent("front_desk")
    page = await parent.get(PAGE)
    assert newcomer.email in words(page)
    wanted = form_of(page, phone="06 99 88 77 66", **MOVED)
    await town.prove_at(newcomer.email, parent, await parent.landing(await parent.done(PAGE, wanted)))
    landed = await parent.landing(await parent.done(PAGE, wanted))
    assert "Une partie est corrigée. Pour le reste, un agent décide" in words(landed)
    assert 'value="06 99 88 77 66"' in (await parent.get(PAGE)).text

    assert f'<a class="tile" href="{ASKED}">' in (await parent.get("/mon-accueil")).text
    asked = words(await parent.get(ASKED))
    assert "Correction du dossier : Coordonnées : " in asked
    assert "En attente" in asked
    listed = (await desk.get(QUEUE)).text
    (path,) = set(re.findall(rf'href="({QUEUE}/[0-9a-f-]{{36}})">[^<]*{newcomer.name}', listed, re.IGNORECASE))
    await desk.get(path)
    await desk.done(path, {"decision": "accept"})
    await shows(parent, ASKED, "Acceptée")
    assert "8 quai des Forges" in words(await parent.get("/mon-accueil"))
