"""Days that stay booked for a household which their child has left: an agent has them go along, or gives them up."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.booking.api import end_enrollment
from contracts.booking.models import EnrollmentEnd
from contracts.booking.moves import EnrollmentMove
from contracts.booking.moves_api import list_stray_days, move_days, move_enrollment
from gateway.calls import Refused, typed_as
from portal.frame.alike import told_apart
from portal.frame.spaces import MenuLabel, action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, FormState

PATH: Final = "/agents/journees-a-reprendre"
MOVE: Final = Form(EnrollmentMove, "agents.moves", ("household_id", "from_on", "reason"))


@page(PATH, entry=MenuLabel("agents.menu.moves", "family", list_stray_days))
async def moves_page(visit: Visit) -> Response[Any]:
    """What waits for a decision, with a form for each enrollment: what is typed in it has the enrollment's name after it."""
    strays = await visit.call(list_stray_days, visit.cursor)
    firsts: dict[tuple[UUID, UUID], date] = {}
    for item in strays.items:
        for home in item.homes:
            pair = (item.household_id, home.household_id)
            firsts[pair] = min(item.first_on, firsts.get(pair, item.first_on))
    context = {
        "strays": strays.items,
        "next_cursor": strays.next_cursor,
        "firsts": firsts,
        "can_move_all": visit.may(move_days),
        "apart": partial(told_apart, visit.portal.texts),
    }
    return visit.page("agents/children/moves.html.j2", context, form=visit.form(MOVE))


@action(f"{PATH}/{{enrollment_id:uuid}}")
async def decide(visit: Visit, enrollment_id: UUID) -> Response[Any]:
    """Have an enrollment go along with the child, or end it."""
    is_along = visit.posted.get("decision") == "along"
    names = {name: f"{name}.{enrollment_id}" for name in MOVE.fields}
    typed = {name: visit.posted.get(posted) for name, posted in names.items()}
    body = MOVE.body(typed if is_along else {**typed, "household_id": ""})
    try:
        if is_along:
            await visit.call(move_enrollment, enrollment_id, typed_as(EnrollmentMove, body))
        else:
            await visit.call(end_enrollment, enrollment_id, typed_as(EnrollmentEnd, body))
    except Refused as refused:
        state = visit.refused(refused, typed, MOVE)
        return await show_again(visit, moves_page, _named(state, names))
    return visit.redirect(PATH, FlashNotice("success", "days_moved" if is_along else "days_given_up"))


def _named(state: FormState, names: dict[str, str]) -> FormState:
    """A form by the names that its fields have on the page."""
    return replace(
        state,
        values={names.get(name, name): value for name, value in state.values.items()},
        errors={names.get(name, name): text for name, text in state.errors.items()},
    )


PAGES = [moves_page, decide]
