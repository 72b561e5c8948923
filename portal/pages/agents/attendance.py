"""Attendance for agents on site: the days of a week, a day's sheet, its marks and its closure."""

from datetime import UTC, date, datetime, timedelta
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
    week = monday(_day(request.query_params.get("semaine", "")) or _today(portal))
    slots = await services.booking.slots(visitor.caller, week, week + timedelta(days=6))
    context = {
        "week": week,
        "previous_on": week - timedelta(weeks=1),
        "next_on": week + timedelta(weeks=1),
        "slots": slots.items,
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
    marks = [
        {"booking_id": name.removeprefix("mark."), "attendance": value}
        for name, value in form.values.items()
        if name.startswith("mark.") and value
    ]
    is_closing = form.get("step") == "close"
    try:
        if marks:
            await services.booking.mark_attendance(visitor.caller, slot_id, {"marks": marks})
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
        "unmarked": [line for line in sheet.lines if line.attendance is None],
    }
    return portal.page(request, "agents/sheet.html.j2", visitor, context, status=409 if refusal else 200)


def _today(portal: Portal) -> date:
    return datetime.now(UTC).astimezone(portal.town.town.zone).date()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


HANDLERS = [days_page, sheet_page, note_marks]
