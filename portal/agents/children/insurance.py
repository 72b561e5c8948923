"""Who insures a child, entered by an agent for its family."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from portal.frame.insurance import InsurancePlace, save_insurance, show_insurance
from portal.frame.spaces import action, page
from portal.frame.visit import Visit

FORM: Final = "/agents/enfants/{child_id:uuid}/assurance/{school_year:int}"


def _place(child_id: UUID, school_year: int) -> InsurancePlace:
    path = f"/agents/enfants/{child_id}"
    return InsurancePlace(f"{path}/assurance/{school_year}", f"{path}/garde", is_town=True)


@page(FORM)
async def form_page(visit: Visit, child_id: UUID, school_year: int) -> Response[Any]:
    """What is known, and the form."""
    return await show_insurance(visit, _place(child_id, school_year), child_id, school_year)


@action(FORM)
async def change(visit: Visit, child_id: UUID, school_year: int) -> Response[Any]:
    """Enter it."""
    return await save_insurance(visit, _place(child_id, school_year), form_page, child_id, school_year)


PAGES = [form_page, change]
