"""The people of a household: how the town knows whoever is signed in, the adults, and the children with the way to their files."""

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import my_household
from contracts.family.changes import ChangeAsked, ChildWanted, PersonChange, StatusChange, StatusFields
from contracts.family.changes_api import (
    ask_child,
    change_civil_status,
    list_changes,
    read_civil_status,
    withdraw_change,
)
from contracts.family.child_events import ChangeStatus
from contracts.family.children_api import my_children
from contracts.family.schools_api import list_schoolings
from contracts.types import Civility
from gateway.calls import Refused, typed_as
from gateway.composing import permitted
from portal.family.home.pages import shown_email
from portal.frame.contact import AGAIN
from portal.frame.protection import ask_address, shown_address
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

PATH: Final = "/ma-famille"
STATUS: Final = Form(StatusChange, "changes.form", ("civility", "first_name", "last_name", "birth_on"))
CHILD: Final = Form(ChildWanted, "changes.form", ("first_name", "last_name", "birth_on"))


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
        "reached": {child.child_id for child in children.items},
        "changes": changes,
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


@page(f"{PATH}/{{person_id:uuid}}/etat-civil")
async def status_page(visit: Visit, person_id: UUID) -> Response[Any]:
    """The form of a civil status, with what becomes of each field."""
    known, refused = await asyncio.gather(visit.call(read_civil_status, person_id), _refused(visit))
    values = _values(known) | (_values(refused.after) if refused else {})
    context = {"known": known, "civilities": civilities(visit), "refused": refused}
    return visit.page("family/household/status.html.j2", context, form=visit.form(STATUS, values))


async def _refused(visit: Visit) -> PersonChange | None:
    """The refused request that the address names, to be corrected and asked for again."""
    if not (named := visit.query(AGAIN)):
        return None
    own = (await visit.call(list_changes)).items
    return next((item for item in own if str(item.change_id) == named and item.status is ChangeStatus.REFUSED), None)


def _values(fields: StatusFields) -> dict[str, str]:
    """What is said of a civil status, by field as it would be typed."""
    values = {name: str(getattr(fields, name) or "") for name in STATUS.fields}
    return {name: value for name, value in values.items() if value}


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
    return visit.redirect(PATH, _notice(answer))


def _notice(answer: ChangeAsked) -> FlashNotice:
    """What became of what was sent."""
    if answer.change_id:
        return FlashNotice("success", "change_sent_partly" if answer.is_done else "change_sent")
    return FlashNotice("success", "change_done") if answer.is_done else FlashNotice("info", "change_needless")


@page(f"{PATH}/nouvel-enfant")
async def child_page(visit: Visit) -> Response[Any]:
    """The form of a child that the file has not."""
    household, refused = await asyncio.gather(visit.call(my_household), _refused(visit))
    context = {"household_id": refused.household_id if refused else household.household_id, "refused": refused}
    values = _values(refused.after) if refused else {}
    return visit.page("family/household/new_child.html.j2", context, form=visit.form(CHILD, values))


@action(f"{PATH}/nouvel-enfant")
async def add_child(visit: Visit) -> Response[Any]:
    """Have a child added, or ask for that."""
    typed = CHILD.typed(visit.posted.values)
    try:
        body = CHILD.body(typed) | {"household_id": visit.posted.get("household_id") or None}
        answer = await visit.call(ask_child, typed_as(ChildWanted, body))
    except Refused as refused:
        return await show_again(visit, child_page, visit.refused(refused, typed, CHILD))
    return visit.redirect(PATH, _notice(answer))


@action(f"{PATH}/demandes/{{change_id:uuid}}/retrait", typing=None)
async def withdraw(visit: Visit, change_id: UUID) -> Response[Any]:
    """Take a request back."""
    try:
        await visit.call(withdraw_change, change_id)
    except Refused as refused:
        return await show_again(visit, household_page, visit.refused(refused))
    return visit.redirect(PATH, FlashNotice("success", "change_withdrawn"))


PAGES = [household_page, address_page, see_address, status_page, correct, child_page, add_child, withdraw]
