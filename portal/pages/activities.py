"""The public catalogue: what the town offers, for which ages, and at which tariffs."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from contracts.billing.api import list_tariffs
from contracts.booking.api import list_activities
from gateway.composing import optional

from ..visit import Visit


@get("/activites")
async def activities_page(visit: NamedDependency[Visit]) -> Response[Any]:
    """The catalogue and the tariffs; either is shown without the other when a service does not answer."""
    activities, tariffs = await asyncio.gather(
        optional(visit.call(list_activities)),
        optional(visit.call(list_tariffs)),
    )
    return visit.page("home/activities.html.j2", {"activities": activities, "tariffs": tariffs})


HANDLERS = [activities_page]
