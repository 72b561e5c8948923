"""Opening days of an activity: a period, the days of the week, the places."""

from datetime import date, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from contracts.types import ActorKind
from gateway.admission import Form
from gateway.auth import Visitor
from gateway.clients.calling import Refused
from gateway.services import Services

from ...kit import FormState
from ...render import Notice, Portal

AnyRequest = Request[Any, Any, Any]
FIELDS = ("activity_id", "from_on", "to_on", "capacity")
WEEKDAYS = ("0", "1", "2", "3", "4", "5", "6")
PERIOD_DAYS_MAX = 366


@get("/agents/ouvertures")
async def opening_page(
    request: AnyRequest, visitor: NamedDependency[Visitor], services: NamedDependency[Services]
) -> Response[Any]:
    """The form that opens days."""
    visitor.require(ActorKind.AGENT)
    return await _page(request, visitor, services, FormState(values={"weekday": ["2"]}))


@post("/agents/ouvertures")
async def open_days(
    request: AnyRequest,
    visitor: NamedDependency[Visitor],
    form: NamedDependency[Form],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Open every chosen day of the week in the period."""
    visitor.require(ActorKind.AGENT)
    portal: Portal = request.app.state.portal
    typed: dict[str, Any] = {name: form.get(name) for name in FIELDS} | {"weekday": form.all("weekday")}
    days = chosen_days(typed["from_on"], typed["to_on"], typed["weekday"])
    errors = {name: portal.texts(f"fields.{name}") for name in ("activity_id", "capacity") if not typed[name]}
    if days is None or not days:
        errors["from_on"] = portal.texts("agents.openings.no_day")
    if errors or days is None:
        return await _page(request, visitor, services, FormState(values=typed, errors=errors))
    try:
        body = {"days": [day.isoformat() for day in days], "capacity": typed["capacity"]}
        await services.booking.open_slots(visitor.caller, typed["activity_id"], body)
    except Refused as refused:
        state = _about_the_form(portal.form_state(typed, refused.problem))
        text = "" if state.errors else portal.refusal_text(refused.problem)
        return await _page(request, visitor, services, state, text)
    return portal.redirect("/agents/pointage", Notice("success", "days_opened"))


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
    return FormState(state.values, errors)


async def _page(
    request: AnyRequest, visitor: Visitor, services: Services, form: FormState, refusal: str = ""
) -> Response[str]:
    portal: Portal = request.app.state.portal
    activities = await services.booking.activities(visitor.caller)
    context = {
        "form": form,
        "refusal": refusal,
        "activities": [(str(a.activity_id), f"{a.label} – {a.site_label}") for a in activities.items],
        "weekdays": [(number, portal.texts(f"agents.weekday.{number}")) for number in WEEKDAYS],
    }
    status = 422 if form.errors or refusal else 200
    return portal.page(request, "agents/openings.html.j2", visitor, context, status=status)


HANDLERS = [opening_page, open_days]
