"""An address of no page: told in the frame of whoever asks, which only a page is given."""

from typing import Any

from litestar import Response
from litestar.exceptions import NotFoundException

from portal.frame.spaces import action, page
from portal.frame.visit import Visit


@page("/{path:path}")
async def nowhere(visit: Visit, path: str) -> Response[Any]:
    """There is no such page."""
    _forget_route(visit)
    raise NotFoundException


@action("/{path:path}", is_of_others=True)
async def nowhere_to_post(visit: Visit, path: str) -> Response[Any]:
    """There is no such form; whoever posts it need not prove where it came from."""
    _forget_route(visit)
    raise NotFoundException


def _forget_route(visit: Visit) -> None:
    """Measures and logs count it as a request that no route answered."""
    visit.request.scope["path_template"] = ""


PAGES = [nowhere, nowhere_to_post]
