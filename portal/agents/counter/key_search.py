"""The file of whom a key of the town's services was given to: a sheet that was found, or a caller who reads a key out."""

from typing import Any, Final

from litestar import Response

from contracts.identity.api import find_key_holder
from contracts.identity.service_keys import SoughtKey
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

SOUGHT: Final = Form(SoughtKey, "agents.key_search", ("key",))


@page("/agents/familles/cle")
async def key_search_page(visit: Visit) -> Response[Any]:
    """The form. A key opens pages, so it is posted: it stands in no address."""
    return visit.page("agents/counter/key_search.html.j2", form=visit.form(SOUGHT))


@action("/agents/familles/cle")
async def find_by_key(visit: Visit) -> Response[Any]:
    """Lead to the file of whoever was given the key; the other files of theirs are found by their name there."""
    typed = SOUGHT.typed(visit.posted.values)
    try:
        holder = await visit.call(find_key_holder, typed_as(SoughtKey, SOUGHT.body(typed)))
    except Refused as refused:
        return await show_again(visit, key_search_page, visit.refused(refused, typed, SOUGHT))
    if not holder.files:
        return visit.redirect(key_search_page.path, FlashNotice("warning", "key_of_no_file"))
    if holder.is_replaced:
        notice = FlashNotice("warning", "key_replaced")
    else:
        notice = FlashNotice("success", "key_found" if len(holder.files) == 1 else "key_found_in_several")
    return visit.redirect(f"/agents/familles/{holder.files[0].household_id}", notice)


PAGES = [key_search_page, find_by_key]
