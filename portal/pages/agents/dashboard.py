"""What waits for an agent today."""

import asyncio
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from contracts.types import ActorKind, EnrollmentStatus, Role
from gateway.auth import Visitor
from gateway.composing import permitted
from gateway.services import Services

from ...render import Portal

FINANCE = frozenset({Role.FINANCE, Role.DIRECTOR})


@get("/agents")
async def dashboard_page(
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    portal: NamedDependency[Portal],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Requests to decide, sheets to close today, and the invoice runs for whoever invoices."""
    session = visitor.require(ActorKind.AGENT)
    today = portal.today()
    requests, slots, runs = await asyncio.gather(
        permitted(services.booking.enrollments(visitor.caller, EnrollmentStatus.REQUESTED)),
        permitted(services.booking.slots(visitor.caller, today, today)),
        permitted(services.billing.runs(visitor.caller)) if FINANCE & set(session.roles) else _nothing(),
    )
    context = {"requests": requests, "slots": slots, "runs": runs, "today": today}
    return portal.page(request, "agents/dashboard.html.j2", visitor, context)


async def _nothing() -> None:
    return None


HANDLERS = [dashboard_page]
