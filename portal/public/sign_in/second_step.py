"""The second step of a sign-in, for whoever has a second factor: the code that their application shows, or a recovery code."""

from typing import Any, Final

from litestar import Response

from contracts.identity import api
from contracts.identity.models import SessionOpened
from contracts.identity.second_factor import SecondFactorEntry
from contracts.types import SessionStage
from gateway.browsers import session_cookie
from gateway.calls import Refused, typed_as
from portal.frame.errors import FIRST_STEPS, way_on
from portal.frame.spaces import action, at_stage, page, show_again
from portal.frame.visit import FlashNotice, Visit, safe_path
from portal.kit import Form

PATH: Final = FIRST_STEPS[SessionStage.ENTER_SECOND_FACTOR]
ENTRY: Final = Form(SecondFactorEntry, "sign_in.second_step", ("code", "recovery_code"))
SECOND_STEP: Final = at_stage(SessionStage.ENTER_SECOND_FACTOR)


@page(PATH, admits=SECOND_STEP)
async def second_step_page(visit: Visit) -> Response[Any]:
    """The field of the code; the one of recovery codes is folded away until it is needed."""
    form = visit.form(ENTRY)
    context = {"next_path": safe_path(visit.query("retour")), "is_recovery": "recovery_code" in form.errors}
    return visit.page("public/sign_in/second_step.html.j2", context, form=form)


@action(PATH, admits=SECOND_STEP, has_secret=True)
async def take_second_step(visit: Visit) -> Response[Any]:
    """Go on under a new session, to the page that was asked for before the sign-in."""
    next_path = safe_path(visit.posted.get("next"))
    typed = ENTRY.typed(visit.posted.values)
    try:
        opened = await visit.call(api.enter_second_factor, typed_as(SecondFactorEntry, typed))
    except Refused as refused:
        query = {"retour": next_path} if next_path else {}
        return await show_again(visit, second_step_page, visit.refused(refused, {}, ENTRY), query)
    visit.sessions.forget(visit.visitor.session_token)
    target = way_on(opened.stage, next_path)
    return visit.redirect(target, _recovery_notice(opened), [session_cookie(opened)])


def _recovery_notice(opened: SessionOpened) -> FlashNotice | None:
    """What follows from a recovery code: it is used up, and the application that it stood in for may be lost."""
    match opened.recovery_codes_left:
        case None:
            return None
        case 0:
            return FlashNotice("warning", "last_recovery_code_used")
        case left:
            return FlashNotice("warning", counts=(("recovery_code_used", left),))


PAGES = [second_step_page, take_second_step]
