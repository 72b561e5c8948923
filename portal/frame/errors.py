"""Pages for what goes wrong: each says what happened, who can help and what to do next, and never a technical word."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import structlog
from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException

from chassis.http.client import Unreachable
from contracts.identity.models import SignIn
from contracts.types import ActorKind, SessionStage
from gateway.auth import ForgedRequest, SignInNeeded, StageNotReady, StaleForm, WrongSpace, holder_named
from gateway.calls import Refused
from portal.frame import kept_forms
from portal.frame.spaces import TYPING
from portal.frame.visit import FlashNotice, safe_path, visit_of
from portal.kit import PATHS, Form, FormState, MalformedForm

OWN_HOME = "/espace"
"""Leads whoever is signed in to their own home page."""
FIRST_STEPS = {
    SessionStage.CHOOSE_CREDENTIALS: "/premiere-connexion/identifiants",
    SessionStage.ENTER_KEYS: "/premiere-connexion/services",
    SessionStage.ACCEPT_TERMS: "/premiere-connexion/conditions",
}
SIGN_IN = Form(SignIn, "sign_in", ("login", "password"))
"""Stands in for a private page, too, that somebody asks for without a session."""
SPACES_OF = {ActorKind.PARENT: "family", ActorKind.AGENT: "agent", ActorKind.SYSTEM: "public"}
LAYOUTS = {"family": "private", "agent": "agent", "public": "public"}
STATUS_PAGES = {
    403: "forbidden",
    404: "not_found",
    405: "not_found",
    413: "too_large",
    429: "too_many",
    503: "unavailable",
}

PASSING = frozenset({429, 500, 503})
"""What may succeed a little later, from the same page."""

WHICH_HOUSEHOLD = "household_ambiguous"

log = structlog.get_logger()

AnyRequest = Request[Any, Any, Any]


def error_page(request: AnyRequest, status: int, text: str | None = None) -> Response[str]:
    """The page of an error; `text` says more than the general sentence of its status."""
    visit = visit_of(request)
    name = STATUS_PAGES.get(status, "refused_page" if status < 500 else "broken")
    space = SPACES_OF[visit.visitor.session.kind] if visit.visitor.is_ready and visit.visitor.session else "public"
    sentence = text or visit.portal.texts(f"errors.{name}.{space}" if name == "not_found" else f"errors.{name}.text")
    context = {
        "name": name,
        "text": sentence,
        "layout": f"layouts/{LAYOUTS[space]}.html.j2",
        "home_url": OWN_HOME if visit.visitor.session else "/",
        "again_url": _page_asked_from(request) if status in PASSING else "",
    }
    return visit.page("error.html.j2", context, status=status)


def on_sign_in_needed(request: AnyRequest, _error: SignInNeeded) -> Response[Any]:
    """A private page without a session: the sign-in form, which leads back here. A form was not sent: it says so, and leads back to
    the page of the form, with what was typed for whoever typed it."""
    if request.method != "GET":
        visit, again = visit_of(request), _typed_again(request)
        notice = FlashNotice("warning", "session_ended_typed" if again.cookies else "session_ended")
        query = urlencode({"retour": again.address})
        return visit.redirect(f"/connexion?{query}", notice, again.cookies)
    path = request.scope["path"]
    context = {"next_path": path, "is_needed": True}
    return visit_of(request).page("public/sign_in/sign_in.html.j2", context, form=FormState(form=SIGN_IN), status=401)


def on_stage_not_ready(request: AnyRequest, error: StageNotReady) -> Response[Any]:
    """The next of the first steps; the home page of whoever has done them all."""
    visit = visit_of(request)
    session = visit.visitor.session
    home = "/agents" if session and session.kind is ActorKind.AGENT else "/mon-accueil"
    return visit.redirect(FIRST_STEPS.get(error.stage, home))


def on_wrong_space(request: AnyRequest, _error: WrongSpace) -> Response[str]:
    """A page of the others' space does not exist."""
    return error_page(request, 404)


