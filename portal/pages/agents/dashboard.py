"""What waits for an agent today."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from contracts.types import ActorKind, EnrollmentStatus, Role
from gateway.auth import Visitor
from gateway.clients.calling import Refused
from gateway.composing import Part, optional
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
    today = datetime.now(UTC).astimezone(portal.town.town.zone).date()
    requests, slots, runs = await asyncio.gather(
        _permitted(optional(services.booking.enrollments(visitor.caller, EnrollmentStatus.REQUESTED))),
        _permitted(optional(services.booking.slots(visitor.caller, today, today))),
        _permitted(optional(services.billing.runs(visitor.caller))) if FINANCE & set(session.roles) else _nothing(),
    )
    context = {"requests": requests, "slots": slots, "runs": runs, "today": today}
    return portal.page(request, "agents/dashboard.html.j2", visitor, context)


async def _permitted(call: Any) -> Part[Any] | None:
    """A part of the page, or nothing at all when the agent's role does not open it."""
    try:
        part: Part[Any] = await call
    except Refused:
        return None
    return part


async def _nothing() -> None:
    return None


HANDLERS = [dashboard_page]
