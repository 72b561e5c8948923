"""The calendar of a family: pick days, see what they cost and why, confirm them together, give places back.

What was picked travels in the form from week to week; nothing is booked or given back before "Valider", and then all of
it is or nothing. The price that was shown is posted with the confirmation, and another price is never confirmed in its place.
Between a post and the page after it, the browser keeps the choices (`show_again`): the address says which week and which choices are shown.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response

from contracts.booking.api import change_bookings
from contracts.types import EnrollmentStatus
from gateway.admission import Posted
from gateway.calls import Refused
from portal.family.calendar.turns import turns_shown
from portal.frame.calendar import CalendarOptions, Choices, calendar_view, outstanding, settled
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
from portal.kit import PATHS, FormState
from portal.kit.days import day_typed, monday

SENDING: Final = "/mon-espace-de-stockage/envoyer"
"""Where a document is sent that a day waits for."""
NO_ERRORS: Final[Mapping[str, str]] = {}


OTHER_HOUSEHOLD: Final = "household"
"""What is wrong with choices that were made on the calendar of another household, by its name among the errors."""
STEPS: Final = ("quote", "confirm")  # what the buttons of the basket ask for, both of something that was chosen


@page("/calendrier")
async def calendar_page(visit: Visit) -> Response[Any]:
    """A week of the family's calendar, with what was chosen so far and can still be had."""
    portal, form = visit.portal, visit.form()
    chosen = Choices(tuple(form.all("added")), tuple(form.all("removed")))
    asked = await working_calendar(visit, visit.query("semaine"), chosen)
    if (day := day_typed(visit.query("semaine"))) and monday(day) > asked.week:
        return visit.redirect(f"{calendar_page.path}?semaine={asked.week}")
    working = replace(asked, choices=settled(asked.calendar, chosen))
    priced, problem = await price_of(visit, working)
    options = CalendarOptions(zone=portal.town.town.zone, documents_url=SENDING)
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
        **basket_of(portal, working, priced, problem),
    }
    return visit.page("family/calendar/week.html.j2", context, form=form)


def _as_chosen(posted: Posted) -> FormState:
    """What a posted calendar has chosen, as its page shows it again."""
    return FormState(asdict(choices_of(posted)))


@action("/calendrier", typing=_as_chosen)
async def change_calendar(visit: Visit) -> Response[Any]:
    """Another week with the choices kept, the price of the choices, or their confirmation."""
    other_week, choices = visit.posted.get("go"), choices_of(visit.posted)
    step = "" if other_week else visit.posted.get("step")
    if step in STEPS and choices.is_empty:
        refused = FormState(refusal=visit.portal.texts(f"calendar.nothing_to_{step}"))
        return await show_again(visit, calendar_page, refused, week_asked(visit.posted.get("week")))
    week = other_week or visit.posted.get("week")
    if choices.is_empty:
        return await _with_choices(visit, week, choices)
    working = await working_calendar(visit, visit.posted.get("week"), choices)
    if not _is_shown(visit, working):
        other = {OTHER_HOUSEHOLD: visit.portal.texts("calendar.other_household")}
        return await _with_choices(visit, week, choices, other)
    return await (_confirm(visit, working) if step == "confirm" else _with_choices(visit, week, choices))


@action("/calendrier/prix")
async def price_of_basket(visit: Visit) -> Response[Any]:
    """The basket alone, for the script that keeps it up to date."""
    working = await working_calendar(visit, visit.posted.get("week"), choices_of(visit.posted))
    if not _is_shown(visit, working):
        problem = visit.portal.texts("calendar.other_household_priced")
        return visit.portal.fragment("family/calendar/basket.html.j2", basket_of(visit.portal, working, None, problem))
    priced, problem = await price_of(visit, working)
    return visit.portal.fragment("family/calendar/basket.html.j2", basket_of(visit.portal, working, priced, problem))


def _is_shown(visit: Visit, working: WorkingCalendar) -> bool:
    """Whether the form showed this household: another one may have been chosen since, in another tab."""
    return visit.posted.get("household_id") in ("", str(working.calendar.household_id))


def _choosing_url(visit: Visit) -> str:
    """Where another household is chosen, and the way back to this page as it is."""
    return f"{PATHS['households']}?{urlencode({'retour': f'{calendar_page.path}?{urlencode(visit.asked)}'})}"


async def _with_choices(
    visit: Visit, week: str, choices: Choices, errors: Mapping[str, str] = NO_ERRORS
) -> Response[Any]:
    """Lead to a week with choices that are not confirmed, and to what is wrong with them."""
    if choices.is_empty and not errors:
        return visit.redirect(f"{calendar_page.path}?{urlencode(week_asked(week))}")
    return await show_again(visit, calendar_page, FormState(asdict(choices), errors), week_asked(week))


async def _confirm(visit: Visit, working: WorkingCalendar) -> Response[Any]:
    """Carry everything out that was chosen, in one call: whatever refuses it, nothing was done."""
    texts, monday_on = visit.portal.texts, working.week.isoformat()
    if not working.days().keys() >= {*working.choices.added, *working.choices.removed}:
        # Days that nobody was shown a price of: those that remain are shown with theirs.
        return await _with_choices(visit, monday_on, working.choices, {"basket": texts("calendar.not_shown")})
    priced, problem = await price_of(visit, working)
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
        errors = line_refusals(visit.portal, working, refused.problem)
        return await _with_choices(visit, monday_on, working.choices, errors)
    return visit.redirect(
        week, FlashNotice.counting("success", booked=len(done.bookings), cancelled=len(done.cancelled))
    )


PAGES = [calendar_page, change_calendar, price_of_basket]
