"""What waits for an agent today."""

import asyncio
from dataclasses import dataclass
from typing import Any

from litestar import Response

from contracts.billing.api import list_invoice_runs
from contracts.booking.api import list_enrollments, list_slots, show_attendance
from contracts.family.api import list_registrations, open_household
from contracts.family.births_api import list_expected_children
from contracts.family.changes_api import list_changes
from contracts.family.derogations_api import list_derogations
from contracts.family.document_words import DocumentStatus
from contracts.family.documents_api import list_documents
from contracts.family.sector_words import DerogationStatus
from contracts.identity.agents_api import own_rights
from contracts.types import EnrollmentStatus
from gateway.composing import Part, permitted
from portal.frame.spaces import MenuLabel, page
from portal.frame.visit import Visit


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in a list: its words, where it stands, how much, none where its service does not answer, and whether there is more."""

    key: str
    url: str
    count: int | None
    has_more: bool = False


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
    has_rights = bool(visit.session.permissions)
    context = {
        "rights": None if has_rights else await visit.call(own_rights),
        "requests": requests,
        "registrations": registrations,
        "slots": slots,
        "runs": runs,
        "waiting": waiting,
        "today": today,
        "can_open_household": visit.may(open_household),
    }
    return visit.page("agents/direction/dashboard.html.j2", context)


async def _waiting(visit: Visit) -> list[Waiting]:
    """What of families waits for whoever may see it, list by list."""
    changes, documents, derogations, births = await asyncio.gather(
        permitted(visit.call(list_changes)),
        permitted(visit.call(list_documents, DocumentStatus.SENT)),
        permitted(visit.call(list_derogations, status=DerogationStatus.WAITING)),
        permitted(visit.call(list_expected_children)),
    )
    lists: tuple[tuple[str, str, Part[Any] | None], ...] = (
        ("changes", "/agents/corrections", changes),
        ("documents", "/agents/documents", documents),
        ("derogations", "/agents/derogations", derogations),
        ("births", "/agents/naissances", births),
    )
    today = visit.portal.today()
    lines = []
    for key, url, part in lists:
        if part is not None and part.value is None:
            lines.append(Waiting(key, url, None))
        elif part is not None and part.value is not None:
            # Of births, those wait whose day has come; they stand first.
            items = [item for item in part.value.items if key != "births" or item.birth_on <= today]
            has_more = part.value.next_cursor is not None and len(items) == len(part.value.items)
            lines.append(Waiting(key, url, len(items), has_more))
    return lines


async def _nothing() -> None:
    return None


PAGES = [dashboard_page]
