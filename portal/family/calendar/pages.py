"""The calendar of a family: pick days, see what they cost and why, confirm them together, give places back.

What was picked travels in the form from week to week; nothing is booked before "Valider". The price that was shown is
posted with the confirmation, and another price is never confirmed in its place.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from litestar import Response

from chassis.http.client import Unreachable
from contracts.billing.api import quote
from contracts.billing.models import Quote, QuoteRequest
from contracts.booking.api import change_bookings, household_calendar
from contracts.booking.models import BookingChanges, Calendar
from contracts.http import Problem
from contracts.types import EnrollmentStatus
from gateway.calls import Refused, typed_as
from portal.family.calendar.view import CalendarOptions, CellView, Choices, calendar_view, changes
from portal.frame.render import Portal
from portal.frame.spaces import form, page
from portal.frame.visit import Notice, Visit
from portal.kit.days import day_typed, monday
from portal.kit.formats import date_day

WEEK = timedelta(days=6)
LOOK_AHEAD = timedelta(weeks=8)


@dataclass(frozen=True, slots=True)
class Desk:
    """The calendar a family works on: the whole period in which it may book, the week shown, and what was `typed`, if
    anything was posted."""

    calendar: Calendar
    week: date
    typed: Choices | None

    @property
    def choices(self) -> Choices:
        """What was chosen on the form; nothing yet when the page is opened."""
        return self.typed or Choices()

    @property
    def shown(self) -> Calendar:
        """The week shown, alone."""
        last = self.week + WEEK
        rows = tuple(
            row.model_copy(update={"cells": tuple(c for c in row.cells if self.week <= c.service_on <= last)})
            for row in self.calendar.rows
        )
        return self.calendar.model_copy(update={"from_on": self.week, "to_on": last, "rows": rows})

    def lines(self) -> list[dict[str, str]]:
        """What a quote is asked for: a line for each day to add."""
        wished, _ = changes(self.choices)
        return [
            {
                "child_id": str(row.child_id),
                "activity_id": str(row.activity_id),
                "service_on": cell.service_on.isoformat(),
            }
            for row in self.calendar.rows
            for cell in row.cells
            if f"{row.child_id}:{cell.slot_id}" in wished
        ]

    def bookings_to_cancel(self) -> list[Any]:
        """The bookings whose days were unticked."""
        _, dropped = changes(self.choices)
        return [
            cell.booking_id
            for row in self.calendar.rows
            for cell in row.cells
            if cell.booking_id is not None and f"{row.child_id}:{cell.slot_id}" in dropped
        ]


@page("/calendrier")
async def calendar_page(visit: Visit) -> Response[Any]:
    """A week of the family's calendar."""
    return await _page(visit, await _open_desk(visit, visit.query("semaine"), None))


@form("/calendrier")
async def change_calendar(visit: Visit) -> Response[Any]:
    """Another week with the choices kept, the price of the choices, or their confirmation."""
    other_week = visit.posted.get("go")
    desk = await _open_desk(visit, other_week or visit.posted.get("week"), _choices(visit))
    if visit.posted.get("step") == "confirm" and not other_week:
        return await _confirm(visit, desk)
    return await _page(visit, desk)


@form("/calendrier/prix")
async def price_of_basket(visit: Visit) -> Response[Any]:
    """The basket alone, for the script that keeps it up to date."""
    desk = await _open_desk(visit, visit.posted.get("week"), _choices(visit))
    priced, problem = await _quote(visit, desk)
    return visit.portal.fragment("family/calendar/basket.html.j2", _basket(visit.portal, desk, priced, problem))


def _choices(visit: Visit) -> Choices:
    """What the posted form has ticked."""
    return Choices(slots=tuple(visit.posted.all("slot")), were=tuple(visit.posted.all("was")))


async def _open_desk(visit: Visit, week: str, choices: Choices | None) -> Desk:
    today = visit.portal.today()
    asked = day_typed(week)
    first = monday(asked or today)
    # Choices may stand in any week that can be booked; without them only the nearest open week is looked for.
    since = min(first, monday(today)) if choices else first
    weeks_ahead = timedelta(weeks=visit.portal.town.section.calendar_weeks_ahead)
    until = monday(today) + weeks_ahead if choices else first + LOOK_AHEAD
    until = max(first, until) + WEEK
    calendar = await visit.call(household_calendar, since, until)
    if asked is None and choices is None:
        first = _first_open_week(calendar, first)
    return Desk(calendar, first, choices)


