"""Whom a family lets act for its children: the list with what ends each, the form of a new one, and its summary before it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import my_household
from contracts.family.delegations import DelegationCreate
from contracts.family.delegations_api import give_delegation, list_delegations, revoke_delegation
from contracts.family.events import DelegatedAct
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from portal.frame.alike import child_names
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState
from portal.kit.days import day_typed

PATH: Final = "/personnes-de-confiance"
GROUPS: Final = ("child_ids", "acts")
NEW: Final = Form(
    DelegationCreate, "delegations.form", ("first_name", "last_name", "email", "child_ids", "acts", "ends_on")
)
SCHOOL_YEAR_ENDS: Final = (8, 31)


@page(PATH)
async def delegations_page(visit: Visit) -> Response[Any]:
    """Whom the household lets act, and whom it let."""
    delegations = await visit.call(list_delegations, cursor=visit.cursor)
    context = {
        "live": [item for item in delegations.items if item.end is None],
        "ended": [item for item in delegations.items if item.end is not None],
        "next_cursor": delegations.next_cursor,
        "own_id": visit.session.guardian_id,
        "is_open": visit.portal.town.delegation_days_max > 0,
    }
    return visit.page("family/delegations/list.html.j2", context, form=visit.form())


@page(f"{PATH}/nouvelle")
async def new_page(visit: Visit) -> Response[Any]:
    """The form of a new one."""
    today, days_max = visit.portal.today(), visit.portal.town.delegation_days_max
    if not days_max:
        raise WrongSpace
    household, texts = await visit.call(my_household), visit.portal.texts
    context = {
        "children": [(str(child_id), name) for child_id, name in child_names(household.children).items()],
        "acts": [(act.value, texts(f"delegations.act.{act.name.lower()}")) for act in DelegatedAct],
        "household_id": household.household_id,
        "first_on": today,
        "last_on": today + timedelta(days=days_max),
    }
    proposed = {"ends_on": proposed_end(today, days_max).isoformat(), "acts": DelegatedAct.READ_CALENDAR.value}
    return visit.page("family/delegations/new.html.j2", context, form=visit.form(NEW, proposed))


@action(f"{PATH}/nouvelle")
async def sum_up(visit: Visit) -> Response[Any]:
    """Lead to the summary of what was typed, or back to the form with what is wrong with it."""
    typed = _typed(visit)
    try:
        typed_as(DelegationCreate, _body(visit, typed))
    except Refused as refused:
        return await show_again(visit, new_page, _by_group(visit.refused(refused, typed, NEW)))
    return await show_again(visit, summary_page, FormState({**typed, "household_id": _household(visit)}))


@page(f"{PATH}/recapitulatif")
async def summary_page(visit: Visit) -> Response[Any]:
    """What is about to be given, in words; nothing of it counts yet. Without anything typed there is nothing to sum up."""
    form = visit.form(NEW)
    household = await visit.call(my_household)
    ends_on = day_typed(form.value("ends_on"))
    if not form.values or ends_on is None:
        return visit.redirect(f"{PATH}/nouvelle")
    names = {str(child_id): name for child_id, name in child_names(household.children).items()}
    acts = {act.value: act for act in DelegatedAct}
    texts = visit.portal.texts
    context = {
        "children": [names[child_id] for child_id in form.all("child_ids") if child_id in names],
        "acts": [
            texts(f"delegations.act.{acts[act].name.lower()}") for act in _with_reading(form.all("acts")) if act in acts
        ],
        "ends_on": ends_on,
    }
    return visit.page("family/delegations/summary.html.j2", context, form=form)


@action(f"{PATH}/recapitulatif")
async def give(visit: Visit) -> Response[Any]:
    """Give it, or go back to the form with what was typed."""
    typed = _typed(visit)
    if visit.posted.get("step") == "correct":
        return await show_again(visit, new_page, FormState(typed))
    try:
        await visit.call(give_delegation, typed_as(DelegationCreate, _body(visit, typed)))
    except Refused as refused:
        return await show_again(visit, new_page, _by_group(visit.refused(refused, typed, NEW)))
    return visit.redirect(PATH, FlashNotice("success", "delegation_given"))


@action(f"{PATH}/{{delegation_id:uuid}}/fin", typing=None)
async def revoke(visit: Visit, delegation_id: UUID) -> Response[Any]:
    """End one at once."""
    try:
        await visit.call(revoke_delegation, delegation_id)
    except Refused as refused:
        return await show_again(visit, delegations_page, visit.refused(refused))
    return visit.redirect(PATH, FlashNotice("success", "delegation_ended"))


def proposed_end(today: date, days_max: int) -> date:
    """The end of the school year, or the last day that the town lets."""
    year_end = date(today.year, *SCHOOL_YEAR_ENDS)
    if today > year_end:
        year_end = date(today.year + 1, *SCHOOL_YEAR_ENDS)
    return min(year_end, today + timedelta(days=days_max))


def _with_reading(acts: Sequence[str]) -> list[str]:
    """The acts in one order; whoever books sees what there is to book."""
    is_booking = DelegatedAct.BOOK_DAYS in acts
    return [act for act in DelegatedAct if act in acts or (is_booking and act is DelegatedAct.READ_CALENDAR)]


def _typed(visit: Visit) -> dict[str, Any]:
    """What was typed, with every box that was ticked."""
    return {**NEW.typed(visit.posted.values), **{name: visit.posted.all(name) for name in GROUPS}}


def _household(visit: Visit) -> str:
    return visit.posted.get("household_id")


def _body(visit: Visit, typed: Mapping[str, Any]) -> dict[str, Any]:
    return NEW.body(typed) | {"household_id": _household(visit) or None}


def _by_group(state: FormState) -> FormState:
    """What is wrong with one child or act is shown at its group."""
    errors: dict[str, str] = {}
    for name, text in state.errors.items():
        errors.setdefault(name.partition(".")[0], text)
    return replace(state, errors=errors)


PAGES = [delegations_page, new_page, sum_up, summary_page, give, revoke]
