"""The online services of the town, each with what it is for and whether one uses it: all of them until one does without."""

from typing import Any, Final

from litestar import Response

from contracts.identity.online_service_words import OnlineService
from contracts.identity.online_services import OnlineServicesChoice
from contracts.identity.online_services_api import choose_online_services
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

PATH: Final = "/mes-services"
CHOICE: Final = Form(OnlineServicesChoice, "online_services", tuple(OnlineService))


@page(PATH)
async def services_page(visit: Visit) -> Response[Any]:
    """What there is, and what is used of it."""
    declined = visit.session.declined
    used = {service.value: "" if service in declined else "1" for service in OnlineService}
    return visit.page(
        "family/online_services/services.html.j2",
        {"services": list(OnlineService), "path": PATH},
        form=visit.form(CHOICE, used),
    )


@action(PATH)
async def choose(visit: Visit) -> Response[Any]:
    """Use those that are ticked from now on, and do without the others."""
    declined = [service for service in OnlineService if not visit.posted.get(service.value)]
    try:
        await visit.call(choose_online_services, typed_as(OnlineServicesChoice, {"declined": declined}))
    except Refused as refused:
        return await show_again(visit, services_page, visit.refused(refused, CHOICE.typed(visit.posted.values), CHOICE))
    visit.sessions.forget(visit.visitor.session_token)
    return visit.redirect(PATH, FlashNotice("success", "online_services_chosen"))


PAGES: Final = [services_page, choose]
