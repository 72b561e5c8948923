"""An adult added at the counter to a file that exists."""

from typing import Any, Final
from uuid import UUID

from litestar import Response
from litestar.exceptions import PermissionDeniedException

from contracts.family.api import read_household
from contracts.family.newcomers import NewAdult
from contracts.family.newcomers_api import add_adult
from contracts.types import Civility
from gateway.calls import Refused, typed_as
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

PATH: Final = "/agents/familles/{household_id:uuid}/nouvel-adulte"
CHILDREN: Final = "child_ids"
ADULT: Final = Form(
    NewAdult,
    "agents.new_adult",
    ("adult.civility", "adult.first_name", "adult.last_name", "adult.email", "adult.phone", CHILDREN),
)


@page(PATH)
async def adult_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """The form; they answer for every child of the file unless it is said otherwise. Raises PermissionDeniedException."""
    if not visit.may(add_adult):
        raise PermissionDeniedException
    household, texts = await visit.call(read_household, household_id), visit.portal.texts
    children = [(str(child.child_id), f"{child.first_name} {child.last_name.upper()}") for child in household.children]
    civilities = [(item.value, texts(f"agents.civility.{item}")) for item in Civility]
    context = {"household": household, "children": children, "civilities": civilities}
    form = visit.form(ADULT, {CHILDREN: [child_id for child_id, _ in children]})
    return visit.page("agents/members/new_adult.html.j2", context, form=form)


@action(PATH)
async def save(visit: Visit, household_id: UUID) -> Response[Any]:
    """Add them."""
    typed: dict[str, Any] = {**ADULT.typed(visit.posted.values), CHILDREN: visit.posted.all(CHILDREN)}
    try:
        await visit.call(add_adult, typed_as(NewAdult, ADULT.body(typed) | {"household_id": household_id}))
    except Refused as refused:
        form = visit.refused(refused, typed, ADULT)
        return await show_again(visit, adult_page, form, household_id=household_id)
    return visit.redirect(f"/agents/familles/{household_id}/personnes", FlashNotice("success", "adult_entered"))


PAGES = [adult_page, save]
