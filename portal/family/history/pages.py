"""The history of a family: what was done for its household."""

import asyncio
from typing import Any

from litestar import Response

from contracts.family.api import my_household
from contracts.family.delegations_api import list_delegations
from gateway.composing import permitted
from portal.frame.alike import child_names
from portal.frame.history import Names, delegate_names, read_history
from portal.frame.spaces import page
from portal.frame.visit import Visit


@page("/historique")
async def history_page(visit: Visit) -> Response[Any]:
    """What the family itself, the other guardians and agents did, the newest first."""
    guardian_id = visit.session.guardian_id
    household, delegations = await asyncio.gather(
        permitted(visit.call(my_household)), permitted(visit.call(list_delegations))
    )
    given = delegations.value.items if delegations and delegations.value else ()
    names = Names(
        actors=delegate_names(given, visit.portal.texts)
        | ({guardian_id: visit.portal.texts("history.you")} if guardian_id else {}),
        people=child_names(household.value.children) if household and household.value else {},
    )
    return visit.page("family/history/history.html.j2", {"history": await read_history(visit, None, names)})


PAGES = [history_page]
