"""Where whoever is signed in has sessions open, and closing them."""

from typing import Any, Final
from uuid import UUID

from litestar import Response

from contracts.identity.api import end_other_sessions, end_session_of, own_sessions
from gateway.browsers import cleared_session_cookie
from portal.frame.spaces import action, page
from portal.frame.visit import FlashNotice, Visit

PATH: Final = "/mes-connexions"


@page(PATH)
async def sessions_page(visit: Visit) -> Response[Any]:
    """The sessions of the account, the one that asks first."""
    sessions = (await visit.call(own_sessions)).items
    context = {"sessions": sessions, "has_others": len(sessions) > 1, "kind": visit.session.kind}
    return visit.page("account/sessions/sessions.html.j2", context)


@action(PATH)
async def close_others(visit: Visit) -> Response[Any]:
    """End every session of the account but this one."""
    await visit.call(end_other_sessions)
    visit.sessions.forget_account(visit.session.account_id)
    return visit.redirect(PATH, FlashNotice("success", "other_sessions_closed"))


@action(f"{PATH}/{{session_id:uuid}}")
async def close_session(visit: Visit, session_id: UUID) -> Response[Any]:
    """End one session of the account; this one, like signing out."""
    await visit.call(end_session_of, session_id)
    visit.sessions.forget_account(visit.session.account_id)
    if session_id == visit.session.session_id:
        return visit.redirect("/", FlashNotice("success", "signed_out"), cookies=[cleared_session_cookie()])
    return visit.redirect(PATH, FlashNotice("success", "session_closed"))


PAGES = [sessions_page, close_others, close_session]
