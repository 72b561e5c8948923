"""The bar at the bottom of a family's phone, and the page of everything that stands behind its last link."""

import re

import httpx2
import pytest

from portal.frame.settings import PortalTown
from tests.component.gateway.town import Town
from tests.support.roles import Role
from tests.support.services import DEMO_TOWN

pytestmark = pytest.mark.anyio

MENU = "/menu"


def bar(page: httpx2.Response) -> list[tuple[str, str]]:
    """The addresses of the bar, and where each says that it stands."""
    links = page.text.partition('<nav class="bottom-bar"')[2].partition("</nav>")[0]
    return [
        (url, current or "") for url, current in re.findall(r'<a href="([^"]+)"(?: aria-current="([^"]+)")?', links)
    ]


async def test_the_bar_leads_to_pages_that_exist_and_says_where_one_is(town: Town) -> None:
    parent, _ = await town.parent()
    urls = [url for url, _ in bar(await parent.get("/mon-accueil"))]
    assert urls == ["/mon-accueil", "/calendrier", "/factures", MENU]
    for url in urls:
        page = await parent.get(url)
        assert page.status_code == 200, url
        assert [at for at, current in bar(page) if current] == [url]
    assert [current for _, current in bar(await parent.get("/mes-coordonnees")) if current] == []


async def test_visitors_newcomers_and_agents_have_a_menu_that_unfolds_and_no_bar(town: Town) -> None:
    newcomer, _ = await town.newcomer()
    agent = await town.agent(Role.FRONT_DESK)
    for browser, path in ((town.browser(), "/"), (newcomer, "/aide"), (agent, "/agents")):
        page = await browser.get(path)
        assert bar(page) == []
        assert 'popovertarget="menu"' in page.text, path
    assert (await agent.get(MENU)).status_code == 404
    assert (await town.browser().get(MENU)).status_code == 401


async def test_the_menu_page_has_every_entry_tile_and_public_page(town: Town) -> None:
    parent, _ = await town.parent()
    page = await parent.get(MENU)
    content = page.text.partition("<main")[2].partition("</main>")[0]
    section = PortalTown.load(DEMO_TOWN).section
    links = [*section.public_menu, *section.private_menu, *(tile for block in section.blocks for tile in block.tiles)]
    for link in links:
        assert f'href="{link.url}"' in content, link.url
        assert link.label in content, link.label
    for block in section.blocks:
        assert block.title in content
    for url in ("/mes-identifiants", "/historique", "/aide"):
        assert f'href="{url}"' in content
