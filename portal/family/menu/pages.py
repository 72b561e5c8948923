"""Everything that a family can open, on one page: what its menu, its tiles and the menu of visitors lead to."""

from typing import Any

from litestar import Response

from contracts.family.api import my_household
from gateway.composing import optional
from portal.family.home.pages import own_links, shown_blocks
from portal.frame.menus import flat
from portal.frame.spaces import page
from portal.frame.visit import Visit
from portal.kit import PATHS, MenuEntry


@page(PATHS["menu"])
async def menu_page(visit: Visit) -> Response[Any]:
    """The page behind the last link of a phone's bar; each address stands on it once, unless a tile has words of its own for it."""
    household = await optional(visit.call(my_household))
    own, links = list(flat(visit.portal.menu(visit.visitor))), own_links(visit)
    listed = {entry.url for entry in (*own, *links)}
    help_page = MenuEntry(visit.portal.texts("kit.help"), PATHS["help"])
    others = [*visit.portal.town.public_menu(visit.visitor), help_page]
    context = {
        "entries": own,
        "blocks": shown_blocks(visit, household),
        "own_links": [link for link in links if link.url not in {entry.url for entry in own}],
        "public_entries": [entry for entry in others if entry.url not in listed],
    }
    return visit.page("family/menu/menu.html.j2", context)


PAGES = [menu_page]
