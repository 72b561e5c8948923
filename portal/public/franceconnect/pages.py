"""The way to FranceConnect and back, linking what it brings to one's space by one's password, and what the thing is.

What a browser began is its own: a secret in a cookie says so. The provider's tokens never come here; the one that ends a session there does,
sealed, in the moment of leaving.
"""

from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response
from litestar.datastructures import Cookie

from chassis.http.client import Unreachable
from contracts.identity import api
from contracts.identity.federation import AuthorizationRequest, AuthorizationReturn
from contracts.identity.franceconnect import RETURN_PATH, SIGNED_OUT_PATH, BrowserIdentity, IdentityLink
from contracts.identity.models import SessionOpened, SignIn
from contracts.types import ActorKind, SessionStage
from gateway.auth import StageNotReady
from gateway.browsers import away_cookie, away_token, device_cookies, session_cookie
from gateway.calls import Refused, typed_as
from portal.frame.errors import SIGN_IN, way_on
from portal.frame.franceconnect import OWN_PATH, require_franceconnect
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit, safe_path
from portal.kit import Form
from portal.public import leaving

BROWSER_COOKIE: Final = "__Host-franceconnect"
LINK: Final = Form(IdentityLink, "franceconnect.link", ("current_password",))
LINK_PATH: Final = "/franceconnect/lier"
IDENTITY: Final = "identite"


@page("/franceconnect")
async def explanation_page(visit: Visit) -> Response[Any]:
    """What FranceConnect is, and what the town does with it."""
    require_franceconnect(visit)
    return visit.page("public/franceconnect/explanation.html.j2")


@action("/franceconnect/connexion", has_secret=True)
async def leave_for_franceconnect(visit: Visit) -> Response[Any]:
    """Send the browser there."""
    require_franceconnect(visit)
    token = _browser_token(visit)
    body = AuthorizationRequest(browser_token=token, next_path=safe_path(visit.posted.get("next")))
    try:
        started = await visit.call(api.start_franceconnect, body)
    except Refused as refused:
        return await show_again(visit, refused_page, visit.refused(refused))
    return visit.redirect(started.url, cookies=[away_cookie(BROWSER_COOKIE, token)])


@page(RETURN_PATH)
async def come_back(visit: Visit) -> Response[Any]:
    """Take what the browser brought back, and lead on: into the space, or to where the identity is linked."""
    require_franceconnect(visit)
    brought = {name: visit.query(name) or None for name in ("code", "error", "iss")}
    body = {"browser_token": _browser_token(visit), "state": visit.query("state"), **brought}
    try:
        outcome = await visit.call(api.finish_franceconnect, typed_as(AuthorizationReturn, body))
    except Refused as refused:
        return await show_again(visit, refused_page, visit.refused(refused))
    next_path = safe_path(outcome.next_path)
    if outcome.session is not None:
        target = way_on(outcome.session.stage, next_path)
        return visit.redirect(target, cookies=_cookies(outcome.session))
    if outcome.is_proof:
        visit.sessions.forget(visit.visitor.session_token)
        return visit.redirect(next_path or OWN_PATH, FlashNotice("success", "confirmed"))
    if outcome.is_linked:
        return visit.redirect(OWN_PATH, FlashNotice("info", "franceconnect_is_linked"))
    return visit.redirect(f"{LINK_PATH}?{urlencode(_named(str(outcome.authorization_id), next_path))}")


@page("/franceconnect/refus")
async def refused_page(visit: Visit) -> Response[Any]:
    """Why nobody was signed in or linked, and what can be done; the password goes on to work."""
    require_franceconnect(visit)
    form = visit.form()
    if not form.is_refused:
        return visit.redirect(explanation_page.path)
    return visit.page("public/franceconnect/refused.html.j2", {"back_url": _back(visit)}, form=form)


@page(LINK_PATH)
async def link_page(visit: Visit) -> Response[Any]:
    """Who came, and the form that links them: with user name and password, or the password alone of whoever is signed in."""
    require_franceconnect(visit)
    session = visit.visitor.session
    if session is not None and session.stage is not SessionStage.READY:
        raise StageNotReady(session.stage)
    body = {"browser_token": _browser_token(visit), "authorization_id": visit.query(IDENTITY)}
    try:
        waiting = await visit.call(api.waiting_identity, typed_as(BrowserIdentity, body))
    except Refused as refused:
        return await show_again(visit, refused_page, visit.refused(refused))
    context = {"waiting": waiting, "identity": visit.query(IDENTITY), "next_path": safe_path(visit.query("retour"))}
    return visit.page("public/franceconnect/link.html.j2", context, form=visit.form(LINK if session else SIGN_IN))


