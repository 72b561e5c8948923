"""The public catalogue: what the town offers, for which ages, and at which tariffs."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from gateway.composing import optional

from ..visit import Visit


@get("/activites")
async def activities_page(visit: NamedDependency[Visit]) -> Response[Any]:
    """The catalogue and the tariffs; either is shown without the other when a service does not answer."""
    activities, tariffs = await asyncio.gather(
        optional(visit.services.booking.activities(visit.caller)),
        optional(visit.services.billing.tariffs(visit.caller)),
    )
    return visit.page("home/activities.html.j2", {"activities": activities, "tariffs": tariffs})


HANDLERS = [activities_page]
