"""What waits for an agent today."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from litestar import Response

from contracts.billing.api import list_invoice_runs
from contracts.booking.api import list_enrollments, list_slots, show_attendance
from contracts.family.api import list_registrations, open_household
from contracts.identity.agents_api import own_rights
from contracts.queue import WaitingKind
from contracts.types import EnrollmentStatus
from gateway.composing import permitted
from portal.agents.queue.sources import WORDS, Filters, read_counts
from portal.frame.spaces import MenuLabel, page
from portal.frame.visit import Visit

CARDS: Final = (WaitingKind.ENROLLMENT, WaitingKind.REGISTRATION)
"""What has a card of its own."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of a kind waits, and where it stands in the queue."""

    kind: WaitingKind
    url: str
    count: int


@page("/agents", entry=MenuLabel("agents.menu.dashboard", "home"))
async def dashboard_page(visit: Visit) -> Response[Any]:
    """Requests to decide, of enrollments and of spaces, what else of families waits, sheets to close today, and the invoice runs for whoever invoices."""
    today = visit.portal.today()
    asks_for_spaces = visit.portal.town.has_registration and visit.may(list_registrations)
    requests, registrations, slots, runs, waiting = await asyncio.gather(
        permitted(visit.call(list_enrollments, EnrollmentStatus.REQUESTED)),
        permitted(visit.call(list_registrations)) if asks_for_spaces else _nothing(),
        permitted(visit.call(list_slots, today, today)) if visit.may(show_attendance) else _nothing(),
        permitted(visit.call(list_invoice_runs)) if visit.may(list_invoice_runs) else _nothing(),
        _waiting(visit),
    )
    lines, is_cut = waiting
    has_rights = bool(visit.session.permissions)
    context = {
        "rights": None if has_rights else await visit.call(own_rights),
        "requests": requests,
        "registrations": registrations,
        "slots": slots,
        "runs": runs,
        "waiting": lines,
        "is_cut": is_cut,
        "today": today,
        "can_open_household": visit.may(open_household),
    }
    return visit.page("agents/direction/dashboard.html.j2", context)


async def _waiting(visit: Visit) -> tuple[list[Waiting], bool]:
    """What else waits in the queue, kind by kind, for whoever may see it; whether a service of it does not answer."""
    counts, missing = await read_counts(visit)
    lines = [
        Waiting(count.kind, Filters({"nature": WORDS[count.kind]}).at(), count.count)
        for count in counts
        if count.kind not in CARDS
    ]
    return lines, "family" in missing


async def _nothing() -> None:
    return None


PAGES = [dashboard_page]