def on_stale_form(request: AnyRequest, error: StaleForm) -> Response[Any]:
    """A form of the session before is shown to the same person again; any other one is nobody's."""
    visit = visit_of(request)
    is_own = holder_named(visit.posted.get("csrf_token")) == visit.sessions.holder(visit.visitor.session)
    again = _typed_again(request) if is_own else None
    if again and again.cookies:
        return visit.redirect(again.address, cookies=again.cookies)
    return on_forged_request(request, error)


def on_forged_request(request: AnyRequest, _error: ForgedRequest) -> Response[str]:
    """A form that is too old, or not ours: nothing was done."""
    return error_page(request, 403, visit_of(request).portal.texts("errors.forged"))


def on_refused(request: AnyRequest, error: Refused) -> Response[Any]:
    """A refusal that no form of the page could show; a page that may be about several households asks which."""
    problem = error.problem
    if problem.code == WHICH_HOUSEHOLD and request.method == "GET":
        return visit_of(request).redirect(f"{PATHS['households']}?{urlencode({'retour': _address(request)})}")
    text = None if problem.status == 404 else visit_of(request).portal.refusal_text(problem)
    return error_page(request, problem.status, text)


@dataclass(frozen=True, slots=True)
class _TypedAgain:
    """Where a form that was not carried out is shown again, and the cookies that keep it until then; none for one that cannot be kept."""

    address: str
    cookies: Sequence[Cookie] = ()


def _typed_again(request: AnyRequest) -> _TypedAgain:
    """Keep a posted form for the page that it came from, sealed for the person whom its token names: nobody else is shown it."""
    visit, page = visit_of(request), urlsplit(_page_asked_from(request))
    holder, typing = holder_named(visit.posted.get("csrf_token")), request.route_handler.opt.get(TYPING)
    if not (page.path and holder and typing):
        return _TypedAgain(page.geturl())
    form = replace(typing(visit.posted), refusal=visit.portal.texts("errors.not_sent"))
    kept = kept_forms.keep(form, page.path, visit.sessions.sealing_key(holder, page.path), request.cookies)
    if kept is None:
        return _TypedAgain(page.geturl())
    asked = {name: value for name, value in parse_qsl(page.query) if name != kept_forms.PARAMETER}
    return _TypedAgain(f"{page.path}?{urlencode({**asked, kept_forms.PARAMETER: kept.name})}", kept.cookies)


def _address(request: AnyRequest) -> str:
    """The path and query that were asked for."""
    return _path_with(request.scope["path"], request.scope["query_string"].decode())


def _page_asked_from(request: AnyRequest) -> str:
    """Where to ask again: the page itself, or that of the form which was sent; nothing when the browser does not say which, or when
    the address would lead to another site."""
    if request.method == "GET":
        return safe_path(_address(request))
    came_from = urlsplit(request.headers.get("referer", ""))
    return safe_path(_path_with(came_from.path, came_from.query))


def _path_with(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def on_unreachable(request: AnyRequest, error: Unreachable) -> Response[str]:
    """The part of the product that this page is about does not answer."""
    log.warning("page cannot be shown", name=error.name, route=request.scope.get("path_template"))
    return error_page(request, 503)


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[str]:
    """What the HTTP layer refused: an unknown address, a body that is too large, a parameter that is not one."""
    return error_page(request, 404 if error.status_code == 400 and request.method == "GET" else error.status_code)


def on_malformed_form(request: AnyRequest, _error: MalformedForm) -> Response[str]:
    """A form whose fields are none of ours."""
    return error_page(request, 422)


def on_bug(request: AnyRequest, error: Exception) -> Response[str]:
    """Anything unexpected: loud in the log, an apology on the page."""
    log.error("unhandled exception", method=request.method, route=request.scope.get("path_template"), exc_info=error)
    return error_page(request, 500)


PAGE_ERRORS: dict[int | type[Exception], Any] = {
    SignInNeeded: on_sign_in_needed,
    StageNotReady: on_stage_not_ready,
    WrongSpace: on_wrong_space,
    StaleForm: on_stale_form,
    ForgedRequest: on_forged_request,
    Refused: on_refused,
    Unreachable: on_unreachable,
    MalformedForm: on_malformed_form,
    HTTPException: on_http_error,
    Exception: on_bug,
}
