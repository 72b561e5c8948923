"""What waits for an agent today."""

import asyncio
from typing import Any

from litestar import Response

from contracts.billing.api import list_invoice_runs
from contracts.booking.api import list_enrollments, list_slots, show_attendance
from contracts.family.api import list_registrations, open_household
from contracts.identity.agents_api import own_rights
from contracts.types import EnrollmentStatus
from gateway.composing import permitted
from portal.frame.spaces import MenuLabel, page
from portal.frame.visit import Visit


@page("/agents", entry=MenuLabel("agents.menu.dashboard", "home"))
async def dashboard_page(visit: Visit) -> Response[Any]:
    """Requests to decide, of enrollments and of spaces, sheets to close today, and the invoice runs for whoever invoices."""
    today = visit.portal.today()
    asks_for_spaces = visit.portal.town.has_registration and visit.may(list_registrations)
    requests, registrations, slots, runs = await asyncio.gather(
        permitted(visit.call(list_enrollments, EnrollmentStatus.REQUESTED)),
        permitted(visit.call(list_registrations)) if asks_for_spaces else _nothing(),
        permitted(visit.call(list_slots, today, today)) if visit.may(show_attendance) else _nothing(),
        permitted(visit.call(list_invoice_runs)) if visit.may(list_invoice_runs) else _nothing(),
    )
    has_rights = bool(visit.session.permissions)
    context = {
        "rights": None if has_rights else await visit.call(own_rights),
        "requests": requests,
        "registrations": registrations,
        "slots": slots,
        "runs": runs,
        "today": today,
        "can_open_household": visit.may(open_household),
    }
    return visit.page("agents/direction/dashboard.html.j2", context)


async def _nothing() -> None:
    return None


PAGES = [dashboard_page]
