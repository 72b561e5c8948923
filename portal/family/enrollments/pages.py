"""Enrollments of a family's children: where each stands, and the form that asks for a new one."""

import asyncio
from dataclasses import replace
from typing import Any, Final

from litestar import Response

from chassis.comparing import Person, first_names_apart
from contracts.booking.api import list_activities, list_enrollments, request_enrollment
from contracts.booking.models import EnrollmentCreate
from contracts.family.api import my_household
from contracts.family.children_api import my_children
from gateway.calls import Refused, typed_as
from gateway.composing import permitted
from portal.frame.alike import child_names
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

NEW_ENROLLMENT: Final = Form(
    EnrollmentCreate, "enrollments.new_form", ("child_id", "activity_id", "starts_on", "ends_on")
)
SEPARATOR: Final = ":"
"""Between an activity and the site of it that a family chooses with it."""


@page("/inscriptions")
async def enrollments_page(visit: Visit) -> Response[Any]:
    """Every enrollment with its marker, latest first."""
    enrollments, children = await asyncio.gather(
        visit.call(list_enrollments, cursor=visit.cursor), permitted(visit.call(my_children))
    )
    names = first_names_apart(
        {
            row.child_id: Person(row.child_first_name, row.child_last_name, row.child_birth_on)
            for row in enrollments.items
        }
    )
    context = {
        "enrollments": enrollments.items,
        "names": names,
        "next_cursor": enrollments.next_cursor,
        "children": child_names(children.value.items) if children and children.value else {},
    }
    return visit.page("family/enrollments/list.html.j2", context)


@page("/inscriptions/nouvelle")
async def new_enrollment_page(visit: Visit) -> Response[Any]:
    household, activities = await asyncio.gather(visit.call(my_household), visit.call(list_activities))
    labels = [
        (
            f"{activity.activity_id}{SEPARATOR}{site.code}",
            visit.portal.texts(
                "enrollments.new_form.activity_option",
                label=activity.label,
                site=site.label,
                age_min=activity.age_min,
                age_max=activity.age_max,
            ),
        )
        for activity in activities.items
        for site in activity.sites
    ]
    context = {
        "children": [(str(child_id), name) for child_id, name in child_names(household.children).items()],
        "activities": labels,
        "household_id": household.household_id,
        "asks_documents": any(activity.required_documents for activity in activities.items),
    }
    return visit.page("family/enrollments/new.html.j2", context, form=visit.form(NEW_ENROLLMENT))


@action("/inscriptions/nouvelle")
async def enroll(visit: Visit) -> Response[Any]:
    """Send the request; what is wrong is said by its field and what was typed is kept."""
    typed = NEW_ENROLLMENT.typed(visit.posted.values)
    activity_id, _, site_code = str(typed.get("activity_id", "")).partition(SEPARATOR)
    wish = NEW_ENROLLMENT.body(typed) | {
        "household_id": visit.posted.get("household_id") or None,
        "activity_id": activity_id,
        "site_code": site_code or None,
    }
    try:
        enrollment = await visit.call(request_enrollment, typed_as(EnrollmentCreate, wish))
    except Refused as refused:
        state = visit.refused(refused, typed, NEW_ENROLLMENT)
        if visit.visitor.household and visit.posted.get("household_id") != str(visit.visitor.household.household_id):
            # The page is about the file that was chosen since, in another tab.
            state = replace(state, refusal=visit.portal.texts("enrollments.other_household"))
        return await show_again(visit, new_enrollment_page, state)
    chosen = visit.visitor.household
    is_shown = chosen is None or chosen.household_id == enrollment.household_id
    return visit.redirect(
        "/inscriptions", FlashNotice("success", "enrollment_sent" if is_shown else "enrollment_sent_elsewhere")
    )


PAGES = [enrollments_page, new_enrollment_page, enroll]
