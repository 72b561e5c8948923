"""The overview of a file: people and homes, what waits, enrollments, a week of days, the account, and what was done last."""

import asyncio
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Response

from chassis.clock import age_on
from contracts.billing.api import list_invoices, read_child_payers
from contracts.billing.payers import ChildPayers
from contracts.booking.api import decide_enrollment, household_calendar
from contracts.booking.models import Calendar
from contracts.family.births_api import register_birth
from contracts.family.changes_api import list_changes
from contracts.family.documents_api import list_documents
from contracts.family.requests_api import list_requests
from contracts.family.resources_api import read_resources
from contracts.types import EnrollmentStatus
from gateway.composing import Part
from portal.agents.file.head import LIVE, head_of
from portal.agents.file.homes import homes_of
from portal.agents.file.lately import delegations_of, history_of
from portal.agents.file.reading import PATH, Opened, household_of, items_of, open_file, part_of, value_of
from portal.agents.file.waiting import waiting_of
from portal.agents.file.week import week_of
from portal.frame.spaces import page
from portal.frame.visit import Visit
from portal.kit.days import day_typed, monday

DECIDED: Final = (decide_enrollment, list_changes, register_birth, list_documents, list_requests, read_resources)
"""What tells an agent of something to decide."""
LATELY: Final = 3
INVOICES_SHOWN: Final = 2
ENROLLMENTS_SHOWN: Final = 8


@page(PATH)
async def overview_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """All of a file on one screen; each part is missing alone."""
    household, delegations = household_of(visit, household_id), delegations_of(visit, household_id)
    (opened, calendar, invoices, history), (changes, requests, resources) = await asyncio.gather(
        asyncio.gather(
            open_file(visit, household_id, household),
            _calendar(visit, household_id),
            part_of(visit, list_invoices, household_id),
            history_of(visit, household_id, household, delegations),
        ),
        asyncio.gather(
            part_of(visit, list_changes, household_id),
            part_of(visit, list_requests, None, None, household_id, None, True),
            part_of(visit, read_resources, household_id),
        ),
    )
    shares = await _shares(visit, opened)
    week = value_of(calendar)
    live = [row for row in items_of(opened.enrollments) if row.status in LIVE]
    context = {
        **head_of(visit, opened, "overview"),
        "ages": _ages(visit, opened),
        "homes": homes_of(opened, shares, visit.portal.texts, visit.portal.today()),
        "to_decide": [row for row in live if row.status is EnrollmentStatus.REQUESTED]
        if visit.may(decide_enrollment)
        else [],
        "changes": changes,
        "own_changes": known.items if (known := value_of(changes)) else (),
        "can_register_birth": visit.may(register_birth),
        "waiting": list(
            waiting_of(visit.portal.texts, items_of(opened.to_decide), items_of(requests), value_of(resources))
        ),
        "can_decide": any(visit.may(operation) for operation in DECIDED),
        "live": live[:ENROLLMENTS_SHOWN],
        "more_enrollments": max(0, len(live) - ENROLLMENTS_SHOWN),
        "calendar": calendar,
        "week": week_of(week, opened.names.children) if week else None,
        "invoices": invoices,
        "last_invoices": items_of(invoices)[:INVOICES_SHOWN],
        "history": history,
        "last_acts": history.lines[:LATELY] if history else (),
    }
    return visit.page("agents/file/overview.html.j2", context)


async def _calendar(visit: Visit, household_id: UUID) -> Part[Calendar] | None:
    """The week that the address names, the present one by default."""
    asked = day_typed(visit.query("semaine"))
    first = monday(asked or visit.portal.today())
    return await part_of(visit, household_calendar, first, first + timedelta(days=6), household_id)


async def _shares(visit: Visit, opened: Opened) -> list[Part[ChildPayers] | None]:
    """Who pays what part of the days of the children who have two homes."""
    circle = value_of(opened.circle)
    children = [child for child in circle.children if len(child.homes) > 1] if circle else []
    return list(await asyncio.gather(*(part_of(visit, read_child_payers, child.child_id) for child in children)))


def _ages(visit: Visit, opened: Opened) -> dict[UUID, int]:
    household, today = value_of(opened.household), visit.portal.today()
    return (
        {child.child_id: age_on(child.birth_on, today) for child in household.children if not child.is_expected}
        if household
        else {}
    )


PAGES = [overview_page]
