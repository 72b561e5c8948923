"""Corrections that families ask for, for agents: what waits, and the page of each with before and after, and the decision."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.family.changes import ChangeDecision
from contracts.family.changes_api import decide_change, list_changes, read_change
from contracts.family.editing import EditedForm
from gateway.calls import Refused, typed_as
from portal.frame.editing import Edited
from portal.frame.spaces import MenuLabel, action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

PATH: Final = "/agents/corrections"
DECISION: Final = Form(ChangeDecision, "changes.form", ("reason",))


@page(PATH, entry=MenuLabel("agents.menu.changes", "edit", list_changes))
async def changes_page(visit: Visit) -> Response[Any]:
    """The changes that wait, the oldest first."""
    changes = await visit.call(list_changes, cursor=visit.cursor)
    context = {"changes": changes.items, "next_cursor": changes.next_cursor}
    return visit.page("agents/counter/changes.html.j2", context, form=visit.form())


@page(f"{PATH}/{{change_id:uuid}}")
async def change_page(visit: Visit, change_id: UUID) -> Response[Any]:
    """A change with before and after, and the decision: one agent at a time. One that waits no more leads to those that do."""
    try:
        change = await visit.call(read_change, change_id)
    except Refused as refused:
        if refused.problem.status != 404:
            raise
        return visit.redirect(PATH, FlashNotice("info", "change_not_waiting"))
    editor = await Edited(EditedForm.CHANGE, change_id).other_editor(visit)
    context = {"change": change, "editor": editor}
    return visit.page("agents/counter/change.html.j2", context, form=visit.form(DECISION))


@action(f"{PATH}/{{change_id:uuid}}")
async def decide(visit: Visit, change_id: UUID) -> Response[Any]:
    """Carry a change out, or refuse it."""
    is_accepted = visit.posted.get("decision") == "accept"
    typed = DECISION.typed(visit.posted.values)
    edited = Edited(EditedForm.CHANGE, change_id)
    if again := await edited.pressed(visit, FormState(typed)):
        return await show_again(visit, change_page, again, change_id=change_id)
    try:
        body = {"is_accepted": is_accepted, "reason": typed.get("reason", "").strip() or None}
        await visit.call(decide_change, change_id, typed_as(ChangeDecision, body))
    except Refused as refused:
        return await show_again(visit, change_page, visit.refused(refused, typed, DECISION), change_id=change_id)
    await edited.leave(visit)
    return visit.redirect(PATH, FlashNotice("success", "change_accepted" if is_accepted else "change_refused"))


PAGES = [changes_page, change_page, decide]
