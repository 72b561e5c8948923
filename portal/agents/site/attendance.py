"""Attendance for agents on site: the days of a week, a day's sheet, its marks and its closure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response

from contracts.booking.api import close_attendance, list_slots, mark_attendance, show_attendance
from contracts.booking.models import AttendanceMarks
from contracts.types import Attendance
from gateway.calls import Refused, typed_as
from portal.frame.spaces import MenuLabel, action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState
from portal.kit.days import day_typed, monday

MARKS = (Attendance.PRESENT, Attendance.ABSENT_EXCUSED, Attendance.ABSENT_UNEXCUSED)


@page("/agents/pointage", entry=MenuLabel("agents.menu.attendance", "check", show_attendance))
async def days_page(visit: Visit) -> Response[Any]:
    """The days of a week on which activities take place."""
    today = visit.portal.today()
    week = monday(day_typed(visit.query("semaine")) or today)
    slots = await visit.call(list_slots, week, week + timedelta(days=6), cursor=visit.cursor)
    context = {
        "week": week,
        "previous_on": week - timedelta(weeks=1),
        "next_on": week + timedelta(weeks=1),
        "today": today,
        "slots": slots.items,
        "next_cursor": slots.next_cursor,
    }
    return visit.page("agents/site/days.html.j2", context)


@page("/agents/pointage/{slot_id:uuid}")
async def sheet_page(visit: Visit, slot_id: UUID) -> Response[Any]:
    """A day's sheet."""
    sheet = await visit.call(show_attendance, slot_id)
    context = {
        "sheet": sheet,
        "marks": [(mark.value, visit.portal.texts(f"agents.mark.{mark}")) for mark in MARKS],
        "today": visit.portal.today(),
        "unmarked": [line for line in sheet.lines if line.attendance is None],
    }
    return visit.page("agents/site/sheet.html.j2", context, form=visit.form())


@action("/agents/pointage/{slot_id:uuid}")
async def note_marks(visit: Visit, slot_id: UUID) -> Response[Any]:
    """Note the marks, and close the sheet when asked to."""
    step = visit.posted.get("step")
    typed = {name: value for name, value in visit.posted.values.items() if name.startswith("mark.")}
    marks = {name.removeprefix("mark."): value for name, value in typed.items()}
    try:
        if step == "all_present":
            sheet = await visit.call(show_attendance, slot_id)
            marks = {str(line.booking_id): line.attendance or Attendance.PRESENT for line in sheet.lines} | marks
        if marks:
            body = {"marks": [{"booking_id": booking_id, "attendance": mark} for booking_id, mark in marks.items()]}
            await visit.call(mark_attendance, slot_id, typed_as(AttendanceMarks, body))
        if step == "close":
            await visit.call(close_attendance, slot_id)
    except Refused as refused:
        return await show_again(visit, sheet_page, _refused_marks(visit, refused, typed), slot_id=slot_id)
    notice = FlashNotice("success", "sheet_closed" if step == "close" else "marks_noted")
    return visit.redirect(f"/agents/pointage/{slot_id}", notice)


def _refused_marks(visit: Visit, refused: Refused, typed: Mapping[str, str]) -> FormState:
    """Why, and the marks as they were chosen: nobody goes through a whole sheet twice."""
    form = replace(visit.refused(refused), values=typed)
    if refused.problem.status != 404:
        return form
    # It is a booking that is gone: a sheet that does not exist has no page to say so on.
    return replace(form, refusal=visit.portal.texts("agents.sheet.booking_gone"))


PAGES = [days_page, sheet_page, note_marks]
