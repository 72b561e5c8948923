"""Enrollment requests for agents: what waits, validate or refuse with a reason."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.booking.api import decide_enrollment, list_enrollments
from contracts.booking.models import EnrollmentDecision
from contracts.types import ActorKind, EnrollmentStatus
from gateway.calls import Refused, typed_as

from ...kit import FormState
from ...visit import Notice, Visit


@get("/agents/inscriptions")
async def requests_page(visit: NamedDependency[Visit]) -> Response[Any]:
    """The enrollments of a status, those to decide by default."""
    visit.require(ActorKind.AGENT)
    return await _page(visit, FormState())


@post("/agents/inscriptions/{enrollment_id:uuid}/decision")
async def decide(enrollment_id: FromPath[UUID], visit: NamedDependency[Visit]) -> Response[Any]:
    """Validate or refuse; the family is told."""
    visit.require(ActorKind.AGENT)
    is_validated = visit.posted.get("decision") == "validate"
    field = f"reason.{enrollment_id}"
    body = {"is_validated": is_validated, "reason": visit.posted.get(field).strip() or None}
    try:
        await visit.call(decide_enrollment, enrollment_id, typed_as(EnrollmentDecision, body))
    except Refused as refused:
        state = visit.refused(refused, {field: visit.posted.get(field)})
        errors = {field: " ".join(state.errors.values())} if state.errors else {}
        return await _page(visit, replace(state, errors=errors))
    notice = Notice("success", "enrollment_validated" if is_validated else "enrollment_refused")
    return visit.redirect("/agents/inscriptions", notice)


async def _page(visit: Visit, form: FormState) -> Response[str]:
    asked = visit.query("etat")
    status = EnrollmentStatus(asked) if asked in set(EnrollmentStatus) else EnrollmentStatus.REQUESTED
    found = await visit.call(list_enrollments, status, cursor=visit.cursor)
    context = {
        "status": status,
        "statuses": list(EnrollmentStatus),
        "enrollments": found.items,
        "next_cursor": found.next_cursor,
        "today": visit.portal.today(),
    }
    return visit.page("agents/enrollments.html.j2", context, form=form)


HANDLERS = [requests_page, decide]
