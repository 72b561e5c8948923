"""Everything that children have booked follows them to another file at once: what goes, who pays for it from when, and the act as it was shown."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.booking.moves import DaysMove, DaysMoveCreate
from contracts.booking.moves_api import move_days, preview_days_move
from contracts.family.api import read_household
from contracts.family.models import Household
from gateway.calls import Refused, typed_as
from portal.agents.children.moves import PATH as LIST
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form
from portal.kit.days import day_typed

PATH: Final = f"{LIST}/{{household_id:uuid}}/vers/{{to_id:uuid}}"
FROM: Final = "du"
MOVE: Final = Form(DaysMove, "agents.moves", ("from_on", "reason"))


@page(PATH)
async def days_move_page(visit: Visit, household_id: UUID, to_id: UUID) -> Response[Any]:
    """What would follow from the day that the address names, and what it costs whom from then on."""
    form = visit.form(MOVE)
    from_on = day_typed(form.value("from_on")) or day_typed(visit.query(FROM)) or visit.portal.today()
    home = await visit.call(read_household, to_id)
    preview = await visit.call(preview_days_move, household_id, _asked(home, from_on))
    context = {
        "preview": preview,
        "household_id": household_id,
        "to_id": to_id,
        "home": home,
        "payer": next((adult for adult in home.adults if adult.adult_id == home.payer_adult_id), None),
        "day_count": sum(len(item.booked_on) for item in preview.enrollments),
        "can_go": bool(preview.enrollments) and not any(item.obstacle for item in preview.enrollments),
    }
    return visit.page("agents/children/days_move.html.j2", context, form=form)


@action(PATH)
async def follow(visit: Visit, household_id: UUID, to_id: UUID) -> Response[Any]:
    """Have all of it follow, as it was shown."""
    typed = MOVE.typed(visit.posted.values)
    home = await visit.call(read_household, to_id)
    children = [str(child.child_id) for child in home.children]
    body = MOVE.body(typed) | {
        "household_id": str(to_id),
        "child_ids": children,
        "fingerprint": visit.posted.get("fingerprint"),
    }
    try:
        await visit.call(move_days, household_id, typed_as(DaysMove, body))
    except Refused as refused:
        state = visit.refused(refused, typed, MOVE)
        return await show_again(visit, days_move_page, state, household_id=household_id, to_id=to_id)
    return visit.redirect(LIST, FlashNotice("success", "all_days_moved"))


def _asked(home: Household, from_on: date) -> DaysMoveCreate:
    children = tuple(child.child_id for child in home.children)
    return DaysMoveCreate(household_id=home.household_id, child_ids=children, from_on=from_on)


PAGES = [days_move_page, follow]
