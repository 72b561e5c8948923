"""Enrollment requests for agents: what waits, validate or refuse with a reason."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.booking.api import decide_enrollment, list_enrollments
from contracts.booking.models import EnrollmentDecision
from contracts.types import EnrollmentStatus
from gateway.calls import Refused, typed_as
from portal.frame.spaces import MenuLabel, action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

DECISION: Final = Form(EnrollmentDecision, "agents.enrollments", ("reason",))
"""One for each enrollment of the list: what is typed in it is named `reason.<enrollment_id>`."""


@page("/agents/inscriptions", entry=MenuLabel("agents.menu.enrollments", "activity", list_enrollments))
async def requests_page(visit: Visit) -> Response[Any]:
    """The enrollments of a status, those to decide by default."""
    asked = visit.query("etat")
    status = EnrollmentStatus(asked) if asked in set(EnrollmentStatus) else EnrollmentStatus.REQUESTED
    enrollments = await visit.call(list_enrollments, status, cursor=visit.cursor)
    context = {
        "status": status,
        "statuses": list(EnrollmentStatus),
        "enrollments": enrollments.items,
        "next_cursor": enrollments.next_cursor,
        "today": visit.portal.today(),
    }
    return visit.page("agents/counter/enrollments.html.j2", context, form=visit.form(DECISION))


@action("/agents/inscriptions/{enrollment_id:uuid}/decision")
async def decide(visit: Visit, enrollment_id: UUID) -> Response[Any]:
    """Validate or refuse; the family is told."""
    is_validated = visit.posted.get("decision") == "validate"
    field = f"reason.{enrollment_id}"
    body = {"is_validated": is_validated, "reason": visit.posted.get(field).strip() or None}
    try:
        await visit.call(decide_enrollment, enrollment_id, typed_as(EnrollmentDecision, body))
    except Refused as refused:
        state = visit.refused(refused, {field: visit.posted.get(field)}, DECISION)
        errors = {field: " ".join(state.errors.values())} if state.errors else {}
        return await show_again(visit, requests_page, replace(state, errors=errors))
    notice = FlashNotice("success", "enrollment_validated" if is_validated else "enrollment_refused")
    return visit.redirect("/agents/inscriptions", notice)


PAGES = [requests_page, decide]
