"""What a family says of a child's health: what is known, with the vaccinations that are asked, and the form to change it."""

from typing import Any
from uuid import UUID

from litestar import Response

from contracts.family.children_api import read_health
from portal.family.children.pages import PATH
from portal.frame.health import save_health, show_health_form
from portal.frame.spaces import action, page
from portal.frame.visit import Visit

FORM = f"{PATH}/{{child_id:uuid}}/sante/modifier"


@page(f"{PATH}/{{child_id:uuid}}/sante")
async def health_page(visit: Visit, child_id: UUID) -> Response[Any]:
    """What is known of a child's health."""
    health = await visit.call(read_health, child_id)
    return visit.page("family/children/health.html.j2", {"health": health, "today": visit.portal.today()})


@page(FORM)
async def form_page(visit: Visit, child_id: UUID) -> Response[Any]:
    """The form to change it."""
    return await show_health_form(visit, child_id, f"{PATH}/{child_id}/sante", is_town=False)


@action(FORM)
async def change(visit: Visit, child_id: UUID) -> Response[Any]:
    return await save_health(visit, child_id, form_page, f"{PATH}/{child_id}/sante")


PAGES = [health_page, form_page, change]
