"""Children entrusted by their parents: for whom one acts and until when, their calendar, and giving it up.

Prices are the parents': none is asked for and none is shown. Choices travel as in the calendar of a family.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response

from contracts.booking.delegations_api import change_delegated_bookings, delegated_calendar
from contracts.booking.models import BookingChanges, Calendar, DayCell
from contracts.family.delegations import HeldDelegation
from contracts.family.delegations_api import give_up_delegation, held_delegations
from contracts.family.events import DelegatedAct
from gateway.admission import Posted
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from portal.frame.calendar import CHOOSABLE, CalendarOptions, Choices, calendar_view, settled
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState
from portal.kit.days import day_typed, monday
from portal.kit.formats import date_day

PATH: Final = "/enfants-confies"
OWN: Final = f"{PATH}/{{delegation_id:uuid}}"
WEEK: Final = timedelta(weeks=1)
ENDED: Final = "delegation_over"
NOT_GIVEN: Final = "act_not_delegated"


@page(PATH)
async def entrusted_page(visit: Visit) -> Response[Any]:
    """For whom whoever is signed in acts, and what ended lately."""
    held = await visit.call(held_delegations, visit.cursor)
    context = {
        "live": [item for item in held.items if item.end is None],
        "ended": [item for item in held.items if item.end is not None],
        "next_cursor": held.next_cursor,
    }
    return visit.page("family/entrusted/list.html.j2", context)


@page(OWN)
async def calendar_page(visit: Visit, delegation_id: UUID) -> Response[Any]:
    """A week of the calendar of these children; once it ended, what ended it and whom to ask."""
    held = await _held(visit, delegation_id)
    if held.end is not None:
        return visit.page("family/entrusted/ended.html.j2", {"held": held})
    form = visit.form()
    chosen = Choices(tuple(form.all("added")), tuple(form.all("removed")))
    working = await _working(visit, held, visit.query("semaine"))
    choices, texts = settled(working.calendar, chosen), visit.portal.texts
    can_book = DelegatedAct.BOOK_DAYS in held.acts
    zone = visit.portal.town.town.zone
    options = CalendarOptions(zone=zone, choosable=CHOOSABLE if can_book else frozenset())
    shown = working.shown if can_book else _read_only(working.shown)
    days = working.days()
    context = {
        "held": held,
        "view": calendar_view(shown, texts, visit.portal.refusals.refusal, options, choices),
        "week": working.week,
        "previous_on": working.week - WEEK if working.week > working.first else None,
        "next_on": working.week + WEEK if working.week < working.last else None,
        "can_book": can_book,
        "to_book": [days[control] for control in choices.added if control in days],
        "to_cancel": [days[control] for control in choices.removed if control in days],
    }
    return visit.page("family/entrusted/calendar.html.j2", context, form=form)


def _as_chosen(posted: Posted) -> FormState:
    """What a posted calendar has chosen, as its page shows it again."""
    return FormState(asdict(Choices.of_form(posted.all("slot"), posted.all("was"))))


@action(OWN, typing=_as_chosen)
async def change_days(visit: Visit, delegation_id: UUID) -> Response[Any]:
    """Another week with the choices kept, or their confirmation."""
    posted = visit.posted
    choices, week = Choices.of_form(posted.all("slot"), posted.all("was")), posted.get("go") or posted.get("week")
    if posted.get("go") or posted.get("step") != "confirm":
        return await _again(visit, delegation_id, choices, week)
    if choices.is_empty:
        refused = FormState(refusal=visit.portal.texts("entrusted.nothing_to_confirm"))
        return await show_again(visit, calendar_page, refused, _asked(week), delegation_id=delegation_id)
    held = await _held(visit, delegation_id)
    if held.end is not None:
        return visit.redirect(f"{PATH}/{delegation_id}")
    working = await _working(visit, held, week)
    try:
        done = await visit.call(change_delegated_bookings, delegation_id, working.changes(choices))
    except Refused as refusal:
        if refusal.problem.code == ENDED:
            return visit.redirect(f"{PATH}/{delegation_id}")
        return await _again(visit, delegation_id, choices, week, _sentences(visit, working, choices, refusal))
    notice = FlashNotice.counting("success", delegate_booked=len(done.bookings), delegate_cancelled=len(done.cancelled))
    return visit.redirect(f"{PATH}/{delegation_id}?{urlencode(_asked(week))}", notice)


@action(f"{OWN}/renoncer", typing=None)
async def give_up(visit: Visit, delegation_id: UUID) -> Response[Any]:
    """Give it up."""
    await visit.call(give_up_delegation, delegation_id)
    return visit.redirect(PATH, FlashNotice("success", "delegation_given_up"))


@dataclass(frozen=True, slots=True)
class _Working:
    """The calendar until the last day, and the week of it that is shown, between the first and the last one, each by its Monday."""

    calendar: Calendar
    week: date
    first: date
    last: date

    @property
    def shown(self) -> Calendar:
        """The week shown, alone; first the rows in which something can be chosen."""
        last = self.week + timedelta(days=6)
        rows = tuple(
            row.model_copy(update={"cells": tuple(c for c in row.cells if self.week <= c.service_on <= last)})
            for row in self.calendar.rows
        )
        rows = tuple(sorted(rows, key=lambda row: not any(cell.state in CHOOSABLE for cell in row.cells)))
        return self.calendar.model_copy(update={"from_on": self.week, "to_on": last, "rows": rows})

    def days(self) -> dict[str, tuple[str, DayCell]]:
        """The child and the day of every control."""
        return {
            f"{row.child_id}:{cell.slot_id}": (row.child_name, cell) for row in self.calendar.rows for cell in row.cells
        }

    def changes(self, choices: Choices) -> BookingChanges:
        """What the booking service is asked for. Raises Refused when a control is none of ours."""
        days = self.days()
        lines = [dict(zip(("child_id", "slot_id"), control.split(":", 1), strict=False)) for control in choices.added]
        cells = [days[control][1] for control in choices.removed if control in days]
        given_back = [
            {"booking_id": cell.booking_id, "service_on": cell.service_on} for cell in cells if cell.booking_id
        ]
        return typed_as(BookingChanges, {"lines": lines, "cancellations": given_back})


async def _held(visit: Visit, delegation_id: UUID) -> HeldDelegation:
    """A delegation of whoever is signed in. Raises WrongSpace: they hold no such one, or it ended too long ago."""
    cursor = None
    while True:
        page_of_held = await visit.call(held_delegations, cursor)
        for item in page_of_held.items:
            if item.delegation_id == delegation_id:
                return item
        if (cursor := page_of_held.next_cursor) is None:
            raise WrongSpace


async def _working(visit: Visit, held: HeldDelegation, week: str) -> _Working:
    first = monday(visit.portal.today())
    weeks = visit.portal.town.section.calendar_weeks_ahead
    last = min(first + timedelta(weeks=weeks), monday(held.ends_on))
    asked = day_typed(week)
    calendar = await visit.call(delegated_calendar, held.delegation_id, first, last + timedelta(days=6))
    days = sorted({monday(cell.service_on) for row in calendar.rows for cell in row.cells})
    shown = min(max(monday(asked), first), last) if asked else next(iter(days), first)
    return _Working(calendar, shown, first, last)


def _read_only(calendar: Calendar) -> Calendar:
    """A calendar of whoever may only look: a day that could be changed says why it is not."""
    rows = [
        row.model_copy(
            update={
                "cells": tuple(
                    cell.model_copy(update={"reason": NOT_GIVEN}) if cell.state in CHOOSABLE else cell
                    for cell in row.cells
                )
            }
        )
        for row in calendar.rows
    ]
    return calendar.model_copy(update={"rows": tuple(rows)})


def _asked(week: str) -> dict[str, str]:
    """What the address says of the week shown."""
    day = day_typed(week)
    return {"semaine": monday(day).isoformat()} if day else {}


async def _again(
    visit: Visit, delegation_id: UUID, choices: Choices, week: str, errors: Mapping[str, str] | None = None
) -> Response[Any]:
    """Lead to a week with choices that are not confirmed, and to what is wrong with them."""
    if choices.is_empty and not errors:
        return visit.redirect(f"{PATH}/{delegation_id}?{urlencode(_asked(week))}")
    form = replace(FormState(asdict(choices)), errors=errors or {})
    return await show_again(visit, calendar_page, form, _asked(week), delegation_id=delegation_id)


def _sentences(visit: Visit, working: _Working, choices: Choices, refused: Refused) -> dict[str, str]:
    """What is said of each refused day, by where it stands, or of all as a whole."""
    portal, days, sentences = visit.portal, working.days(), {}
    controls = {"lines": choices.added, "cancellations": [name for name in choices.removed if name in days]}
    for error in refused.problem.errors:
        _, name, position, *_ = [*error.pointer.split("/"), "", ""]
        reason = portal.refusals.field(error.pointer, error.code, error.params)
        places = controls.get(name, ())
        if position.isdecimal() and int(position) < len(places) and (day := days.get(places[int(position)])):
            child, cell = day
            on = date_day(cell.service_on)
            reason = portal.texts("entrusted.line_refused", child=child, day=on, reason=reason)
        sentences[error.pointer] = reason
    return sentences or {"basket": portal.refusal_text(refused.problem)}


PAGES = [entrusted_page, calendar_page, change_days, give_up]
