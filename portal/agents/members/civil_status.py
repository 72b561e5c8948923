"""The people of a file at the counter: a civil status corrected, and a child added, for a family that asks an agent."""

from typing import Any, Final
from uuid import UUID

from litestar import Response
from litestar.exceptions import PermissionDeniedException

from contracts.family.api import read_household
from contracts.family.changes_api import ask_child
from portal.frame.civil_status import Place, add_child, correct_status, show_child, show_status
from portal.frame.spaces import action, page
from portal.frame.visit import Visit

STATUS: Final = "/agents/familles/{household_id:uuid}/etat-civil/{person_id:uuid}"
CHILD: Final = "/agents/familles/{household_id:uuid}/nouvel-enfant"


def _place(household_id: UUID, path: str) -> Place:
    file = f"/agents/familles/{household_id}"
    return Place(f"{file}/{path}", f"{file}/personnes", is_town=True, parameters={"household_id": household_id})


@page(STATUS)
async def status_page(visit: Visit, household_id: UUID, person_id: UUID) -> Response[Any]:
    """The form of somebody's civil status."""
    return await show_status(visit, _place(household_id, f"etat-civil/{person_id}"), person_id)


@action(STATUS)
async def correct(visit: Visit, household_id: UUID, person_id: UUID) -> Response[Any]:
    """Correct it at once."""
    return await correct_status(visit, _place(household_id, f"etat-civil/{person_id}"), status_page, person_id)


@page(CHILD)
async def child_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """The form of a child that the file has not, born or expected. Raises PermissionDeniedException."""
    if not visit.may(ask_child):
        raise PermissionDeniedException
    today = visit.portal.today()
    adults = [
        (str(adult.adult_id), f"{adult.first_name} {adult.last_name.upper()}")
        for adult in (await visit.call(read_household, household_id)).adults
        if adult.starts_on <= today
    ]
    return await show_child(visit, _place(household_id, "nouvel-enfant"), household_id, adults)


@action(CHILD)
async def add(visit: Visit, household_id: UUID) -> Response[Any]:
    """Add it at once."""
    return await add_child(visit, _place(household_id, "nouvel-enfant"), child_page)


PAGES = [status_page, correct, child_page, add]
