"""Erasing a file: what goes, what stays and for how long, what stands against it, and a confirmation that is typed."""

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.billing.api import list_invoices
from contracts.family.archives_api import archive_household
from contracts.family.erasure import ErasureRequest, ErasureStage, ErasureStanding
from contracts.family.erasure_api import ask_erasure, read_erasure
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

PATH: Final = "/agents/familles/{household_id:uuid}/effacement"
ERASURE: Final = Form(ErasureRequest, "agents.erasure", ("confirmation",))
LOOKS_MAX: Final = 15
LOOK_SECONDS: Final = 0.1
"""The accounts answer within the tenth of a second; who asked is shown the end of it, and may look again where it takes longer."""


@page(PATH)
async def erasure_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """What erasing a file takes and what is against it, that it is under way, or that it is done."""
    standing = await visit.call(read_erasure, household_id)
    if standing.stage is ErasureStage.ERASED:
        return visit.page("agents/lifecycle/erased.html.j2", {"standing": standing})
    context = {
        "standing": standing,
        "url": f"/agents/familles/{household_id}",
        "is_asked": standing.stage is ErasureStage.ASKED,
        "invoice_years": visit.portal.town.invoice_years,
        "can_see_invoices": visit.may(list_invoices),
        "can_archive": visit.may(archive_household),
    }
    return visit.page("agents/lifecycle/erasure.html.j2", context, form=visit.form(ERASURE))


@action(PATH)
async def erase(visit: Visit, household_id: UUID) -> Response[Any]:
    """Ask for it, and wait a moment for the accounts."""
    typed = ERASURE.typed(visit.posted.values)
    try:
        standing = await visit.call(ask_erasure, household_id, typed_as(ErasureRequest, ERASURE.body(typed)))
    except Refused as refused:
        state = visit.refused(refused, typed, ERASURE)
        return await show_again(visit, erasure_page, state, household_id=household_id)
    standing = await _concluded(visit, standing)
    notice = FlashNotice("success", "household_erased") if standing.stage is ErasureStage.ERASED else None
    return visit.redirect(erasure_page.address({"household_id": household_id}), notice)


async def _concluded(visit: Visit, standing: ErasureStanding) -> ErasureStanding:
    for _ in range(LOOKS_MAX):
        if standing.stage is not ErasureStage.ASKED:
            break
        await asyncio.sleep(LOOK_SECONDS)
        standing = await visit.call(read_erasure, standing.household_id)
    return standing


PAGES = [erasure_page, erase]
