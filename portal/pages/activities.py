"""The public catalogue: what the town offers, for which ages, and at which tariffs."""

import asyncio
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from gateway.auth import Visitor
from gateway.composing import optional
from gateway.services import Services

from ..render import Portal


@get("/activites")
async def activities_page(
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    portal: NamedDependency[Portal],
    services: NamedDependency[Services],
) -> Response[Any]:
    """The catalogue and the tariffs; either is shown without the other when a service does not answer."""
    activities, tariffs = await asyncio.gather(
        optional(services.booking.activities(visitor.caller)), optional(services.billing.tariffs(visitor.caller))
    )
    context = {"activities": activities, "tariffs": tariffs}
    return portal.page(request, "home/activities.html.j2", visitor, context)


HANDLERS = [activities_page]
