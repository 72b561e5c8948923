"""Who insures a child: the form of its family, for each school year."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from portal.family.children.pages import PATH
from portal.frame.insurance import InsurancePlace, save_insurance, show_insurance
from portal.frame.spaces import action, page
from portal.frame.visit import Visit

FORM: Final = f"{PATH}/{{child_id:uuid}}/assurance/{{school_year:int}}"


def _place(child_id: UUID, school_year: int) -> InsurancePlace:
    return InsurancePlace(f"{PATH}/{child_id}/assurance/{school_year}", f"{PATH}/{child_id}", is_town=False)


@page(FORM)
async def form_page(visit: Visit, child_id: UUID, school_year: int) -> Response[Any]:
    """What is known, and the form."""
    return await show_insurance(visit, _place(child_id, school_year), child_id, school_year)


@action(FORM)
async def change(visit: Visit, child_id: UUID, school_year: int) -> Response[Any]:
    """Say it."""
    return await save_insurance(visit, _place(child_id, school_year), form_page, child_id, school_year)


PAGES = [form_page, change]
