"""Opening days of an activity: a period, the days of the week, the places."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Response
from pydantic import Field

from contracts.booking.api import list_activities, open_slots
from contracts.booking.catalog import Activity, Group, PlaceCount, SlotsOpen
from contracts.event import Model
from contracts.http import Day
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from portal.frame.spaces import MenuLabel, action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

WEEKDAYS: Final = ("0", "1", "2", "3", "4", "5", "6")
PERIOD_DAYS_MAX: Final = 366
SEPARATOR: Final = ":"
"""Between an activity and the group of it that is chosen with it."""


class Opening(Model):
    """What an agent asks for: each of these days of the week (0 is Monday) in a period, both ends included; for one group of the
    activity, or for each of them."""

    activity_id: UUID
    group_id: UUID | None = None
    from_on: Day
    to_on: Day
    weekday: Annotated[tuple[str, ...], Field(max_length=len(WEEKDAYS))] = ()
    capacity: PlaceCount


OPENING: Final = Form(Opening, "agents.openings", ("activity_id", "from_on", "to_on", "weekday", "capacity"))


@page("/agents/ouvertures", entry=MenuLabel("agents.menu.openings", "plus", open_slots))
async def opening_page(visit: Visit) -> Response[Any]:
    """The form that opens days, for whoever may."""
    if not visit.may(open_slots):
        raise WrongSpace
    activities = await visit.call(list_activities)
    context = {
        "activities": [choice for activity in activities.items for choice in _choices(activity)],
        "weekdays": [(number, visit.portal.texts(f"agents.weekday.{number}")) for number in WEEKDAYS],
    }
    return visit.page("agents/places/openings.html.j2", context, form=visit.form(OPENING, {"weekday": ["2"]}))


def _choices(activity: Activity) -> list[tuple[str, str]]:
    """An activity as a whole, then each of its groups if there are several."""
    sites = {site.code: site.label for site in activity.sites}
    whole = (str(activity.activity_id), f"{activity.label} – {', '.join(sites.values())}")
    if len(activity.groups) == 1:
        return [whole]
    return [
        whole,
        *(
            (f"{activity.activity_id}{SEPARATOR}{group.group_id}", f"{activity.label} – {_place(group, sites)}")
            for group in activity.groups
        ),
    ]


def _place(group: Group, sites: Mapping[str, str]) -> str:
    """A group with its site; the default one bears the site's name."""
    site = sites[group.site_code]
    return site if group.is_default else f"{site}, {group.label}"


@action("/agents/ouvertures")
async def open_days(visit: Visit) -> Response[Any]:
    """Open every chosen day of the week in the period."""
    typed: dict[str, Any] = {**OPENING.typed(visit.posted.values), "weekday": visit.posted.all("weekday")}
    activity_id, _, group_id = str(typed.get("activity_id", "")).partition(SEPARATOR)
    try:
        body = OPENING.body(typed) | {"activity_id": activity_id, "group_id": group_id or None}
        opening = typed_as(Opening, body)
        days = chosen_days(opening)
        if not days:
            no_day = {"from_on": visit.portal.texts("agents.openings.no_day")}
            return await show_again(visit, opening_page, FormState(typed, no_day))
        await visit.call(
            open_slots,
            opening.activity_id,
            SlotsOpen(days=tuple(days), capacity=opening.capacity, group_id=opening.group_id),
        )
    except Refused as refused:
        return await show_again(visit, opening_page, _about_the_form(visit.refused(refused, typed, OPENING)))
    return visit.redirect("/agents/pointage", FlashNotice("success", "days_opened"))


def chosen_days(opening: Opening) -> list[date]:
    """The days of a period that fall on the chosen days of the week; none when it is too long."""
    first, last = opening.from_on, opening.to_on
    if not timedelta(0) <= last - first < timedelta(days=PERIOD_DAYS_MAX):
        return []
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [day for day in days if str(day.weekday()) in opening.weekday]


def _about_the_form(state: FormState) -> FormState:
    """What is wrong with some of the days is shown at the start of their period: no field of the form is one day."""
    errors: dict[str, str] = {}
    for name, text in state.errors.items():
        errors.setdefault("from_on" if name.startswith("days") else name, text)
    return replace(state, errors=errors)


PAGES = [opening_page, open_days]
