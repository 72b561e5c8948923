"""The town's copy of the national address base, and the households whose address is not in it."""

import asyncio
from typing import Any, Final

from litestar import Response

from contracts.family.addresses_api import list_unverified_addresses, read_address_base
from portal.frame.spaces import MenuLabel, page
from portal.frame.visit import Visit

PATH: Final = "/agents/adresses"


@page(PATH, entry=MenuLabel("agents.menu.addresses", "home", list_unverified_addresses))
async def addresses_page(visit: Visit) -> Response[Any]:
    """From what the copy was made, and whose address is to be looked at."""
    status, households = await asyncio.gather(
        visit.call(read_address_base), visit.call(list_unverified_addresses, visit.cursor)
    )
    context = {"base": status.base, "households": households.items, "next_cursor": households.next_cursor}
    return visit.page("agents/sectors/addresses.html.j2", context)


PAGES = [addresses_page]
