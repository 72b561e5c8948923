"""Services of the town that a family opens with a key: entering one later, and what each of them shows."""

from typing import Any, Final

from litestar import Response

from gateway.auth import WrongSpace
from gateway.calls import Refused
from portal.frame.service_keys import KEYS, enter_keys, has_typed_key, show_keys
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit

KEYS_PATH: Final = "/mon-compte/services"


@page(KEYS_PATH)
async def services_page(visit: Visit) -> Response[Any]:
    """The services of the town: those that are open, and a field for the key of each other one."""
    return await show_keys(visit, "family/services/keys.html.j2", {"path": KEYS_PATH})


@action(KEYS_PATH, has_secret=True)
async def enter_later_keys(visit: Visit) -> Response[Any]:
    typed = KEYS.typed(visit.posted.values)
    try:
        await enter_keys(visit, typed)
    except Refused as refused:
        return await show_again(visit, services_page, visit.refused(refused, typed, KEYS))
    is_entered = has_typed_key(typed)
    notice = FlashNotice("success" if is_entered else "info", "service_keys_entered" if is_entered else "no_key_typed")
    return visit.redirect(KEYS_PATH, notice)


@page("/services/{code:str}")
async def service_page(visit: Visit, code: str) -> Response[Any]:
    """The procedures and publications of a service, for those who opened it: for others it does not exist."""
    service = next((page for page in visit.portal.town.section.services if page.code == code), None)
    if service is None or code not in visit.session.services:
        raise WrongSpace
    return visit.page("family/services/service.html.j2", {"service": service})


PAGES = [services_page, enter_later_keys, service_page]