def _first_open_week(calendar: Calendar, first: date) -> date:
    """The week to show first: the present one, or the next in which anything takes place."""
    days = sorted({cell.service_on for row in calendar.rows for cell in row.cells})
    return next((monday(day) for day in days if day >= first), first)


async def _confirm(visit: Visit, desk: Desk) -> Response[Any]:
    wished, _ = changes(desk.choices)
    dropped = desk.bookings_to_cancel()
    if not wished and not dropped:
        return await _page(visit, desk, refusal=visit.portal.texts("calendar.nothing_chosen"))
    priced, problem = await _quote(visit, desk)
    if problem or (priced and str(priced.total_cents) != visit.posted.get("quoted_total_cents")):
        return await _page(visit, desk, refusal=problem or visit.portal.texts("calendar.price_changed"))
    try:
        lines = [dict(zip(("child_id", "slot_id"), control.split(":", 1), strict=False)) for control in wished]
        await visit.call(change_bookings, typed_as(BookingChanges, {"lines": lines, "cancellations": dropped}))
    except Refused as refused:
        fresh = await _open_desk(visit, desk.week.isoformat(), desk.choices)
        return await _page(visit, fresh, refused=refused.problem)
    notice = "changed" if wished and dropped else "booked" if wished else "cancelled"
    return visit.redirect(f"/calendrier?semaine={desk.week}", Notice("success", notice))


async def _quote(visit: Visit, desk: Desk) -> tuple[Quote | None, str]:
    """The price of the days to add, or why there is none."""
    lines = desk.lines()
    if not lines:
        return None, ""
    try:
        return await visit.call(quote, typed_as(QuoteRequest, {"lines": lines})), ""
    except Refused as refused:
        return None, visit.portal.refusal_text(refused.problem)
    except Unreachable:
        return None, visit.portal.texts("calendar.price_unavailable")


async def _page(visit: Visit, desk: Desk, *, refusal: str = "", refused: Problem | None = None) -> Response[str]:
    portal = visit.portal
    priced, problem = await _quote(visit, desk)
    options = CalendarOptions(zone=portal.town.town.zone)
    view = calendar_view(desk.shown, portal.texts, portal.refusals.refusal, desk.typed, options)
    context = {
        "view": view,
        "week": desk.week,
        "previous_on": desk.week - timedelta(weeks=1),
        "next_on": desk.week + timedelta(weeks=1),
        "has_pending": any(row.marker is EnrollmentStatus.REQUESTED for row in desk.calendar.rows),
        "refusals": _line_refusals(portal, desk, refused) if refused else [refusal] if refusal else [],
        "is_refused": refused is not None,
        "key": str(uuid4()),
        **_basket(portal, desk, priced, problem),
    }
    status = refused.status if refused else 422 if refusal else 200
    return visit.page("family/calendar/week.html.j2", context, status=status)


def _basket(portal: Portal, desk: Desk, priced: Quote | None, problem: str) -> dict[str, Any]:
    """What the basket macro is given."""
    _, dropped = changes(desk.choices)
    names = {row.child_id: row.child_name for row in desk.calendar.rows}
    options = CalendarOptions(zone=portal.town.town.zone)
    view = calendar_view(desk.calendar, portal.texts, portal.refusals.refusal, desk.choices, options)
    removed: list[CellView] = [cell for row in view.rows for cell in row.cells if cell.control in dropped]
    return {"quote": priced, "names": names, "added_count": len(desk.lines()), "removed": removed, "problem": problem}


def _line_refusals(portal: Portal, desk: Desk, problem: Problem) -> list[str]:
    """What is said of each refused day, or of the basket as a whole."""
    wished, _ = changes(desk.choices)
    names = {
        f"{row.child_id}:{cell.slot_id}": (row.child_name, cell.service_on)
        for row in desk.calendar.rows
        for cell in row.cells
    }
    sentences = []
    for error in problem.errors:
        index = next((int(part) for part in error.pointer.split("/") if part.isdigit()), None)
        reason = portal.refusals.field(error.pointer, error.code, error.params)
        if index is not None and index < len(wished) and wished[index] in names:
            child, day = names[wished[index]]
            words = portal.texts("calendar.line_refused", child=child, day=date_day(day), reason=reason)
            sentences.append(words)
        else:
            sentences.append(reason)
    return sentences or [portal.refusal_text(problem)]


PAGES = [calendar_page, change_calendar, price_of_basket]
