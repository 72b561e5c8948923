"""The calendar of a family: pick days, see what they cost and why, confirm them together, give places back.

What was picked travels in the form from week to week; nothing is booked or given back before "Valider", and then all of
it is or nothing. The price that was shown is posted with the confirmation, and another price is never confirmed in its place.
Between a post and the page after it, the browser keeps the choices (`show_again`): the address says which week and which choices are shown.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import reduce
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response

from chassis.http.client import Unreachable
from contracts.billing.api import quote
from contracts.billing.models import Quote, QuoteRequest
from contracts.booking.api import change_bookings, household_calendar
from contracts.booking.models import BookingChanges, BookingName, Calendar, DayCell
from contracts.http import Problem
from contracts.types import EnrollmentStatus
from gateway.admission import Posted
from gateway.calls import Refused, typed_as
from portal.family.calendar.turns import turns_shown
from portal.family.calendar.view import CalendarOptions, CellView, Choices, calendar_view, merged, outstanding, settled
from portal.frame.render import Portal
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import PATHS, FormState
from portal.kit.days import day_typed, monday
from portal.kit.formats import date_day

WEEK = timedelta(days=6)
LOOK_AHEAD = timedelta(weeks=8)
NO_ERRORS: Final[Mapping[str, str]] = {}


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


OTHER_HOUSEHOLD: Final = "household"
"""What is wrong with choices that were made on the calendar of another household, by its name among the errors."""
STEPS: Final = ("quote", "confirm")  # what the buttons of the basket ask for, both of something that was chosen


@page("/calendrier")
async def calendar_page(visit: Visit) -> Response[Any]:
    """A week of the family's calendar, with what was chosen so far and can still be had."""
    portal, form = visit.portal, visit.form()
    chosen = Choices(tuple(form.all("added")), tuple(form.all("removed")))
    asked = await _working_calendar(visit, visit.query("semaine"), chosen)
    if (day := day_typed(visit.query("semaine"))) and monday(day) > asked.week:
        return visit.redirect(f"{calendar_page.path}?semaine={asked.week}")
    working = replace(asked, choices=settled(asked.calendar, chosen))
    priced, problem = await _quote(visit, working)
    options = CalendarOptions(zone=portal.town.town.zone)
    context = {
        "view": calendar_view(working.shown, portal.texts, portal.refusals.refusal, options, working.choices),
        "week": working.week,
        "previous_on": working.week - timedelta(weeks=1),
        "next_on": working.week + timedelta(weeks=1) if working.week < working.last_week else None,
        "has_pending": any(row.marker is EnrollmentStatus.REQUESTED for row in working.calendar.rows),
        "household_id": working.calendar.household_id,
        "former_household_url": _choosing_url(visit) if OTHER_HOUSEHOLD in form.errors else "",
        "is_something_gone": OTHER_HOUSEHOLD not in form.errors
        and working.choices != outstanding(working.calendar, chosen),
        **await turns_shown(visit, working.calendar.household_id),
        **_basket(portal, working, priced, problem),
    }
    return visit.page("family/calendar/week.html.j2", context, form=form)


def _as_chosen(posted: Posted) -> FormState:
    """What a posted calendar has chosen, as its page shows it again."""
    return FormState(asdict(_choices(posted)))


@action("/calendrier", typing=_as_chosen)
async def change_calendar(visit: Visit) -> Response[Any]:
    """Another week with the choices kept, the price of the choices, or their confirmation."""
    other_week, choices = visit.posted.get("go"), _choices(visit.posted)
    step = "" if other_week else visit.posted.get("step")
    if step in STEPS and choices.is_empty:
        refused = FormState(refusal=visit.portal.texts(f"calendar.nothing_to_{step}"))
        return await show_again(visit, calendar_page, refused, _week(visit.posted.get("week")))
    week = other_week or visit.posted.get("week")
    if choices.is_empty:
        return await _with_choices(visit, week, choices)
    working = await _working_calendar(visit, visit.posted.get("week"), choices)
    if not _is_shown(visit, working):
        other = {OTHER_HOUSEHOLD: visit.portal.texts("calendar.other_household")}
        return await _with_choices(visit, week, choices, other)
    return await (_confirm(visit, working) if step == "confirm" else _with_choices(visit, week, choices))


@action("/calendrier/prix")
async def price_of_basket(visit: Visit) -> Response[Any]:
    """The basket alone, for the script that keeps it up to date."""
    working = await _working_calendar(visit, visit.posted.get("week"), _choices(visit.posted))
    if not _is_shown(visit, working):
        problem = visit.portal.texts("calendar.other_household_priced")
        return visit.portal.fragment("family/calendar/basket.html.j2", _basket(visit.portal, working, None, problem))
    priced, problem = await _quote(visit, working)
    return visit.portal.fragment("family/calendar/basket.html.j2", _basket(visit.portal, working, priced, problem))


