"""Enrollments of a family's children: where each stands, and the form that asks for a new one."""

import asyncio
from typing import Any
from uuid import uuid4

from litestar import Response, get, post
from litestar.di import NamedDependency

from chassis.comparing import Person, first_names_apart
from contracts.booking.api import list_activities, list_enrollments, request_enrollment
from contracts.booking.models import EnrollmentCreate
from contracts.family.api import my_household
from contracts.types import ActorKind
from gateway.calls import Refused, typed_as
from gateway.composing import Part

from ..kit import FormState
from ..render import nest
from ..visit import Notice, Visit
from .home import child_names, greeting, own_guardian

FIELDS = ("child_id", "activity_id", "starts_on", "ends_on")


@get("/inscriptions")
async def enrollments_page(visit: NamedDependency[Visit]) -> Response[Any]:
    """Every enrollment with its marker, latest first."""
    visit.require(ActorKind.PARENT)
    found = await visit.call(list_enrollments, cursor=visit.cursor)
    names = first_names_apart({row.child_id: Person(row.child_first_name, row.child_last_name) for row in found.items})
    context = {"enrollments": found.items, "names": names, "next_cursor": found.next_cursor}
    return visit.page("enrollments/list.html.j2", context)


@get("/inscriptions/nouvelle")
async def new_enrollment_page(visit: NamedDependency[Visit]) -> Response[Any]:
    """The form of a new enrollment."""
    visit.require(ActorKind.PARENT)
    return await _form_page(visit, FormState())


@post("/inscriptions/nouvelle")
async def enroll(visit: NamedDependency[Visit]) -> Response[Any]:
    """Send the request; what is wrong is said by its field and what was typed is kept."""
    visit.require(ActorKind.PARENT)
    typed = {name: visit.posted.get(name) for name in FIELDS}
    try:
        await visit.call(request_enrollment, typed_as(EnrollmentCreate, nest(typed)))
    except Refused as refused:
        return await _form_page(visit, visit.refused(refused, typed))
    return visit.redirect("/inscriptions", Notice("success", "enrollment_sent"))


async def _form_page(visit: Visit, form: FormState) -> Response[str]:
    household, activities = await asyncio.gather(visit.call(my_household), visit.call(list_activities))
    labels = [
        (
            str(activity.activity_id),
            visit.portal.texts(
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
        "key": str(uuid4()),
        "children": [(str(child_id), name) for child_id, name in child_names(household).items()],
        "activities": labels,
    }
    guardian = own_guardian(Part(household), visit.require(ActorKind.PARENT).guardian_id)
    words = greeting(visit.portal.texts, guardian) if guardian else None
    return visit.page("enrollments/new.html.j2", context, form=form, greeting=words)


HANDLERS = [enrollments_page, new_enrollment_page, enroll]
