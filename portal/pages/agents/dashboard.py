"""What waits for an agent today."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from contracts.billing.api import list_invoice_runs
from contracts.booking.api import list_enrollments, list_slots
from contracts.types import ActorKind, EnrollmentStatus, Role
from gateway.composing import permitted

from ...visit import Visit

FINANCE = frozenset({Role.FINANCE, Role.DIRECTOR})


@get("/agents")
async def dashboard_page(visit: NamedDependency[Visit]) -> Response[Any]:
    """Requests to decide, sheets to close today, and the invoice runs for whoever invoices."""
    session = visit.require(ActorKind.AGENT)
    today = visit.portal.today()
    requests, slots, runs = await asyncio.gather(
        permitted(visit.call(list_enrollments, EnrollmentStatus.REQUESTED)),
        permitted(visit.call(list_slots, today, today)),
        permitted(visit.call(list_invoice_runs)) if FINANCE & set(session.roles) else _nothing(),
    )
    context = {"requests": requests, "slots": slots, "runs": runs, "today": today}
    return visit.page("agents/dashboard.html.j2", context)


async def _nothing() -> None:
    return None


HANDLERS = [dashboard_page]
