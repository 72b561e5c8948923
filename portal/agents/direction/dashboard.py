"""What waits for an agent today."""

import asyncio
from typing import Any

from litestar import Response

from contracts.billing.api import list_invoice_runs
from contracts.booking.api import list_enrollments, list_slots
from contracts.types import EnrollmentStatus, Role
from gateway.composing import permitted
from portal.frame.spaces import MenuLabel, page
from portal.frame.visit import Visit

FINANCE = frozenset({Role.FINANCE, Role.DIRECTOR})


@page("/agents", entry=MenuLabel("agents.menu.dashboard", "home"))
async def dashboard_page(visit: Visit) -> Response[Any]:
    """Requests to decide, sheets to close today, and the invoice runs for whoever invoices."""
    session = visit.session
    today = visit.portal.today()
    requests, slots, runs = await asyncio.gather(
        permitted(visit.call(list_enrollments, EnrollmentStatus.REQUESTED)),
        permitted(visit.call(list_slots, today, today)),
        permitted(visit.call(list_invoice_runs)) if FINANCE & set(session.roles) else _nothing(),
    )
    context = {"requests": requests, "slots": slots, "runs": runs, "today": today}
    return visit.page("agents/direction/dashboard.html.j2", context)


async def _nothing() -> None:
    return None


PAGES = [dashboard_page]
