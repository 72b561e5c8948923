"""Births that are expected: whom to ask, and the birth itself."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import read_household
from contracts.family.births import Birth
from contracts.family.births_api import list_expected_children, register_birth
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from portal.frame.spaces import MenuLabel, action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

BIRTH: Final = Form(
    Birth, "agents.birth", ("first_name", "last_name", "birth_on", "twins.*.first_name", "twins.*.last_name")
)
TWINS_MAX: Final = 3
"""How many more children of one birth the form takes."""
PATH: Final = "/agents/familles/{household_id:uuid}/naissance/{child_id:uuid}"


@page("/agents/naissances", entry=MenuLabel("agents.menu.births", "family", list_expected_children))
async def births_page(visit: Visit) -> Response[Any]:
    """The births that are expected; those of which nothing is heard come first."""
    children = await visit.call(list_expected_children, visit.cursor)
    context = {"children": children.items, "next_cursor": children.next_cursor}
    return visit.page("agents/counter/births.html.j2", context)


@page(PATH)
async def birth_page(visit: Visit, household_id: UUID, child_id: UUID) -> Response[Any]:
    """The form of a birth; it opens with the names that the file has."""
    household = await visit.call(read_household, household_id)
    child = next((child for child in household.children if child.child_id == child_id and child.is_expected), None)
    if child is None:
        raise WrongSpace
    context = {"household": household, "child": child, "twins": range(TWINS_MAX)}
    return visit.page("agents/counter/birth.html.j2", context, form=visit.form(BIRTH, {"last_name": child.last_name}))


@action(PATH)
async def save_birth(visit: Visit, household_id: UUID, child_id: UUID) -> Response[Any]:
    """Register the birth."""
    typed = BIRTH.typed(visit.posted.values)
    try:
        await visit.call(register_birth, child_id, typed_as(Birth, BIRTH.body(typed)))
    except Refused as refused:
        form = visit.refused(refused, typed, BIRTH)
        return await show_again(visit, birth_page, form, household_id=household_id, child_id=child_id)
    return visit.redirect(f"/agents/familles/{household_id}", FlashNotice("success", "birth_registered"))


PAGES = [births_page, birth_page, save_birth]
