"""Enrollment requests for agents: what waits, validate or refuse with a reason."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.types import ActorKind, EnrollmentStatus
from gateway.admission import Form
from gateway.auth import Visitor
from gateway.clients.calling import Refused
from gateway.services import Services

from ...kit import FormState
from ...render import Notice, Portal

AnyRequest = Request[Any, Any, Any]


@get("/agents/inscriptions")
async def requests_page(
    request: AnyRequest, visitor: NamedDependency[Visitor], services: NamedDependency[Services]
) -> Response[Any]:
    """The enrollments of a status, those to decide by default."""
    visitor.require(ActorKind.AGENT)
    return await _page(request, visitor, services, FormState())


@post("/agents/inscriptions/{enrollment_id:uuid}/decision")
async def decide(
    request: AnyRequest,
    enrollment_id: FromPath[UUID],
    visitor: NamedDependency[Visitor],
    form: NamedDependency[Form],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Validate or refuse; the family is told."""
    visitor.require(ActorKind.AGENT)
    portal: Portal = request.app.state.portal
    is_validated = form.get("decision") == "validate"
    field = f"reason.{enrollment_id}"
    body = {"is_validated": is_validated, "reason": form.get(field).strip() or None}
    try:
        await services.booking.decide_enrollment(visitor.caller, enrollment_id, body)
    except Refused as refused:
        if refused.problem.status == 404:
            raise
        errors = [portal.refusals.field(e.pointer, e.code, e.params) for e in refused.problem.errors]
        state = FormState({field: form.get(field)}, {field: " ".join(errors)} if errors else {})
        return await _page(request, visitor, services, state, "" if errors else portal.refusal_text(refused.problem))
    notice = Notice("success", "enrollment_validated" if is_validated else "enrollment_refused")
    return portal.redirect("/agents/inscriptions", notice)


async def _page(
    request: AnyRequest, visitor: Visitor, services: Services, form: FormState, refusal: str = ""
) -> Response[str]:
    portal: Portal = request.app.state.portal
    asked = request.query_params.get("etat", EnrollmentStatus.REQUESTED.value)
    status = EnrollmentStatus(asked) if asked in set(EnrollmentStatus) else EnrollmentStatus.REQUESTED
    found = await services.booking.enrollments(visitor.caller, status, cursor=request.query_params.get("suite"))
    context = {
        "status": status,
        "statuses": list(EnrollmentStatus),
        "enrollments": found.items,
        "next_cursor": found.next_cursor,
        "today": portal.today(),
        "form": form,
        "refusal": refusal,
    }
    page_status = 422 if form.errors or refusal else 200
    return portal.page(request, "agents/enrollments.html.j2", visitor, context, status=page_status)


HANDLERS = [requests_page, decide]