def _is_shown(visit: Visit, working: WorkingCalendar) -> bool:
    """Whether the form showed this household: another one may have been chosen since, in another tab."""
    return visit.posted.get("household_id") in ("", str(working.calendar.household_id))


def _choosing_url(visit: Visit) -> str:
    """Where another household is chosen, and the way back to this page as it is."""
    return f"{PATHS['households']}?{urlencode({'retour': f'{calendar_page.path}?{urlencode(visit.asked)}'})}"


def _week(week: str) -> dict[str, str]:
    """What the address says of the week shown; nothing of what is no day."""
    day = day_typed(week)
    return {"semaine": monday(day).isoformat()} if day else {}


async def _with_choices(
    visit: Visit, week: str, choices: Choices, errors: Mapping[str, str] = NO_ERRORS
) -> Response[Any]:
    """Lead to a week with choices that are not confirmed, and to what is wrong with them."""
    if choices.is_empty and not errors:
        return visit.redirect(f"{calendar_page.path}?{urlencode(_week(week))}")
    return await show_again(visit, calendar_page, FormState(asdict(choices), errors), _week(week))


def _choices(posted: Posted) -> Choices:
    """What the posted form has ticked."""
    return Choices.of_form(posted.all("slot"), posted.all("was"))


async def _working_calendar(visit: Visit, week: str, choices: Choices) -> WorkingCalendar:
    asked, this_week = day_typed(week), monday(visit.portal.today())
    last = this_week + timedelta(weeks=visit.portal.town.section.calendar_weeks_ahead)
    first = min(monday(asked), last) if asked else this_week
    if choices.is_empty:
        calendar = await visit.call(household_calendar, first, first + LOOK_AHEAD + WEEK)
        shown = first if asked else _first_open_week(calendar, first)
        return WorkingCalendar(calendar, shown, choices, last)
    # Choices may stand in any week that can be booked; a week of the past is shown beside them.
    calls = [visit.call(household_calendar, this_week, last + WEEK)]
    if first < this_week:
        calls.append(visit.call(household_calendar, first, first + WEEK))
    return WorkingCalendar(reduce(merged, await asyncio.gather(*calls)), first, choices, last)


def _first_open_week(calendar: Calendar, first: date) -> date:
    """The week to show first: the present one, or the next in which anything takes place."""
    days = sorted({cell.service_on for row in calendar.rows for cell in row.cells})
    return next((monday(day) for day in days if day >= first), first)


async def _confirm(visit: Visit, working: WorkingCalendar) -> Response[Any]:
    """Carry everything out that was chosen, in one call: whatever refuses it, nothing was done."""
    texts, monday_on = visit.portal.texts, working.week.isoformat()
    if not working.days().keys() >= {*working.choices.added, *working.choices.removed}:
        # Days that nobody was shown a price of: those that remain are shown with theirs.
        return await _with_choices(visit, monday_on, working.choices, {"basket": texts("calendar.not_shown")})
    priced, problem = await _quote(visit, working)
    if problem or (priced and str(priced.total_cents) != visit.posted.get("quoted_total_cents")):
        return await _with_choices(
            visit, monday_on, working.choices, {"basket": problem or texts("calendar.price_changed")}
        )
    week = f"/calendrier?semaine={monday_on}"
    if outstanding(working.calendar, working.choices).is_empty:
        return visit.redirect(
            week, FlashNotice("info", "done_before" if working.choices.added else "given_back_before")
        )
    try:
        done = await visit.call(change_bookings, working.changes())
    except Refused as refused:
        if refused.problem.code == "idempotency_key_reused":
            return visit.redirect(week, FlashNotice("info", "sent_before"))
        errors = _line_refusals(visit.portal, working, refused.problem)
        return await _with_choices(visit, monday_on, working.choices, errors)
    return visit.redirect(
        week, FlashNotice.counting("success", booked=len(done.bookings), cancelled=len(done.cancelled))
    )


async def _quote(visit: Visit, working: WorkingCalendar) -> tuple[Quote | None, str]:
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


def _basket(portal: Portal, working: WorkingCalendar, priced: Quote | None, problem: str) -> dict[str, Any]:
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


def _line_refusals(portal: Portal, working: WorkingCalendar, problem: Problem) -> dict[str, str]:
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


PAGES = [calendar_page, change_calendar, price_of_basket]
