"""Attendance for agents on site: the days of a week, a day's sheet, its marks and its closure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response

from chassis.clock import instant
from contracts.booking.api import close_attendance, list_slots, mark_attendance, open_slots, show_attendance
from contracts.booking.care import ChildCare
from contracts.booking.care_api import day_care, day_portrait
from contracts.booking.models import (
    VERSION_MAX,
    AttendanceCandidate,
    AttendanceLine,
    AttendanceMarks,
    AttendanceSheet,
    ImpliedLine,
)
from contracts.types import Attendance
from gateway.calls import Refused, typed_as
from portal.frame.alike import told_apart
from portal.frame.pictures import served
from portal.frame.render import Portal
from portal.frame.spaces import MenuLabel, action, file, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState
from portal.kit.days import day_typed, monday
from portal.kit.formats import time_short

CARE_AHEAD: Final = timedelta(days=1)
"""What children need is shown on their day and the day before: the service refuses it otherwise."""
MARKS: Final = (Attendance.PRESENT, Attendance.ABSENT_EXCUSED, Attendance.ABSENT_UNEXCUSED)
UNBOOKED_MARKS: Final = (Attendance.UNBOOKED, Attendance.ABSENT_EXCUSED)
"""Of a child whom nobody expected: it came, or it was added by mistake."""
FIELDS: Final = ("mark", "arrived", "left", "seen")
HOURS: Final = frozenset({"arrived_at", "left_at"})
MARK_POINTER: Final = re.compile(r"/marks/([0-9]+)/(\w+)")
SEEN_SEPARATOR: Final = "/"
NOT_ON_SHEET: Final = 0
"""The version that a child has which is on no line."""
ADDED_SINCE: Final = frozenset({"mark_changed", "home_changed"})
"""What stands against adding a child who is on the sheet by now: it is said at the child's line."""
DONE: Final[Mapping[str, str]] = {"close": "sheet_closed", "add": "child_added"}
"""What is said of a step that was carried out, where that is more than the marks."""
SEPARATOR: Final = ":"
"""Between a child and the household that it is added for."""


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
        "can_open_days": visit.may(open_slots),
        "can_see_sheets": visit.may(show_attendance),
    }
    return visit.page("agents/site/days.html.j2", context)


@page("/agents/pointage/{slot_id:uuid}")
async def sheet_page(visit: Visit, slot_id: UUID) -> Response[Any]:
    """A day's sheet."""
    sheet = await visit.call(show_attendance, slot_id)
    texts, today = visit.portal.texts, visit.portal.today()
    is_near = today <= sheet.slot.service_on <= today + CARE_AHEAD
    care = (await visit.call(day_care, slot_id)).items if is_near and visit.may(day_care) else ()
    context = {
        "sheet": sheet,
        "apart": partial(told_apart, texts),
        "marks": [(mark.value, texts(f"mark.{mark}")) for mark in MARKS],
        "unbooked_marks": [(mark.value, texts(f"mark.{mark}")) for mark in UNBOOKED_MARKS],
        "candidates": [(_candidate_value(child), _candidate_name(visit.portal, child)) for child in sheet.candidates],
        "today": today,
        "care": _named(sheet, care),
        "asks_insurance": visit.portal.town.asks_insurance,
        "unmarked": [line for line in sheet.lines if line.attendance is None],
    }
    return visit.page("agents/site/sheet.html.j2", context, form=visit.form())


def _named(sheet: AttendanceSheet, care: Sequence[ChildCare]) -> list[tuple[AttendanceLine | ImpliedLine, ChildCare]]:
    """What each child of a sheet needs, with the line that names it."""
    lines: dict[UUID, AttendanceLine | ImpliedLine] = {line.child_id: line for line in sheet.implied}
    lines |= {line.child_id: line for line in sheet.lines}
    return [(lines[child.child_id], child) for child in care if child.child_id in lines]


def _candidate_value(child: AttendanceCandidate) -> str:
    return f"{child.child_id}{SEPARATOR}{child.household_id}"


def _candidate_name(portal: Portal, child: AttendanceCandidate) -> str:
    name = f"{child.child_first_name} {child.child_last_name.upper()}"
    return name + told_apart(portal.texts, child.child_birth_on, child.child_class)


@file("/agents/pointage/{slot_id:uuid}/enfants/{child_id:uuid}/photos/{portrait_id:uuid}")
async def portrait(visit: Visit, slot_id: UUID, child_id: UUID, portrait_id: UUID) -> Response[Any]:
    """The picture of somebody who may collect a child of the sheet."""
    return served(await visit.call(day_portrait, slot_id, child_id, portrait_id))


@dataclass(frozen=True, slots=True)
class Seen:
    """A line as it was on the page that is sent: what somebody changed is judged by it, and not by what another one noted since."""

    version: int
    mark: str
    hours: Mapping[str, str]

    @classmethod
    def of(cls, line: AttendanceLine, typed: Mapping[str, str], zone: ZoneInfo) -> "Seen":
        """What the page says that it showed, or else what is there now."""
        version, *rest = typed.get(f"seen.{line.child_id}", "").split(SEEN_SEPARATOR)
        if version.isdecimal() and len(rest) == 3 and int(version) <= VERSION_MAX:
            mark, arrived, left = rest
            return cls(int(version), mark, {"arrived": arrived, "left": left})
        shown = {"arrived": line.arrived_at, "left": line.left_at}
        hours = {name: time_short(at, zone) if at else "" for name, at in shown.items()}
        return cls(line.version, line.attendance or "", hours)


