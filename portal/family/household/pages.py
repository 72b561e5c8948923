"""The people of a household: how the town knows whoever is signed in, the adults, and the children with the way to their files."""

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import my_household
from contracts.family.changes import ChildWanted, StatusChange
from contracts.family.changes_api import (
    ask_child,
    change_civil_status,
    list_changes,
    read_civil_status,
    withdraw_change,
)
from contracts.family.children_api import my_children
from contracts.family.schools_api import list_schoolings
from contracts.types import Civility
from gateway.calls import Refused, typed_as
from gateway.composing import permitted
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

PATH: Final = "/ma-famille"
STATUS: Final = Form(StatusChange, "changes.form", ("civility", "first_name", "last_name", "birth_on"))
CHILD: Final = Form(ChildWanted, "changes.form", ("first_name", "last_name", "birth_on"))


@page(PATH)
async def household_page(visit: Visit) -> Response[Any]:
    """A card for each adult and child of the household; the file of a child opens for whoever answers for it."""
    household, own, changes = await asyncio.gather(
        visit.call(my_household), visit.call(my_children), visit.call(list_changes)
    )
    schoolings = await permitted(visit.call(list_schoolings, household.household_id))
    today = visit.portal.today()
    context = {
        "household": household,
        "schoolings": {
            child.child_id: present
            for child in (schoolings.value.items if schoolings and schoolings.value else ())
            if (present := child.on(today))
        },
        "own_id": visit.session.guardian_id,
        "reached": {child.child_id for child in own.items},
        "changes": changes,
    }
    return visit.page("family/household/household.html.j2", context, form=visit.form())


@page(f"{PATH}/{{person_id:uuid}}/etat-civil")
async def status_page(visit: Visit, person_id: UUID) -> Response[Any]:
    """The form of a civil status, with what becomes of each field."""
    known = await visit.call(read_civil_status, person_id)
    values = {name: str(getattr(known, name) or "") for name in STATUS.fields}
    context = {"known": known, "civilities": civilities(visit)}
    return visit.page("family/household/status.html.j2", context, form=visit.form(STATUS, values))


def civilities(visit: Visit) -> list[tuple[str, str]]:
    """The civilities to choose from."""
    texts = visit.portal.texts
    return [(item.value, texts(f"agents.civility.{item}")) for item in Civility]


@action(f"{PATH}/{{person_id:uuid}}/etat-civil")
async def correct(visit: Visit, person_id: UUID) -> Response[Any]:
    """Correct it, or ask for that."""
    typed = STATUS.typed(visit.posted.values)
    try:
        body = STATUS.body(typed) | {"version": visit.posted.get("version")}
        answer = await visit.call(change_civil_status, person_id, typed_as(StatusChange, body))
    except Refused as refused:
        return await show_again(visit, status_page, visit.refused(refused, typed, STATUS), person_id=person_id)
    return visit.redirect(PATH, FlashNotice("success", "change_sent" if answer.change_id else "change_done"))


@page(f"{PATH}/nouvel-enfant")
async def child_page(visit: Visit) -> Response[Any]:
    """The form of a child that the file has not."""
    household = await visit.call(my_household)
    context = {"household_id": household.household_id}
    return visit.page("family/household/new_child.html.j2", context, form=visit.form(CHILD))


@action(f"{PATH}/nouvel-enfant")
async def add_child(visit: Visit) -> Response[Any]:
    """Have a child added, or ask for that."""
    typed = CHILD.typed(visit.posted.values)
    try:
        body = CHILD.body(typed) | {"household_id": visit.posted.get("household_id") or None}
        answer = await visit.call(ask_child, typed_as(ChildWanted, body))
    except Refused as refused:
        return await show_again(visit, child_page, visit.refused(refused, typed, CHILD))
    return visit.redirect(PATH, FlashNotice("success", "change_sent" if answer.change_id else "change_done"))


@action(f"{PATH}/demandes/{{change_id:uuid}}/retrait", typing=None)
async def withdraw(visit: Visit, change_id: UUID) -> Response[Any]:
    """Take a request back."""
    try:
        await visit.call(withdraw_change, change_id)
    except Refused as refused:
        return await show_again(visit, household_page, visit.refused(refused))
    return visit.redirect(PATH, FlashNotice("success", "change_withdrawn"))


PAGES = [household_page, status_page, correct, child_page, add_child, withdraw]
