"""Ending a session: here at once, then at the provider of identities for whoever came from one.

The way there leads over a page of ours, which goes on by itself: a form may only lead to places that the portal knows, and a provider leads on
to those where people identified themselves.
"""

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response
from litestar.response import Redirect

from contracts.identity.api import leave as leave_session
from gateway.browsers import cleared_session_cookie
from portal.frame import kept_forms
from portal.frame.visit import FlashNotice, Visit
from portal.kit import FormState

PATH: Final = "/franceconnect/deconnexion"
AGENTS_PATH: Final = "/connexion/agents/deconnexion"
URL: Final = "url"


async def leave(visit: Visit, notice: FlashNotice, to: str = "/") -> Redirect:
    """End the session of whoever visits, and lead to a page with a notice, or first to the end of their other session."""
    if visit.visitor.session is None:
        return visit.redirect(to, notice, cookies=[cleared_session_cookie()])
    left = await visit.call(leave_session)
    visit.sessions.forget(visit.visitor.session_token)
    if left.logout_url:
        path = AGENTS_PATH if left.is_of_agents else PATH
        key = visit.sessions.sealing_key(visit.sessions.holder(None), path)
        if kept := kept_forms.keep(FormState({URL: left.logout_url}), path, key, visit.request.cookies):
            query = urlencode({kept_forms.PARAMETER: kept.name})
            return visit.redirect(f"{path}?{query}", cookies=[cleared_session_cookie(), *kept.cookies])
    return visit.redirect(to, notice, cookies=[cleared_session_cookie()])


def go_on(visit: Visit, texts: str) -> Response[Any]:
    """The page that goes on to the end of the session at a provider; `texts` is the group of its sentences."""
    url = visit.form().value(URL)
    if not url:
        return visit.redirect("/")
    response = visit.page("public/leaving.html.j2", {"url": url, "texts": texts})
    response.headers["Refresh"] = f"0; url={url}"
    return response


def signed_out(visit: Visit) -> Response[Any]:
    """Back from there. Nothing is done here, so that it does not matter who sends somebody."""
    return visit.redirect("/", None if visit.visitor.session else FlashNotice("success", "signed_out"))