@action("/agents/pointage/{slot_id:uuid}")
async def note_marks(visit: Visit, slot_id: UUID) -> Response[Any]:
    """Note the marks and hours, with a child who is added, and close the sheet when asked to."""
    step = visit.posted.get("step")
    typed = {name: value for name, value in visit.posted.values.items() if name.partition(".")[0] in FIELDS}
    marks: list[dict[str, Any]] = []
    sheet: AttendanceSheet | None = None
    try:
        sheet = await visit.call(show_attendance, slot_id)
        expected = {f"mark.{line.child_id}" for line in sheet.lines}
        if any(name.startswith("mark.") and name not in expected for name in typed):
            gone = FormState(typed, refusal=visit.portal.texts("agents.sheet.booking_gone"))
            return await show_again(visit, sheet_page, gone, slot_id=slot_id)
        if step == "close" and _was_changed(visit, sheet, typed):
            unseen = FormState(_changed(visit, sheet, typed), refusal=visit.portal.texts("agents.sheet.changed_since"))
            return await show_again(visit, sheet_page, unseen, slot_id=slot_id)
        others = {line.child_id for line in sheet.lines if step == "all_present" and f"seen.{line.child_id}" in typed}
        noted = (_mark(visit, sheet, line, typed, is_otherwise_present=line.child_id in others) for line in sheet.lines)
        marks = [mark for mark in noted if mark] + ([_added(visit)] if step == "add" else [])
        if marks:
            await visit.call(mark_attendance, slot_id, typed_as(AttendanceMarks, {"marks": marks}))
        if step == "close":
            await visit.call(close_attendance, slot_id)
    except Refused as refused:
        # Nobody goes through a whole sheet twice; what they left as it was is shown as it is now.
        values = _changed(visit, sheet, typed) if sheet else typed
        state = replace(visit.refused(refused), values=values | {"child": visit.posted.get("child")})
        if errors := _errors(visit, refused, marks, is_added=step == "add"):
            state = replace(state, errors=errors)
        return await show_again(visit, sheet_page, state, slot_id=slot_id)
    return visit.redirect(f"/agents/pointage/{slot_id}", FlashNotice("success", DONE.get(step, "marks_noted")))


def _was_changed(visit: Visit, sheet: AttendanceSheet, typed: Mapping[str, str]) -> bool:
    """Whether a line says by now what the page that is sent did not show: nobody closes what they have not seen."""
    zone = visit.portal.town.town.zone
    return any(Seen.of(line, typed, zone).version != line.version for line in sheet.lines)


def _changed(visit: Visit, sheet: AttendanceSheet, typed: Mapping[str, str]) -> dict[str, str]:
    """What was changed on a page, of all that it sent."""
    zone = visit.portal.town.town.zone
    changed = {}
    for line in sheet.lines:
        seen = Seen.of(line, typed, zone)
        for name, shown in (("mark", seen.mark), *seen.hours.items()):
            value = typed.get(f"{name}.{line.child_id}", shown)
            if value != shown:
                changed[f"{name}.{line.child_id}"] = value
    return changed


def _errors(visit: Visit, refused: Refused, marks: Sequence[Mapping[str, Any]], *, is_added: bool) -> dict[str, str]:
    """What is wrong with what was sent of each child, or was noted of it meanwhile, by the fields of its line. The last one
    `is_added`: it has no line yet, unless somebody else added it."""
    texts, errors = visit.portal.texts, {}
    for error in refused.problem.errors:
        place = MARK_POINTER.fullmatch(error.pointer)
        if place is None:
            continue
        position, name = place.groups()
        params = error.params | {
            name: texts(f"mark.{error.params[name]}") for name in ("noted", "sent") if name in error.params
        }
        field = name.removesuffix("_at") if name in HOURS else "mark"
        sentence = visit.portal.refusals.field(error.pointer, error.code, params)
        has_no_line = is_added and int(position) == len(marks) - 1 and error.code not in ADDED_SINCE
        errors["child" if has_no_line else f"{field}.{marks[int(position)]['child_id']}"] = sentence
    return errors


def _mark(
    visit: Visit, sheet: AttendanceSheet, line: AttendanceLine, typed: Mapping[str, str], *, is_otherwise_present: bool
) -> dict[str, Any] | None:
    """What is to be noted of a child, if anything differs from what was: its mark, and the hours that were typed, None for one that
    was emptied. Hours of a child who is not marked are refused for want of its mark."""
    zone = visit.portal.town.town.zone
    seen = Seen.of(line, typed, zone)
    hours = {}
    for name, shown in seen.hours.items():
        hour = typed.get(f"{name}.{line.child_id}", shown)
        if hour != shown:
            hours[f"{name}_at"] = _instant(sheet.slot.service_on, hour, zone) if hour else None
    chosen = typed.get(f"mark.{line.child_id}")
    is_left = chosen in (None, seen.mark)
    # The others are those who were not marked on the page, and are not by now.
    is_other = is_left and is_otherwise_present and not seen.mark and line.attendance is None
    if is_left and not hours and not is_other:
        return None
    mark = Attendance.PRESENT if is_other else chosen or seen.mark or None
    return {"child_id": line.child_id, "attendance": mark, "version": seen.version, **hours}


def _instant(day: date, hour: str, zone: ZoneInfo) -> datetime | str:
    """The instant of an hour of the day; what is no hour stays as it was typed, and is refused as such."""
    try:
        return instant(day, time.fromisoformat(hour), zone)
    except ValueError:
        return hour


def _added(visit: Visit) -> dict[str, Any]:
    """A child who came without a booking, to be added to the sheet."""
    child_id, _, household_id = visit.posted.get("child").partition(SEPARATOR)
    return {
        "child_id": child_id,
        "household_id": household_id or None,
        "attendance": Attendance.UNBOOKED,
        "version": NOT_ON_SHEET,
    }


PAGES = [days_page, sheet_page, note_marks, portrait]
