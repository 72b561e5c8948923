"""Enrollments of a family's children: where each stands, and the form that asks for a new one."""

import asyncio
from typing import Any
from uuid import uuid4

from litestar import Response

from chassis.comparing import Person, first_names_apart
from contracts.booking.api import list_activities, list_enrollments, request_enrollment
from contracts.booking.models import EnrollmentCreate
from contracts.family.api import my_household
from gateway.calls import Refused, typed_as
from gateway.composing import Part
from portal.family.home.pages import child_names, greeting, own_guardian
from portal.frame.spaces import form, page
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState, nest

FIELDS = ("child_id", "activity_id", "starts_on", "ends_on")


@page("/inscriptions")
async def enrollments_page(visit: Visit) -> Response[Any]:
    """Every enrollment with its marker, latest first."""
    found = await visit.call(list_enrollments, cursor=visit.cursor)
    names = first_names_apart({row.child_id: Person(row.child_first_name, row.child_last_name) for row in found.items})
    context = {"enrollments": found.items, "names": names, "next_cursor": found.next_cursor}
    return visit.page("family/enrollments/list.html.j2", context)


@page("/inscriptions/nouvelle")
async def new_enrollment_page(visit: Visit) -> Response[Any]:
    """The form of a new enrollment."""
    return await _form_page(visit, FormState())


@form("/inscriptions/nouvelle")
async def enroll(visit: Visit) -> Response[Any]:
    """Send the request; what is wrong is said by its field and what was typed is kept."""
    typed = {name: visit.posted.get(name) for name in FIELDS}
    try:
        await visit.call(request_enrollment, typed_as(EnrollmentCreate, nest(typed)))
    except Refused as refused:
        return await _form_page(visit, visit.refused(refused, typed))
    return visit.redirect("/inscriptions", FlashNotice("success", "enrollment_sent"))


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
    guardian = own_guardian(Part(household), visit.session.guardian_id)
    words = greeting(visit.portal.texts, guardian) if guardian else None
    return visit.page("family/enrollments/new.html.j2", context, form=form, greeting=words)


PAGES = [enrollments_page, new_enrollment_page, enroll]