@action(LINK_PATH, has_secret=True)
async def link(visit: Visit) -> Response[Any]:
    """Link the identity to the space of whoever is signed in, or signs in with this."""
    require_franceconnect(visit)
    named = _named(visit.posted.get(IDENTITY), safe_path(visit.posted.get("next")))
    if visit.visitor.session is None:
        return await _sign_in_and_link(visit, named)
    typed = LINK.typed(visit.posted.values)
    try:
        await visit.call(api.link_franceconnect, _link_of(visit, named, typed.get("current_password", "")))
    except Refused as refused:
        return await show_again(visit, link_page, visit.refused(refused, typed, LINK), named)
    return visit.redirect(OWN_PATH, FlashNotice("success", "franceconnect_linked"))


async def _sign_in_and_link(visit: Visit, named: dict[str, str]) -> Response[Any]:
    """Sign in by password; whoever may be linked then is. A session that was opened stays open, whatever becomes of the link."""
    typed = SIGN_IN.typed(visit.posted.values)
    try:
        opened = await visit.call(api.sign_in, typed_as(SignIn, typed))
    except Refused as refused:
        return await show_again(visit, link_page, visit.refused(refused, typed, SIGN_IN), named)
    notice = await _link_opened(visit, named, typed, opened)
    target = way_on(opened.stage, named.get("retour", ""))
    return visit.redirect(target, notice, cookies=_cookies(opened))


async def _link_opened(
    visit: Visit, named: dict[str, str], typed: dict[str, str], opened: SessionOpened
) -> FlashNotice:
    """Link the identity to the account of a session that was opened a moment ago; what became of it, as far as anybody answers: whoever was
    signed in stays so."""
    if opened.stage is not SessionStage.READY:
        return FlashNotice("info", "franceconnect_later")
    caller = replace(visit.visitor.caller, session_token=opened.session_token)
    try:
        session = await visit.services.call(caller, api.current_session)
        if session.kind is ActorKind.AGENT:
            return FlashNotice("warning", "franceconnect_of_families")
        caller = replace(caller, actor_token=session.actor_token)
        body = _link_of(visit, named, typed.get("password", ""))
        await visit.services.call(caller, api.link_franceconnect, body)
    except Refused:
        return FlashNotice("warning", "franceconnect_not_linked")
    except Unreachable:
        return FlashNotice("warning", "franceconnect_unsure")
    return FlashNotice("success", "franceconnect_linked")


@page(leaving.PATH)
async def leave_franceconnect(visit: Visit) -> Response[Any]:
    """The session here has ended; the page goes on to end the one at FranceConnect, at once and by itself."""
    return leaving.go_on(visit, "franceconnect.leaving")


@page(SIGNED_OUT_PATH)
async def signed_out(visit: Visit) -> Response[Any]:
    """Back from the end of the session there."""
    return leaving.signed_out(visit)


def _link_of(visit: Visit, named: dict[str, str], password: str) -> IdentityLink:
    body = {"browser_token": _browser_token(visit), "authorization_id": named[IDENTITY], "current_password": password}
    return typed_as(IdentityLink, body)


def _named(identity: str, next_path: str) -> dict[str, str]:
    """What the address of the page that links says."""
    return {IDENTITY: identity, **({"retour": next_path} if next_path else {})}


def _cookies(opened: SessionOpened) -> list[Cookie]:
    """Of a session that was opened, and of the device on which it was."""
    return [session_cookie(opened), *device_cookies(opened.device_token)]


def _back(visit: Visit) -> str:
    return OWN_PATH if visit.visitor.session else "/connexion"


def _browser_token(visit: Visit) -> str:
    return away_token(visit.request, BROWSER_COOKIE)


PAGES = [
    explanation_page,
    leave_for_franceconnect,
    come_back,
    refused_page,
    link_page,
    link,
    leave_franceconnect,
    signed_out,
]
