"""Attendance for agents on site: the days of a week, a day's sheet, its marks and its closure."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from contracts.types import ActorKind, Attendance
from gateway.admission import Form
from gateway.auth import Visitor
from gateway.clients.calling import Refused
from gateway.services import Services

from ...calendar_view import monday
from ...days import day_typed
from ...render import Notice, Portal

AnyRequest = Request[Any, Any, Any]
MARKS = (Attendance.PRESENT, Attendance.ABSENT_EXCUSED, Attendance.ABSENT_UNEXCUSED)


@get("/agents/pointage")
async def days_page(
    request: AnyRequest,
    visitor: NamedDependency[Visitor],
    portal: NamedDependency[Portal],
    services: NamedDependency[Services],
) -> Response[Any]:
    """The days of a week on which activities take place."""
    visitor.require(ActorKind.AGENT)
    week = monday(day_typed(request.query_params.get("semaine", "")) or portal.today())
    cursor = request.query_params.get("suite")
    found = await services.booking.slots(visitor.caller, week, week + timedelta(days=6), cursor=cursor)
    context = {
        "week": week,
        "previous_on": week - timedelta(weeks=1),
        "next_on": week + timedelta(weeks=1),
        "today": portal.today(),
        "slots": found.items,
        "next_cursor": found.next_cursor,
    }
    return portal.page(request, "agents/days.html.j2", visitor, context)


@get("/agents/pointage/{slot_id:uuid}")
async def sheet_page(
    request: AnyRequest,
    slot_id: FromPath[UUID],
    visitor: NamedDependency[Visitor],
    services: NamedDependency[Services],
) -> Response[Any]:
    """A day's sheet."""
    visitor.require(ActorKind.AGENT)
    return await _sheet_page(request, visitor, services, slot_id)


@post("/agents/pointage/{slot_id:uuid}")
async def note_marks(
    request: AnyRequest,
    slot_id: FromPath[UUID],
    visitor: NamedDependency[Visitor],
    form: NamedDependency[Form],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Note the marks, and close the sheet when asked to."""
    visitor.require(ActorKind.AGENT)
    portal: Portal = request.app.state.portal
    marks = {name.removeprefix("mark."): value for name, value in form.values.items() if name.startswith("mark.")}
    is_closing = form.get("step") == "close"
    try:
        if form.get("step") == "all_present":
            sheet = await services.booking.attendance(visitor.caller, slot_id)
            marks = {str(line.booking_id): line.attendance or Attendance.PRESENT for line in sheet.lines} | marks
        if marks:
            body = {"marks": [{"booking_id": booking, "attendance": mark} for booking, mark in marks.items()]}
            await services.booking.mark_attendance(visitor.caller, slot_id, body)
        if is_closing:
            await services.booking.close_attendance(visitor.caller, slot_id)
    except Refused as refused:
        if refused.problem.status == 404:
            raise
        return await _sheet_page(request, visitor, services, slot_id, portal.refusal_text(refused.problem))
    notice = Notice("success", "sheet_closed" if is_closing else "marks_noted")
    return portal.redirect(f"/agents/pointage/{slot_id}", notice)


async def _sheet_page(
    request: AnyRequest, visitor: Visitor, services: Services, slot_id: UUID, refusal: str = ""
) -> Response[str]:
    portal: Portal = request.app.state.portal
    sheet = await services.booking.attendance(visitor.caller, slot_id)
    context = {
        "sheet": sheet,
        "refusal": refusal,
        "marks": [(mark.value, portal.texts(f"agents.mark.{mark}")) for mark in MARKS],
        "today": portal.today(),
        "unmarked": [line for line in sheet.lines if line.attendance is None],
    }
    return portal.page(request, "agents/sheet.html.j2", visitor, context, status=409 if refusal else 200)


HANDLERS = [days_page, sheet_page, note_marks]
