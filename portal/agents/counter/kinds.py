"""The kind of a file: of a person, or of the organization that somebody represents."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.api import change_kind, read_household
from contracts.family.organizations import KindChange
from gateway.auth import WrongSpace
from gateway.calls import Refused, typed_as
from portal.frame.kinds import NAMES, ORGANIZATION_FIELDS, TYPE, kind_asked, kind_context, kind_named, kind_query
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

KIND: Final = Form(KindChange, "agents.kind", ORGANIZATION_FIELDS)
PATH: Final = "/agents/familles/{household_id:uuid}/type"


@page(PATH)
async def kind_page(visit: Visit, household_id: UUID) -> Response[Any]:
    """The form of what a file is of; it opens with what the file says."""
    if len(visit.portal.town.kinds) < 2:
        raise WrongSpace
    household = await visit.call(read_household, household_id)
    path = f"/agents/familles/{household_id}"
    if kind_named(visit, visit.query(TYPE)) is None and kind_query(household.kind):
        return visit.redirect(f"{path}/type?{TYPE}={NAMES[household.kind]}")
    whose = household.organization.model_dump() if household.organization else {}
    known = {f"organization.{name}": value for name, value in whose.items() if value}
    context = {"household": household, **kind_context(visit, f"{path}/type")}
    return visit.page("agents/counter/kinds.html.j2", context, form=visit.form(KIND, known))


@action(PATH)
async def save_kind(visit: Visit, household_id: UUID) -> Response[Any]:
    """Enter what a file is of."""
    kind, typed = kind_asked(visit), KIND.typed(visit.posted.values)
    organization = KIND.body(typed).get("organization", {}) if kind_query(kind) else None
    body = {"kind": kind, **({"organization": organization} if organization is not None else {})}
    try:
        await visit.call(change_kind, household_id, typed_as(KindChange, body))
    except Refused as refused:
        form = visit.refused(refused, typed, KIND)
        return await show_again(visit, kind_page, form, {TYPE: NAMES[kind]}, household_id=household_id)
    return visit.redirect(f"/agents/familles/{household_id}", FlashNotice("success", "kind_changed"))


PAGES = [kind_page, save_kind]
