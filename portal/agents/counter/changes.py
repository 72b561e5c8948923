"""Corrections that families ask for, for agents: what waits, with before and after, and the decision."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.changes import ChangeDecision
from contracts.family.changes_api import decide_change, list_changes
from gateway.calls import Refused, typed_as
from portal.frame.spaces import MenuLabel, action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form

PATH: Final = "/agents/corrections"
DECISION: Final = Form(ChangeDecision, "changes.form", ("reason",))


@page(PATH, entry=MenuLabel("agents.menu.changes", "edit", list_changes))
async def changes_page(visit: Visit) -> Response[Any]:
    """The changes that wait, the oldest first."""
    changes = await visit.call(list_changes)
    context = {"changes": changes.items, "fields": ("civility", "first_name", "last_name", "birth_on")}
    return visit.page("agents/counter/changes.html.j2", context, form=visit.form(DECISION))


@action(f"{PATH}/{{change_id:uuid}}")
async def decide(visit: Visit, change_id: UUID) -> Response[Any]:
    """Carry a change out, or refuse it."""
    is_accepted = visit.posted.get("decision") == "accept"
    typed = DECISION.typed(visit.posted.values)
    try:
        body = {"is_accepted": is_accepted, "reason": typed.get("reason", "").strip() or None}
        await visit.call(decide_change, change_id, typed_as(ChangeDecision, body))
    except Refused as refused:
        return await show_again(visit, changes_page, visit.refused(refused))
    return visit.redirect(PATH, FlashNotice("success", "change_accepted" if is_accepted else "change_refused"))


PAGES = [changes_page, decide]
