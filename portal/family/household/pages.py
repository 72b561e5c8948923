"""The people of a household: how the town knows whoever is signed in, the adults, and the children with the way to their files."""

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import my_household
from contracts.family.changes_api import list_changes, withdraw_change
from contracts.family.children_api import my_children
from contracts.family.schools_api import list_schoolings
from gateway.calls import Refused
from gateway.composing import permitted
from portal.family.home.pages import shown_email
from portal.frame.alike import child_names
from portal.frame.civil_status import Place, add_child, correct_status, show_child, show_status
from portal.frame.protection import ask_address, shown_address
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit

PATH: Final = "/ma-famille"
NEW_CHILD: Final = Place(f"{PATH}/nouvel-enfant", PATH, is_town=False)


@page(PATH)
async def household_page(visit: Visit) -> Response[Any]:
    """A card for each adult and child of the household; the file of a child opens for whoever answers for it."""
    household, children, changes = await asyncio.gather(
        visit.call(my_household), visit.call(my_children), visit.call(list_changes)
    )
    own = next((adult for adult in household.adults if adult.adult_id == visit.session.guardian_id), None)
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
        "email": shown_email(visit, own),
        "names": child_names(household.children),
        "reached": {child.child_id for child in children.items},
        "changes": changes,
        "reads_quotients": visit.portal.town.reads_quotients,
        "carrier": visit.portal.town.town.protected_mail_by,
    }
    return visit.page("family/household/household.html.j2", context, form=visit.form())


@page(f"{PATH}/adresse")
async def address_page(visit: Visit) -> Response[Any]:
    """The protected address that was asked for a moment ago."""
    household = await visit.call(my_household)
    return shown_address(visit, PATH, {"is_town": False, "reference": household.reference})


@action(f"{PATH}/adresse", typing=None)
async def see_address(visit: Visit) -> Response[Any]:
    """See the protected address of one's own household, which is noted."""
    household = await visit.call(my_household)
    return await ask_address(visit, household.household_id, (address_page, household_page))


def _status_place(person_id: UUID) -> Place:
    return Place(f"{PATH}/{person_id}/etat-civil", PATH, is_town=False)


@page(f"{PATH}/{{person_id:uuid}}/etat-civil")
async def status_page(visit: Visit, person_id: UUID) -> Response[Any]:
    """The form of a civil status, with what becomes of each field."""
    return await show_status(visit, _status_place(person_id), person_id)


@action(f"{PATH}/{{person_id:uuid}}/etat-civil")
async def correct(visit: Visit, person_id: UUID) -> Response[Any]:
    """Correct it, or ask for that."""
    return await correct_status(visit, _status_place(person_id), status_page, person_id)


@page(NEW_CHILD.path)
async def child_page(visit: Visit) -> Response[Any]:
    """The form of a child that the file has not."""
    return await show_child(visit, NEW_CHILD, (await visit.call(my_household)).household_id)


@action(NEW_CHILD.path)
async def add(visit: Visit) -> Response[Any]:
    """Have a child added, or ask for that."""
    return await add_child(visit, NEW_CHILD, child_page)


@action(f"{PATH}/demandes/{{change_id:uuid}}/retrait", typing=None)
async def withdraw(visit: Visit, change_id: UUID) -> Response[Any]:
    """Take a request back."""
    try:
        await visit.call(withdraw_change, change_id)
    except Refused as refused:
        return await show_again(visit, household_page, visit.refused(refused))
    return visit.redirect(PATH, FlashNotice("success", "change_withdrawn"))


PAGES = [household_page, address_page, see_address, status_page, correct, child_page, add, withdraw]
