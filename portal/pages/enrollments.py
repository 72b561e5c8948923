"""Enrollments of a family's children: where each stands, and the form that asks for a new one."""

import asyncio
from typing import Any
from uuid import uuid4

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from contracts.types import ActorKind
from gateway.admission import Form
from gateway.auth import Visitor
from gateway.clients.calling import Refused
from gateway.services import Services

from ..kit import FormState
from ..render import Notice, Portal, nest

AnyRequest = Request[Any, Any, Any]
FIELDS = ("child_id", "activity_id", "starts_on", "ends_on")


@get("/inscriptions")
async def enrollments_page(
    request: AnyRequest,
    visitor: NamedDependency[Visitor],
    portal: NamedDependency[Portal],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Every enrollment with its marker, latest first."""
    visitor.require(ActorKind.PARENT)
    page = await services.booking.enrollments(visitor.caller, cursor=request.query_params.get("suite"))
    context = {"enrollments": page.items, "next_cursor": page.next_cursor}
    return portal.page(request, "enrollments/list.html.j2", visitor, context)


@get("/inscriptions/nouvelle")
async def new_enrollment_page(
    request: AnyRequest, visitor: NamedDependency[Visitor], services: NamedDependency[Services]
) -> Response[Any]:
    """The form of a new enrollment."""
    visitor.require(ActorKind.PARENT)
    return await _form_page(request, visitor, services, FormState(), key=str(uuid4()))


@post("/inscriptions/nouvelle")
async def enroll(
    request: AnyRequest,
    visitor: NamedDependency[Visitor],
    form: NamedDependency[Form],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Send the request; what is wrong is said by its field and what was typed is kept."""
    visitor.require(ActorKind.PARENT)
    portal: Portal = request.app.state.portal
    key = form.get("idempotency_key") or str(uuid4())
    typed = {name: form.get(name) for name in FIELDS}
    try:
        await services.booking.enroll(visitor.caller, nest(typed), key)
    except Refused as refused:
        state = portal.form_state(typed, refused.problem)
        refusal = None if state.errors else portal.refusal_text(refused.problem)
        return await _form_page(request, visitor, services, state, str(uuid4()), refusal)
    return portal.redirect("/inscriptions", Notice("success", "enrollment_sent"))


async def _form_page(
    request: AnyRequest,
    visitor: Visitor,
    services: Services,
    form: FormState,
    key: str,
    refusal: str | None = None,
) -> Response[str]:
    portal: Portal = request.app.state.portal
    household, activities = await asyncio.gather(
        services.family.own_household(visitor.caller), services.booking.activities(visitor.caller)
    )
    labels = [
        (
            str(activity.activity_id),
            portal.texts(
                "enrollments.new_form.activity_option",
                label=activity.label,
                site=activity.site_label,
                age_min=activity.age_min,
                age_max=activity.age_max,
            ),
        )
        for activity in activities.items
    ]
    context = {
        "form": form,
        "key": key,
        "refusal": refusal,
        "children": [(str(child.child_id), child.first_name) for child in household.children],
        "activities": labels,
    }
    status = 422 if form.errors or refusal else 200
    return portal.page(request, "enrollments/new.html.j2", visitor, context, status=status)


HANDLERS = [enrollments_page, new_enrollment_page, enroll]
