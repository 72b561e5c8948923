"""Enrollment requests for agents: what waits, validate or refuse with a reason."""

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response

from chassis.comparing import Person, namesakes
from contracts.booking.api import decide_enrollment, list_enrollments
from contracts.booking.models import Enrollment, EnrollmentDecision
from contracts.http import Page
from contracts.types import EnrollmentStatus
from gateway.calls import Refused, typed_as
from portal.frame.alike import told_apart
from portal.frame.exports import Column, can_export, export
from portal.frame.spaces import MenuLabel, action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form
from portal.kit.formats import civil_date

DECISION: Final = Form(EnrollmentDecision, "agents.enrollments", ("reason",))
"""One for each enrollment of the list: what is typed in it is named `reason.<enrollment_id>`."""
FILE_NAMES: Final = {
    EnrollmentStatus.REQUESTED: "a-decider",
    EnrollmentStatus.VALIDATED: "validees",
    EnrollmentStatus.REFUSED: "refusees",
    EnrollmentStatus.ENDED: "terminees",
}


@page("/agents/inscriptions", entry=MenuLabel("agents.menu.enrollments", "activity", list_enrollments))
async def requests_page(visit: Visit) -> Response[Any]:
    """The enrollments of a status, those to decide by default."""
    status = _status(visit)
    enrollments = await visit.call(list_enrollments, status, cursor=visit.cursor)
    context = {
        "status": status,
        "statuses": list(EnrollmentStatus),
        "enrollments": enrollments.items,
        "next_cursor": enrollments.next_cursor,
        "can_export": can_export(visit),
        "today": visit.portal.today(),
        "apart": partial(told_apart, visit.portal.texts),
        "namesakes": namesakes(
            {
                enrollment.child_id: Person(enrollment.child_first_name, enrollment.child_last_name)
                for enrollment in enrollments.items
            }
        ),
    }
    return visit.page("agents/counter/enrollments.html.j2", context, form=visit.form(DECISION))


@file("/agents/inscriptions/tableau")
async def requests_file(visit: Visit) -> Response[Any]:
    """The enrollments of a status, for a spreadsheet."""

    texts, zone, status = visit.portal.texts, visit.portal.town.town.zone, _status(visit)

    def read(cursor: str | None) -> Awaitable[Page[Enrollment]]:
        return visit.call(list_enrollments, status, cursor=cursor)

    columns: Sequence[Column[Enrollment]] = (
        Column("agents.enrollments.first_name", lambda enrollment: enrollment.child_first_name),
        Column("agents.enrollments.last_name", lambda enrollment: enrollment.child_last_name),
        Column("agents.enrollments.birth_on", lambda enrollment: enrollment.child_birth_on),
        Column("agents.enrollments.activity", lambda enrollment: enrollment.activity_label),
        Column("agents.enrollments.starts_on", lambda enrollment: enrollment.starts_on),
        Column("agents.enrollments.ends_on", lambda enrollment: enrollment.ends_on),
        Column("agents.enrollments.requested_at", lambda enrollment: civil_date(enrollment.requested_at, zone)),
        Column(
            "agents.enrollments.state", lambda enrollment: texts(f"agents.enrollments.state_of.{enrollment.status}")
        ),
        Column(
            "agents.enrollments.decided_at",
            lambda enrollment: enrollment.decided_at and civil_date(enrollment.decided_at, zone),
        ),
        Column("agents.enrollments.reason_given", lambda enrollment: enrollment.end_reason or enrollment.reason),
    )
    return await export(visit, f"inscriptions-{FILE_NAMES[status]}", columns, read)


def _status(visit: Visit) -> EnrollmentStatus:
    """The status that the address asks for, those to decide by default."""
    asked = visit.query("etat")
    return EnrollmentStatus(asked) if asked in set(EnrollmentStatus) else EnrollmentStatus.REQUESTED


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


PAGES = [requests_page, requests_file, decide]
