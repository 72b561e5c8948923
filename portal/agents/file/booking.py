"""Booking at the counter: the week of a family's calendar, in which an agent picks and gives back days for it, by the rules and at the price that the family
itself would have. Who may not change days reads them here."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response

from contracts.billing.api import quote
from contracts.billing.models import Quote
from contracts.booking.api import change_bookings
from contracts.types import EnrollmentStatus
from gateway.admission import Posted
from gateway.calls import Refused
from gateway.composing import optional
from portal.agents.file.head import head_of
from portal.agents.file.names import Names
from portal.agents.file.reading import PATH, household_of, open_file
from portal.frame.calendar import CHOOSABLE, CalendarOptions, Choices, calendar_view, outstanding, settled
from portal.frame.choosing import (
    WorkingCalendar,
    basket_of,
    choices_of,
    line_refusals,
    price_of,
    week_asked,
    working_calendar,
)
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState

BOOKINGS: Final = f"{PATH}/reservations"
STEPS: Final = ("quote", "confirm")
A_WEEK: Final = timedelta(weeks=1)
NO_ERRORS: Final[Mapping[str, str]] = {}


@page(BOOKINGS)
async def bookings_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """A week of the family's calendar, with what was chosen so far and can still be had."""
    portal, form = visit.portal, visit.form()
    chosen = Choices(tuple(form.all("added")), tuple(form.all("removed")))
    opened, asked = await asyncio.gather(
        open_file(visit, household_id, household_of(visit, household_id)),
        optional(working_calendar(visit, visit.query("semaine"), chosen, household_id)),
    )
    context = head_of(visit, opened, "bookings") | {"can_book": visit.may(change_bookings), "view": None}
    if asked.value is None:
        return visit.page("agents/file/bookings.html.j2", context, form=form)
    working = replace(_named(asked.value, opened.names), choices=settled(asked.value.calendar, chosen))
    priced, problem = await _price(visit, working)
    options = CalendarOptions(portal.town.town.zone, CHOOSABLE if context["can_book"] else frozenset())
    basket = basket_of(portal, working, priced, problem)
    days = working.days()
    context |= {
        "view": calendar_view(working.shown, portal.texts, portal.refusals.refusal, options, working.choices),
        "week": working.week,
        "previous_on": working.week - A_WEEK,
        "next_on": working.week + A_WEEK if working.week < working.last_week else None,
        "has_pending": any(row.marker is EnrollmentStatus.REQUESTED for row in working.calendar.rows),
        "is_something_gone": working.choices != outstanding(working.calendar, chosen),
        "can_quote": visit.may(quote),
        "to_book": [days[control] for control in working.choices.added if control in days],
        "basket": basket,
    }
    return visit.page("agents/file/bookings.html.j2", context, form=form)


def _named(working: WorkingCalendar, names: Names) -> WorkingCalendar:
    """A calendar whose children are called as the file calls them."""
    rows = tuple(
        row.model_copy(update={"child_name": names.children.get(row.child_id, row.child_name)})
        for row in working.calendar.rows
    )
    return replace(working, calendar=working.calendar.model_copy(update={"rows": rows}))


async def _price(visit: Visit, working: WorkingCalendar) -> tuple[Quote | None, str]:
    """What the choices cost, for whoever may see prices: they tell the quotient."""
    return await price_of(visit, working) if visit.may(quote) else (None, "")


def _as_chosen(posted: Posted) -> FormState:
    """What a posted calendar has chosen, as its page shows it again."""
    return FormState(asdict(choices_of(posted)))


@action(BOOKINGS, typing=_as_chosen)
async def change_days(visit: Visit, household_id: UUID) -> Response[Any]:
    """Another week with the choices kept, the price of the choices, or their confirmation."""
    other_week, choices = visit.posted.get("go"), choices_of(visit.posted)
    step = "" if other_week else visit.posted.get("step")
    week = other_week or visit.posted.get("week")
    if step in STEPS and choices.is_empty:
        refused = FormState(refusal=visit.portal.texts(f"calendar.nothing_to_{step}"))
        return await show_again(visit, bookings_page, refused, week_asked(week), household_id=household_id)
    if step != "confirm":
        return await _again(visit, household_id, week, choices)
    return await _confirm(visit, household_id, choices)


async def _again(
    visit: Visit, household_id: UUID, week: str, choices: Choices, errors: Mapping[str, str] = NO_ERRORS
) -> Response[Any]:
    """Lead to a week with choices that are not confirmed, and to what is wrong with them."""
    if choices.is_empty and not errors:
        return visit.redirect(f"/agents/familles/{household_id}/reservations?{urlencode(week_asked(week))}")
    form = FormState(asdict(choices), errors)
    return await show_again(visit, bookings_page, form, week_asked(week), household_id=household_id)


async def _confirm(visit: Visit, household_id: UUID, choices: Choices) -> Response[Any]:
    """Carry everything out that was chosen, in one call, at the price that was shown: whatever refuses it, nothing was done."""
    working = await working_calendar(visit, visit.posted.get("week"), choices, household_id)
    week = working.week.isoformat()
    problem = await _doubt(visit, working)
    if problem:
        return await _again(visit, household_id, week, choices, {"basket": problem})
    if outstanding(working.calendar, choices).is_empty:
        return await _done(
            visit, household_id, week, FlashNotice("info", "done_before" if choices.added else "given_back_before")
        )
    try:
        done = await visit.call(change_bookings, working.changes())
    except Refused as refused:
        if refused.problem.code == "idempotency_key_reused":
            return await _done(visit, household_id, week, FlashNotice("info", "sent_before"))
        return await _again(visit, household_id, week, choices, line_refusals(visit.portal, working, refused.problem))
    notice = FlashNotice.counting("success", counter_booked=len(done.bookings), counter_cancelled=len(done.cancelled))
    return await _done(visit, household_id, week, notice)


async def _doubt(visit: Visit, working: WorkingCalendar) -> str:
    """Why choices are shown once more before they are confirmed: days or a price that nobody was shown. Nothing if there is no such reason."""
    if not working.days().keys() >= {*working.choices.added, *working.choices.removed}:
        return visit.portal.texts("calendar.not_shown")
    priced, problem = await _price(visit, working)
    if problem:
        return problem
    if priced and str(priced.total_cents) != visit.posted.get("quoted_total_cents"):
        return visit.portal.texts("calendar.price_changed")
    return ""


async def _done(visit: Visit, household_id: UUID, week: str, notice: FlashNotice) -> Response[Any]:
    return visit.redirect(f"/agents/familles/{household_id}/reservations?{urlencode(week_asked(week))}", notice)


PAGES = [bookings_page, change_days]
