"""The way to the town's own provider and back, for agents; the end of sessions that it orders; and the password of those who have one.

What a browser began is its own: a secret in a cookie says so. The provider's tokens never come here; the one that ends a session there does,
sealed, in the moment of leaving.
"""

from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response

from contracts.identity import agent_provider_api as api
from contracts.identity.agent_provider import (
    LOGOUT_PATH,
    RETURN_PATH,
    SIGNED_OUT_PATH,
    AgentSignInRequest,
    LogoutOrder,
)
from contracts.identity.federation import AuthorizationReturn
from contracts.types import SessionStage
from gateway.auth import WrongSpace
from gateway.browsers import away_cookie, away_token, cleared_session_cookie, session_cookie
from gateway.calls import Refused, typed_as
from portal.frame.errors import AGENTS_SIGN_IN, FIRST_STEPS, OWN_HOME
from portal.frame.spaces import action, at_stage, page, show_again
from portal.frame.visit import FlashNotice, Visit, safe_path
from portal.public import leaving
from portal.public.sign_in.pages import home_of, sign_in_form, sign_in_from

BROWSER_COOKIE: Final = "__Host-mairie"
GO_ON: Final = FIRST_STEPS[SessionStage.RETURN_TO_PROVIDER]


@page(AGENTS_SIGN_IN)
async def agents_page(visit: Visit) -> Response[Any]:
    """The button and, where some agents have passwords, the form; who is already signed in goes to their home page."""
    require_provider(visit)
    if visit.visitor.session is not None:
        return visit.redirect(home_of(visit.visitor))
    return visit.page("public/agent_sign_in/sign_in.html.j2", **sign_in_form(visit))


@action(AGENTS_SIGN_IN, has_secret=True)
async def sign_in(visit: Visit) -> Response[Any]:
    """Sign in with a password."""
    require_provider(visit)
    return await sign_in_from(visit, agents_page)


@action(f"{AGENTS_SIGN_IN}/compte", has_secret=True)
async def leave_for_provider(visit: Visit) -> Response[Any]:
    """Send the browser to the provider, which asks who it is of whoever wants to be another one."""
    require_provider(visit)
    request = {"next_path": safe_path(visit.posted.get("next")), "is_another": visit.posted.get("compte") == "autre"}
    return await _send(visit, request)


@page(GO_ON, admits=at_stage(SessionStage.RETURN_TO_PROVIDER))
async def go_on(visit: Visit) -> Response[Any]:
    """Have the provider say again who it is, without a page of its own: it must, every few hours."""
    require_provider(visit)
    return await _send(visit, {"next_path": safe_path(visit.query("retour")), "is_silent": True})


@page(RETURN_PATH)
async def come_back(visit: Visit) -> Response[Any]:
    """Take what the browser brought back, and lead on."""
    require_provider(visit)
    brought = {name: visit.query(name) or None for name in ("code", "error", "iss")}
    body = {"browser_token": _browser_token(visit), "state": visit.query("state"), **brought}
    try:
        returned = await visit.call(api.finish_agent_sign_in, typed_as(AuthorizationReturn, body))
    except Refused as refused:
        _forget(visit)
        # A no may have ended the session: whoever has none any more is shown why.
        now = replace(visit, visitor=await visit.sessions.visitor(visit.request))
        return await show_again(now, refused_page, visit.refused(refused))
    _forget(visit)
    next_path = safe_path(returned.next_path)
    if returned.session is None:
        query = f"?{urlencode({'retour': next_path})}" if next_path else ""
        notice = FlashNotice("warning", "provider_session_over")
        return visit.redirect(f"{AGENTS_SIGN_IN}{query}", notice, cookies=[cleared_session_cookie()])
    target = FIRST_STEPS.get(returned.session.stage) or next_path or OWN_HOME
    return visit.redirect(target, cookies=[session_cookie(returned.session)])


@page(f"{AGENTS_SIGN_IN}/refus")
async def refused_page(visit: Visit) -> Response[Any]:
    """Why nobody was signed in, and what can be done."""
    require_provider(visit)
    form = visit.form()
    if not form.is_refused:
        return visit.redirect(AGENTS_SIGN_IN)
    return visit.page("public/agent_sign_in/refused.html.j2", form=form)


@page(leaving.AGENTS_PATH)
async def leave_provider(visit: Visit) -> Response[Any]:
    """The session here has ended; the page goes on to end the one at the provider, at once and by itself."""
    return leaving.go_on(visit, "agent_sign_in.leaving")


@page(SIGNED_OUT_PATH)
async def signed_out(visit: Visit) -> Response[Any]:
    """Back from the end of the session there."""
    return leaving.signed_out(visit)


@action(LOGOUT_PATH, is_of_others=True, typing=None)
async def end_by_provider(visit: Visit) -> Response[Any]:
    """The provider says that a session ended there (OpenID Connect Back-Channel Logout 1.0, 2.5 and 2.8)."""
    require_provider(visit)
    try:
        order = typed_as(LogoutOrder, {"logout_token": visit.posted.get("logout_token")})
        ended = await visit.call(api.end_by_provider, order)
    except Refused as refused:
        status = 503 if refused.problem.status >= 500 else 400
        return Response({"error": "invalid_request"}, status_code=status)
    if ended.account_id is not None:
        visit.sessions.forget_account(ended.account_id)
    return Response("", status_code=200)


def require_provider(visit: Visit) -> None:
    """Raises WrongSpace in a town that does without."""
    if not visit.portal.town.agent_provider.is_open:
        raise WrongSpace


async def _send(visit: Visit, request: dict[str, Any]) -> Response[Any]:
    """Begin a way to the provider."""
    token = _browser_token(visit)
    try:
        body = typed_as(AgentSignInRequest, {"browser_token": token, **request})
        started = await visit.call(api.start_agent_sign_in, body)
    except Refused as refused:
        return await show_again(visit, refused_page, visit.refused(refused))
    return visit.redirect(started.url, cookies=[away_cookie(BROWSER_COOKIE, token)])


def _forget(visit: Visit) -> None:
    """What is remembered of the session before is no longer true."""
    visit.sessions.forget(visit.visitor.session_token)


def _browser_token(visit: Visit) -> str:
    return away_token(visit.request, BROWSER_COOKIE)


PAGES = [
    agents_page,
    sign_in,
    leave_for_provider,
    go_on,
    come_back,
    refused_page,
    leave_provider,
    signed_out,
    end_by_provider,
]
