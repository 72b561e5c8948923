"""Signing in and out."""

from typing import Any

from litestar import Response

from contracts.identity import api
from contracts.identity.models import SignIn
from contracts.types import ActorKind, SessionStage
from gateway.auth import Visitor, cleared_session_cookie, session_cookie
from gateway.calls import Refused, typed_as
from portal.frame.errors import FIRST_STEPS, OWN_HOME, SIGN_IN
from portal.frame.spaces import action, page, show_again
from portal.frame.visit import FlashNotice, Visit, safe_path

HOMES = {ActorKind.PARENT: "/mon-accueil", ActorKind.AGENT: "/agents"}


@page("/connexion")
async def sign_in_page(visit: Visit) -> Response[Any]:
    """The sign-in form; who is already signed in goes to their home page."""
    if visit.visitor.session is not None:
        return visit.redirect(home_of(visit.visitor))
    next_path, form = visit.query("retour"), visit.form(SIGN_IN)
    context = {"next_path": safe_path(next_path), "is_needed": bool(next_path) and not form.is_refused}
    return visit.page("public/sign_in/sign_in.html.j2", context, form=form)


@action("/connexion")
async def sign_in(visit: Visit) -> Response[Any]:
    """Open a session, then go to the page that was asked for, or to the next of the first steps."""
    next_path = safe_path(visit.posted.get("next"))
    typed = SIGN_IN.typed(visit.posted.values)
    try:
        opened = await visit.call(api.sign_in, typed_as(SignIn, typed))
    except Refused as refused:
        query = {"retour": next_path} if next_path else {}
        return await show_again(visit, sign_in_page, visit.refused(refused, typed, SIGN_IN), query)
    target = FIRST_STEPS.get(opened.stage) or next_path or OWN_HOME
    return visit.redirect(target, cookies=[session_cookie(opened)])


@page(OWN_HOME)
async def own_home(visit: Visit) -> Response[Any]:
    """The home page of whoever is signed in: a family's, an agent's, or the next of the first steps."""
    return visit.redirect(home_of(visit.visitor))


@action("/deconnexion")
async def sign_out(visit: Visit) -> Response[Any]:
    """End the session, here and at the identity service."""
    if visit.visitor.session is not None:
        await visit.call(api.sign_out)
        visit.sessions.forget(visit.visitor.session_token)
    return visit.redirect("/", FlashNotice("success", "signed_out"), cookies=[cleared_session_cookie()])


def home_of(visitor: Visitor) -> str:
    """The page where a signed-in visitor starts."""
    session = visitor.require_session()
    if session.stage is not SessionStage.READY:
        return FIRST_STEPS[session.stage]
    return HOMES.get(session.kind, "/mon-accueil")


PAGES = [sign_in_page, sign_in, own_home, sign_out]
