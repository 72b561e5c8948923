"""Enrolling a child at the counter: by the rules of a request that the family makes itself, noted as the agent's."""

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.booking.api import list_activities, request_enrollment
from contracts.booking.models import EnrollmentCreate
from gateway.calls import Refused, typed_as
from portal.agents.file.head import head_of
from portal.agents.file.reading import PATH, household_of, open_file
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

NEW: Final = Form(EnrollmentCreate, "enrollments.new_form", ("child_id", "activity_id", "starts_on", "ends_on"))
SEPARATOR: Final = ":"
"""Between an activity and the site of it that is chosen with it."""


@page(f"{PATH}/inscrire")
async def enroll_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """For which child, in which activity, from when until when."""
    opened, activities = await asyncio.gather(
        open_file(visit, household_id, household_of(visit, household_id)), visit.call(list_activities)
    )
    texts = visit.portal.texts
    labels = [
        (
            f"{activity.activity_id}{SEPARATOR}{site.code}",
            texts(
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
        **head_of(visit, opened, "enrollments"),
        "children": [(str(child_id), name) for child_id, name in opened.names.children.items()],
        "activities": labels,
    }
    return visit.page("agents/file/enroll.html.j2", context, form=visit.form(NEW))


@action(f"{PATH}/inscrire")
async def enroll(visit: Visit, household_id: UUID) -> Response[Any]:
    """Send the request; what is wrong is said by its field, and what was typed is kept."""
    typed = NEW.typed(visit.posted.values)
    activity_id, _, site_code = str(typed.get("activity_id", "")).partition(SEPARATOR)
    wish = NEW.body(typed) | {
        "household_id": str(household_id),
        "activity_id": activity_id,
        "site_code": site_code or None,
    }
    try:
        await visit.call(request_enrollment, typed_as(EnrollmentCreate, wish))
    except Refused as refused:
        return await show_again(visit, enroll_page, visit.refused(refused, typed, NEW), household_id=household_id)
    path = f"/agents/familles/{household_id}/inscriptions"
    return visit.redirect(path, FlashNotice("success", "enrollment_asked_at_counter"))


PAGES = [enroll_page, enroll]
