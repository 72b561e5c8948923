"""The cards of a family's children, in the town of a guide."""

import pytest

from tests.component.gateway.browser import words
from tests.e2e.towns.town import GuideTown
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio


@in_towns("tirelire")
async def test_a_family_opens_the_cards_of_its_children(town: GuideTown) -> None:
    """S4-10: from "Ma famille", each child has a card, with its parts."""
    parent = await town.parent()
    assert 'href="/mes-enfants"' in (await parent.get("/mon-accueil")).text
    page = await parent.get("/mes-enfants")
    for child in town.family.children:
        assert child.first_name in words(page)
    card = next(link for link in page.text.split('"') if link.startswith("/mes-enfants/"))
    text = words(await parent.get(card))
    for part in ("Identité", "Informations santé", "Autorisations", "Qui a vu cette fiche"):
        assert part in text
