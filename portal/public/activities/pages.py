"""The public catalogue: what the town offers, for which ages, and at which tariffs."""

import asyncio
from typing import Any

from litestar import Response

from contracts.billing.api import list_tariffs
from contracts.booking.api import list_activities
from gateway.composing import optional
from portal.frame.spaces import page
from portal.frame.visit import Visit


@page("/activites")
async def activities_page(visit: Visit) -> Response[Any]:
    """The catalogue and the tariffs; either is shown without the other when a service does not answer."""
    activities, tariffs = await asyncio.gather(
        optional(visit.call(list_activities)),
        optional(visit.call(list_tariffs)),
    )
    return visit.page("public/activities/activities.html.j2", {"activities": activities, "tariffs": tariffs})


PAGES = [activities_page]
