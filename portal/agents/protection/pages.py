"""Protected addresses: the list by when their decision ends, and of one household to protect its address, to see it and to end that."""

import asyncio
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import read_household
from contracts.family.models import Household
from contracts.family.protection import AddressProtection, ProtectedHousehold, ProtectionEnd, ProtectionRequest
from contracts.family.protection_api import (
    close_protection_request,
    end_protection,
    list_protected,
    list_protection_requests,
    protect_address,
    show_address,
)
from gateway.calls import Refused, typed_as
from portal.frame.protection import ask_address, shown_address
from portal.frame.spaces import MenuLabel, action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

LIST: Final = "/agents/adresses-protegees"
PATH: Final = "/agents/familles/{household_id:uuid}/protection"
PROTECT: Final = Form(AddressProtection, "agents.protection.form", ("reason", "starts_on", "ends_on"))
REQUESTS: Final = f"{LIST}/demandes"
REQUEST: Final = f"{REQUESTS}/{{request_id:uuid}}"
CLOSE: Final = Form(ProtectionEnd, "agents.protection.close_form", ("reason",))
END: Final = Form(ProtectionEnd, "agents.protection.end_form", ("reason",))


@page(LIST, entry=MenuLabel("agents.menu.protections", "lock", list_protected))
async def protections_page(visit: Visit) -> Response[Any]:
    """The households whose address is protected: first those whose decision ends first."""
    households, requests = await asyncio.gather(
        visit.call(list_protected, cursor=visit.cursor), visit.call(list_protection_requests)
    )
    context = {
        "households": households.items,
        "next_cursor": households.next_cursor,
        "requests": requests.items,
        "has_more_requests": requests.next_cursor is not None,
    }
    return visit.page("agents/protection/list.html.j2", context)


@page(REQUESTS)
async def requests_page(visit: Visit) -> Response[Any]:
    """The families that ask for it, page by page."""
    requests = await visit.call(list_protection_requests, cursor=visit.cursor)
    context = {"requests": requests.items, "next_cursor": requests.next_cursor}
    return visit.page("agents/protection/requests.html.j2", context)


@page(REQUEST)
async def request_page(visit: Visit, request_id: UUID) -> Response[Any]:
    """What somebody wrote who asks for their address to be protected, with the way to that and the form that closes it."""
    request = next(iter((await visit.call(list_protection_requests, request_id=request_id)).items), None)
    if request is None:
        return visit.redirect(LIST, FlashNotice("info", "protection_request_settled"))
    return visit.page("agents/protection/request.html.j2", {"request": request}, form=visit.form(CLOSE))


@action(REQUEST)
async def close(visit: Visit, request_id: UUID) -> Response[Any]:
    """Close it, of which nothing comes."""
    typed = CLOSE.typed(visit.posted.values)
    try:
        await visit.call(close_protection_request, request_id, typed_as(ProtectionEnd, CLOSE.body(typed)))
    except Refused as refused:
        return await show_again(visit, request_page, visit.refused(refused, typed, CLOSE), request_id=request_id)
    return visit.redirect(LIST, FlashNotice("success", "protection_request_closed"))


@page(PATH)
async def protection_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """Whether a household's address is protected and why, with the form that protects it or corrects that."""
    household = await visit.call(read_household, household_id)
    known = await _known(visit, household)
    context = {
        "household": household,
        "known": known,
        "today": visit.portal.today(),
        "can_protect": visit.may(protect_address),
        "can_see": visit.may(show_address),
        "carrier": visit.portal.town.town.protected_mail_by,
        "requests": await _requests(visit, household_id),
    }
    form = visit.form(PROTECT, _values(known, visit.portal.today()))
    return visit.page("agents/protection/protection.html.j2", context, form=form)


@action(PATH)
async def protect(visit: Visit, household_id: UUID) -> Response[Any]:
    """Protect the address, or correct why and until when."""
    typed = PROTECT.typed(visit.posted.values)
    try:
        await visit.call(protect_address, household_id, typed_as(AddressProtection, PROTECT.body(typed)))
    except Refused as refused:
        state = visit.refused(refused, typed, PROTECT)
        return await show_again(visit, protection_page, state, household_id=household_id)
    return visit.redirect(_path(household_id), FlashNotice("success", "address_protected"))


@page(f"{PATH}/adresse")
async def address_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """The address that was asked for a moment ago."""
    household = await visit.call(read_household, household_id)
    return shown_address(visit, _path(household_id), {"is_town": True, "reference": household.reference})


@action(f"{PATH}/adresse", typing=None)
async def see(visit: Visit, household_id: UUID) -> Response[Any]:
    """See it, which is noted."""
    return await ask_address(visit, household_id, (address_page, protection_page), household_id=household_id)


@page(f"{PATH}/fin")
async def end_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """What ending the protection means, before it is done."""
    household = await visit.call(read_household, household_id)
    if not household.is_address_protected:
        return visit.redirect(_path(household_id), FlashNotice("info", "address_unprotected"))
    return visit.page("agents/protection/end.html.j2", {"household": household}, form=visit.form(END))


@action(f"{PATH}/fin")
async def end(visit: Visit, household_id: UUID) -> Response[Any]:
    """End it."""
    typed = END.typed(visit.posted.values)
    try:
        await visit.call(end_protection, household_id, typed_as(ProtectionEnd, END.body(typed)))
    except Refused as refused:
        return await show_again(visit, end_page, visit.refused(refused, typed, END), household_id=household_id)
    return visit.redirect(_path(household_id), FlashNotice("success", "address_unprotected"))


async def _known(visit: Visit, household: Household) -> ProtectedHousehold | None:
    """Why and until when the address is protected, for whoever may know it."""
    if not household.is_address_protected or not visit.may(list_protected):
        return None
    return next(iter((await visit.call(list_protected, household.household_id)).items), None)


async def _requests(visit: Visit, household_id: UUID) -> list[ProtectionRequest]:
    """What the adults of a household ask, for whoever may read it."""
    if not visit.may(list_protection_requests):
        return []
    return list((await visit.call(list_protection_requests, household_id)).items)


def _values(known: ProtectedHousehold | None, today: date) -> dict[str, str]:
    if known is None:
        return {"starts_on": today.isoformat()}
    ends_on = known.ends_on.isoformat() if known.ends_on else ""
    return {"reason": known.reason, "starts_on": known.starts_on.isoformat(), "ends_on": ends_on}


def _path(household_id: UUID) -> str:
    return f"/agents/familles/{household_id}/protection"


PAGES = [
    protections_page,
    requests_page,
    request_page,
    close,
    protection_page,
    protect,
    address_page,
    see,
    end_page,
    end,
]
