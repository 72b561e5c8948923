"""Where a family's home page leads to its people, in the towns of the guides."""

import pytest

from tests.component.gateway.browser import words
from tests.e2e.towns.town import GuideTown
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio


@in_towns("belfort")
async def test_the_links_of_mon_espace(town: GuideTown) -> None:
    """S0-28, S0-29, S0-31, S0-32, S0-33, S0-40: the block says the five details, the co-representative and both children; each link and tile opens."""
    parent = await town.parent()
    home = await parent.get("/mon-accueil")
    guardian, address = town.family.guardian, town.family.address
    block = home.text.partition('id="mon-espace"')[2].partition("</section>")[0].replace("\u00a0", " ")
    civil_name = f"{guardian['first_name']} {guardian['last_name'].upper()}"
    place = f"{address['postal_code']} {address['city']}"
    for detail in (civil_name, address["street"], place, guardian["phone"], guardian["email"]):
        assert detail in block, detail
    assert "Membres du foyer" in block
    assert len(town.family.children) == 2
    for child in town.family.children:
        assert f"<li>{child.first_name}</li>" in block
    for label, path in (("Profil", "/mes-coordonnees"), ("Entourage", "/entourage")):
        assert f'<a href="{path}"><span>{label}</span>' in home.text, label
        assert (await parent.get(path)).status_code == 200
    profile = await parent.get("/mes-coordonnees")
    for detail in (guardian["email"], address["street"]):
        assert detail in profile.text, detail
    assert 'name="phone"' in profile.text, "details are changed there"
    entourage = words(await parent.get("/entourage"))
    for child in town.family.children:
        assert child.first_name in entourage
    assert "À appeler en cas d’urgence" in entourage
    tile = home.text.partition('<a class="tile" href="/mes-coordonnees">')[2].partition("</a>")[0]
    assert "Mes coordonnées" in tile
    co_guardian = town.family.co_guardian
    assert co_guardian is not None
    assert f"{co_guardian['first_name']} co-représentant" in words(home)


@in_towns("tirelire")
async def test_my_profile_opens_from_ma_famille(town: GuideTown) -> None:
    """S4-9"""
    parent = await town.parent()
    home = await parent.get("/mon-accueil")
    block = home.text.partition("<h2>Ma famille</h2>")[2].partition("</section>")[0]
    assert 'href="/mes-coordonnees"' in block
    assert "Mon profil" in block
    assert town.family.guardian["email"] in (await parent.get("/mes-coordonnees")).text
