"""What always holds of each service's rows: what the last checks found, and another check on demand."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from litestar import Response

from contracts.billing.api import billing_invariants, check_billing_invariants
from contracts.booking.api import booking_invariants, check_booking_invariants
from contracts.family.api import check_family_invariants, family_invariants
from contracts.http import Page
from contracts.identity.api import check_identity_invariants, identity_invariants
from contracts.invariants import InvariantCheck
from contracts.notifications.api import check_notifications_invariants, notifications_invariants
from contracts.operation import Operation
from gateway.composing import optional
from portal.frame.spaces import MenuLabel, action, page
from portal.frame.visit import FlashNotice, Visit

PATH: Final = "/agents/exploitation/invariants"
Listing = Operation[[], Page[InvariantCheck]]
Asking = Operation[[], None]

OPERATIONS: Final[Mapping[str, tuple[Listing, Asking]]] = {
    "identity": (identity_invariants, check_identity_invariants),
    "family": (family_invariants, check_family_invariants),
    "booking": (booking_invariants, check_booking_invariants),
    "billing": (billing_invariants, check_billing_invariants),
    "notifications": (notifications_invariants, check_notifications_invariants),
}


@page(PATH, entry=MenuLabel("agents.menu.invariants", "check-lock", booking_invariants))
async def invariants_page(visit: Visit) -> Response[Any]:
    """Each service's invariants with what was found last."""
    services = _services(visit)
    parts = await asyncio.gather(*(optional(visit.call(OPERATIONS[name][0])) for name in services))
    return visit.page("agents/operations/invariants.html.j2", {"parts": dict(zip(services, parts, strict=True))})


@action(PATH)
async def check_invariants(visit: Visit) -> Response[Any]:
    """Have the invariants of one service checked, or of all."""
    wished = visit.posted.get("service")
    services = [name for name in _services(visit) if wished in ("", name)]
    parts = await asyncio.gather(*(optional(_ask(visit, OPERATIONS[name][1])) for name in services))
    if all(part.is_available for part in parts):
        return visit.redirect(PATH, FlashNotice("success", "invariants_asked"))
    return visit.redirect(PATH, FlashNotice("warning", "invariants_partly_asked"))


async def _ask(visit: Visit, asking: Asking) -> bool:
    await visit.call(asking)
    return True


def _services(visit: Visit) -> list[str]:
    """The services whose invariants this agent may see; all of them for an agent who may see none, and is then told so."""
    return [name for name, (listing, _) in OPERATIONS.items() if visit.may(listing)] or list(OPERATIONS)


PAGES = [invariants_page, check_invariants]
