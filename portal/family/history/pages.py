"""The history of a family: what was done for its household."""

from typing import Any

from litestar import Response

from portal.frame.history import read_history
from portal.frame.spaces import page
from portal.frame.visit import Visit


@page("/historique")
async def history_page(visit: Visit) -> Response[Any]:
    """What the family itself, the other guardians and agents did, the newest first."""
    guardian_id = visit.session.guardian_id
    own = {guardian_id: visit.portal.texts("history.you")} if guardian_id else {}
    return visit.page("family/history/history.html.j2", {"history": await read_history(visit, None, own)})


PAGES = [history_page]
