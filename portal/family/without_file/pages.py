"""What stands in the place of the home page for an adult of no file: their invoices, and the files that they may ask for again."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response

from contracts.billing.api import list_invoices
from contracts.family.archives_api import ask_reopening, my_archived_households
from contracts.family.delegations_api import held_delegations
from gateway.composing import if_open, optional
from portal.frame.spaces import action
from portal.frame.visit import FlashNotice, Visit
from portal.kit import PATHS


async def show_without_file(visit: Visit) -> Response[Any]:
    """The home page of an adult of no file."""
    invoices, archived, held = await asyncio.gather(
        if_open(visit.call_about_all(list_invoices)),
        optional(visit.call(my_archived_households)),
        optional(visit.call(held_delegations)),
    )
    context = {
        "invoices": invoices,
        "archived": archived,
        "entrusted": [item for item in held.value.items if item.end is None] if held.value else [],
    }
    return visit.page("family/without_file/home.html.j2", context)


@action("/dossiers-archives/{household_id:uuid}")
async def ask(visit: Visit, household_id: UUID) -> Response[Any]:
    """Ask an agent to take a file up again."""
    await visit.call(ask_reopening, household_id)
    return visit.redirect(PATHS["private_home"], FlashNotice("success", "reopening_asked"))


PAGES = [ask]
