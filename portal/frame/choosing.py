"""Choosing days of a household's calendar: a family does it on its own, an agent at the counter for one. What was picked travels in the form from week
to week; its price is asked for before it is confirmed, and what refuses it is said day by day."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

from chassis.http.client import Unreachable
from contracts.billing.api import quote
from contracts.billing.models import Quote, QuoteRequest
from contracts.booking.api import household_calendar
from contracts.booking.models import BookingChanges, BookingName, Calendar, DayCell
from contracts.http import Problem
from gateway.admission import Posted
from gateway.calls import Refused, typed_as
from portal.frame.calendar import CalendarOptions, CellView, Choices, calendar_view, merged
from portal.frame.render import Portal
from portal.frame.visit import Visit
from portal.kit.days import day_typed, monday
from portal.kit.formats import date_day

WEEK = timedelta(days=6)
LOOK_AHEAD = timedelta(weeks=8)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The calendar a family works on: the whole period in which it may book and the week shown, what was chosen, and the last
    week that the town shows."""

    calendar: Calendar
    week: date
    choices: Choices
    last_week: date

    @property
    def shown(self) -> Calendar:
        """The week shown, alone."""
        last = self.week + WEEK
        rows = tuple(
            row.model_copy(update={"cells": tuple(c for c in row.cells if self.week <= c.service_on <= last)})
            for row in self.calendar.rows
        )
        return self.calendar.model_copy(update={"from_on": self.week, "to_on": last, "rows": rows})

    @property
    def given_back(self) -> dict[str, BookingName]:
        """The bookings whose days were unticked, by control; a day that is not booked any more has none."""
        days = self.days()
        cells = {control: days[control][1] for control in self.choices.removed if control in days}
        return {
            control: BookingName(booking_id=cell.booking_id, service_on=cell.service_on)
            for control, cell in cells.items()
            if cell.booking_id is not None
        }

    def days(self) -> dict[str, tuple[str, DayCell]]:
        """The child and the day of every control."""
        return {
            f"{row.child_id}:{cell.slot_id}": (row.child_name, cell) for row in self.calendar.rows for cell in row.cells
        }

    def changes(self) -> BookingChanges:
        """What the booking service is asked for. Raises Refused when a control is none of ours."""
        lines = [
            dict(zip(("child_id", "slot_id"), control.split(":", 1), strict=False)) for control in self.choices.added
        ]
        body = {
            "lines": lines,
            "cancellations": list(self.given_back.values()),
            "household_id": self.calendar.household_id,
        }
        return typed_as(BookingChanges, body)

    def day_at(self, pointer: str) -> tuple[str, DayCell] | None:
        """The child and the day that a pointer into `changes` leads to."""
        _, name, position, *_ = [*pointer.split("/"), "", ""]
        controls: Sequence[str] = {"lines": self.choices.added, "cancellations": list(self.given_back)}.get(name, [])
        is_there = position.isdecimal() and int(position) < len(controls)
        return self.days().get(controls[int(position)]) if is_there else None

    def lines(self) -> list[dict[str, str]]:
        """What a quote is asked for: a line for each day to add."""
        return [
            {
                "child_id": str(row.child_id),
                "activity_id": str(row.activity_id),
                "service_on": cell.service_on.isoformat(),
                "household_id": str(self.calendar.household_id),
            }
            for row in self.calendar.rows
            for cell in row.cells
            if f"{row.child_id}:{cell.slot_id}" in self.choices.added
        ]


def week_asked(week: str) -> dict[str, str]:
    """What the address says of the week shown; nothing of what is no day."""
    day = day_typed(week)
    return {"semaine": monday(day).isoformat()} if day else {}


def choices_of(posted: Posted) -> Choices:
    """What the posted form has ticked."""
    return Choices.of_form(posted.all("slot"), posted.all("was"))


async def working_calendar(
    visit: Visit, week: str, choices: Choices, household_id: UUID | None = None
) -> WorkingCalendar:
    asked, this_week = day_typed(week), monday(visit.portal.today())
    last = this_week + timedelta(weeks=visit.portal.town.section.calendar_weeks_ahead)
    first = min(monday(asked), last) if asked else this_week
    if choices.is_empty:
        calendar = await visit.call(household_calendar, first, first + LOOK_AHEAD + WEEK, household_id)
        shown = first if asked else _first_open_week(calendar, first)
        return WorkingCalendar(calendar, shown, choices, last)
    # Choices may stand in any week that can be booked; a week of the past is shown beside them.
    calls = [visit.call(household_calendar, this_week, last + WEEK, household_id)]
    if first < this_week:
        calls.append(visit.call(household_calendar, first, first + WEEK, household_id))
    return WorkingCalendar(reduce(merged, await asyncio.gather(*calls)), first, choices, last)


def _first_open_week(calendar: Calendar, first: date) -> date:
    """The week to show first: the present one, or the next in which anything takes place."""
    days = sorted({cell.service_on for row in calendar.rows for cell in row.cells})
    return next((monday(day) for day in days if day >= first), first)


async def price_of(visit: Visit, working: WorkingCalendar) -> tuple[Quote | None, str]:
    """The price of the days to add, or why there is none."""
    lines = working.lines()
    if not lines:
        return None, ""
    try:
        return await visit.call(quote, typed_as(QuoteRequest, {"lines": lines})), ""
    except Refused as refused:
        return None, visit.portal.refusal_text(refused.problem)
    except Unreachable:
        return None, visit.portal.texts("calendar.price_unavailable")


def basket_of(portal: Portal, working: WorkingCalendar, priced: Quote | None, problem: str) -> dict[str, Any]:
    """What the basket macro is given."""
    names = {row.child_id: row.child_name for row in working.calendar.rows}
    options = CalendarOptions(zone=portal.town.town.zone)
    view = calendar_view(working.calendar, portal.texts, portal.refusals.refusal, options, working.choices)
    removed: list[CellView] = [
        cell for row in view.rows for cell in row.cells if cell.control in working.choices.removed
    ]
    return {
        "quote": priced,
        "names": names,
        "added_count": len(working.lines()),
        "removed": removed,
        "problem": problem,
    }


def line_refusals(portal: Portal, working: WorkingCalendar, problem: Problem) -> dict[str, str]:
    """What is said of each refused day, by where it stands in the basket, or of the basket as a whole."""
    sentences = {}
    for error in problem.errors:
        reason = portal.refusals.field(error.pointer, error.code, error.params)
        if day := working.day_at(error.pointer):
            child, cell = day
            on = date_day(cell.service_on)
            reason = portal.texts("calendar.line_refused", child=child, day=on, reason=reason)
        sentences[error.pointer] = reason
    return sentences or {"basket": portal.refusal_text(problem)}
