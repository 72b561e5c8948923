"""Opening days of an activity: a period, the days of the week, the places."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from litestar import Response

from contracts.booking.api import list_activities, open_slots
from contracts.booking.models import SlotsOpen
from gateway.calls import Refused, typed_as
from portal.frame.spaces import form, page
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState
from portal.kit.days import id_typed

FIELDS = ("activity_id", "from_on", "to_on", "capacity")
WEEKDAYS = ("0", "1", "2", "3", "4", "5", "6")
PERIOD_DAYS_MAX = 366


@page("/agents/ouvertures")
async def opening_page(visit: Visit) -> Response[Any]:
    """The form that opens days."""
    return await _page(visit, FormState(values={"weekday": ["2"]}))


@form("/agents/ouvertures")
async def open_days(visit: Visit) -> Response[Any]:
    """Open every chosen day of the week in the period."""
    texts = visit.portal.texts
    typed: dict[str, Any] = {name: visit.posted.get(name) for name in FIELDS}
    typed["weekday"] = visit.posted.all("weekday")
    activity_id = id_typed(typed["activity_id"])
    days = chosen_days(typed["from_on"], typed["to_on"], typed["weekday"])
    known = {"activity_id": activity_id, "capacity": typed["capacity"]}
    errors = {name: texts(f"fields.{name}") for name, value in known.items() if not value}
    if days is None or not days:
        errors["from_on"] = texts("agents.openings.no_day")
    if errors or days is None or activity_id is None:
        return await _page(visit, FormState(values=typed, errors=errors))
    try:
        body = typed_as(SlotsOpen, {"days": days, "capacity": typed["capacity"]})
        await visit.call(open_slots, activity_id, body)
    except Refused as refused:
        return await _page(visit, _about_the_form(visit.refused(refused, typed)))
    return visit.redirect("/agents/pointage", FlashNotice("success", "days_opened"))


def chosen_days(from_on: str, to_on: str, weekdays: list[str]) -> list[date] | None:
    """The days of a period that fall on these days of the week; None when the period cannot be read or is too long."""
    try:
        first, last = date.fromisoformat(from_on), date.fromisoformat(to_on)
    except ValueError:
        return None
    if not timedelta(0) <= last - first < timedelta(days=PERIOD_DAYS_MAX):
        return None
    every = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [day for day in every if str(day.weekday()) in weekdays]


def _about_the_form(state: FormState) -> FormState:
    """What is wrong with some of the days is shown at the start of their period: no field of the form is one day."""
    errors: dict[str, str] = {}
    for name, text in state.errors.items():
        errors.setdefault("from_on" if name.startswith("days") else name, text)
    return replace(state, errors=errors)


async def _page(visit: Visit, form: FormState) -> Response[str]:
    activities = await visit.call(list_activities)
    context = {
        "activities": [(str(a.activity_id), f"{a.label} – {a.site_label}") for a in activities.items],
        "weekdays": [(number, visit.portal.texts(f"agents.weekday.{number}")) for number in WEEKDAYS],
    }
    return visit.page("agents/places/openings.html.j2", context, form=form)


PAGES = [opening_page, open_days]
