"""Whether one's space is linked to FranceConnect: the way to link it, and the form that removes the link."""

from typing import Any, Final

from litestar import Response

from contracts.identity.api import own_franceconnect, unlink_franceconnect
from contracts.identity.franceconnect import LinkRemoval
from gateway.calls import Refused, typed_as
from portal.frame.franceconnect import OWN_PATH, require_franceconnect
from portal.frame.spaces import action, only_families, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

REMOVAL: Final = Form(LinkRemoval, "franceconnect.own", ("current_password",))


@page(OWN_PATH, admits=only_families)
async def own_franceconnect_page(visit: Visit) -> Response[Any]:
    """The state of the link."""
    require_franceconnect(visit)
    own = await visit.call(own_franceconnect)
    context = {"own": own, "path": OWN_PATH}
    return visit.page("account/franceconnect/own.html.j2", context, form=visit.form(REMOVAL))


@action(OWN_PATH, admits=only_families, has_secret=True)
async def remove_link(visit: Visit) -> Response[Any]:
    """Remove it, with the password: there is another way in."""
    require_franceconnect(visit)
    typed = REMOVAL.typed(visit.posted.values)
    try:
        await visit.call(unlink_franceconnect, typed_as(LinkRemoval, typed))
    except Refused as refused:
        return await show_again(visit, own_franceconnect_page, visit.refused(refused, typed, REMOVAL))
    return visit.redirect(OWN_PATH, FlashNotice("success", "franceconnect_unlinked"))


PAGES = [own_franceconnect_page, remove_link]
