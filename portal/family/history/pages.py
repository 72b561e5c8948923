"""The history of a family: what was done for its household."""

from typing import Any

from litestar import Response

from contracts.family.api import my_household
from gateway.composing import permitted
from portal.family.home.pages import child_names
from portal.frame.history import Names, read_history
from portal.frame.spaces import page
from portal.frame.visit import Visit


@page("/historique")
async def history_page(visit: Visit) -> Response[Any]:
    """What the family itself, the other guardians and agents did, the newest first."""
    guardian_id = visit.session.guardian_id
    household = await permitted(visit.call(my_household))
    names = Names(
        actors={guardian_id: visit.portal.texts("history.you")} if guardian_id else {},
        people=child_names(household.value) if household and household.value else {},
    )
    return visit.page("family/history/history.html.j2", {"history": await read_history(visit, None, names)})


PAGES = [history_page]
