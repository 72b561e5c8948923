"""A protected address, shown once to whoever asks for it: the browser keeps it sealed, for the page that shows it, and forgets it there."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response

from contracts.family.protection_api import show_address
from gateway.calls import Refused
from portal.frame.spaces import Screen, show_again
from portal.frame.visit import Visit
from portal.kit import FormState


async def ask_address(visit: Visit, whose: UUID, pages: tuple[Screen, Screen], **parameters: Any) -> Response[Any]:
    """See the address of a household, which is noted: the first page shows it; the second one says why not."""
    shown, refused_on = pages
    try:
        address = await visit.call(show_address, whose)
    except Refused as refused:
        return await show_again(visit, refused_on, visit.refused(refused), **parameters)
    lines = [
        *address.lines,
        f"{address.postal_code} {address.city}",
        *([address.country.upper()] if address.country else []),
    ]
    return await show_again(visit, shown, FormState({"lines": lines}), **parameters)


def shown_address(visit: Visit, back: str, context: Mapping[str, Any]) -> Response[Any]:
    """The page with an address that was asked for a moment ago; without one, the page from which it is asked for."""
    lines = visit.form().all("lines")
    if not lines:
        return visit.redirect(back, visit.shown_before("address_shown_once"))
    page = visit.page("protected_address.html.j2", {**context, "lines": lines, "back": back})
    return visit.once(page)
