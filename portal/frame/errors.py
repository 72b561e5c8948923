"""Pages for what goes wrong: each says what happened, who can help and what to do next, and never a technical word."""

import re
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
from gateway.calls import Refused, StepUpAsked
from portal.frame import kept_forms
from portal.frame.spaces import FILE, TYPING
from portal.frame.visit import HOMES, FlashNotice, Visit, safe_path, visit_of
from portal.kit import PATHS, Form, FormState, MalformedForm

CONFIRMATION = "/confirmer"
"""Asks for a proof of who somebody is, then leads back."""
OWN_HOME = "/espace"
"""Leads whoever is signed in to their own home page."""
FIRST_STEPS = {
    SessionStage.CHOOSE_CREDENTIALS: "/premiere-connexion/identifiants",
    SessionStage.CHOOSE_PERSON: PATHS["person"],
    SessionStage.ENTER_KEYS: "/premiere-connexion/services",
    SessionStage.ACCEPT_TERMS: "/premiere-connexion/conditions",
    SessionStage.ENTER_SECOND_FACTOR: "/connexion/code",
    SessionStage.ENROLL_SECOND_FACTOR: "/mon-second-facteur/application",
    SessionStage.RETURN_TO_PROVIDER: "/connexion/agents/suite",
}
QUESTIONS = frozenset({SessionStage.ENTER_SECOND_FACTOR, SessionStage.CHOOSE_PERSON})
"""What is asked at each sign-in, on the way to the page that was asked for."""
AGENTS_SIGN_IN = "/connexion/agents"
"""Where agents sign in, in a town that has its own provider."""
SIGN_IN = Form(SignIn, "sign_in", ("login", "password"))
"""Stands in for a private page, too, that somebody asks for without a session."""
SPACES_OF = {
    ActorKind.PARENT: "family",
    ActorKind.DELEGATE: "family",
    ActorKind.AGENT: "agent",
    ActorKind.SYSTEM: "public",
}
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

STARTS = frozenset({PATHS["private_home"], "/calendrier"})
"""Where a family begins, which whoever helps it types or is told of."""

PART = "part"
"""The hidden field of a form in a part that is folded: the id of that part, which is open and has the focus when the form is shown again."""
ANCHOR = re.compile(r"[a-z][a-z0-9-]{0,60}")

WHICH_HOUSEHOLD = "household_ambiguous"

log = structlog.get_logger()

AnyRequest = Request[Any, Any, Any]


def way_on(stage: SessionStage, next_path: str) -> str:
    """Where a sign-in leads: to what is still to be done, or the page that was asked for, which a question on the way there keeps."""
    if stage in QUESTIONS and next_path:
        return f"{FIRST_STEPS[stage]}?{urlencode({'retour': next_path})}"
    return FIRST_STEPS.get(stage) or next_path or OWN_HOME


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
        visit, again = visit_of(request), _typed_again(request, "errors.not_sent")
        notice = FlashNotice("warning", "session_ended_typed" if again.cookies else "session_ended")
        query = urlencode({"retour": again.address})
        return visit.redirect(f"{_sign_in_of(visit, again.address)}?{query}", notice, again.cookies)
    path, visit = request.scope["path"], visit_of(request)
    context = {"next_path": path, "is_needed": True}
    template = "agent_sign_in" if _sign_in_of(visit, path) == AGENTS_SIGN_IN else "sign_in"
    return visit.page(f"public/{template}/sign_in.html.j2", context, form=FormState(form=SIGN_IN), status=401)


def _sign_in_of(visit: Visit, path: str) -> str:
    """Where whoever asks for a page signs in: agents of a town that has its own provider have a page for it."""
    is_of_agents = path == "/agents" or path.startswith("/agents/")
    return AGENTS_SIGN_IN if visit.portal.town.agent_provider.is_open and is_of_agents else "/connexion"


def on_stage_not_ready(request: AnyRequest, error: StageNotReady) -> Response[Any]:
    """The next of the first steps; the home page of whoever has done them all. Whoever must come back from the provider goes on from here then,
    with what was typed."""
    visit = visit_of(request)
    if error.stage is SessionStage.RETURN_TO_PROVIDER:
        again = _TypedAgain(_address(request)) if request.method == "GET" else _typed_again(request, "errors.not_sent")
        query = urlencode({"retour": again.address}) if again.address else ""
        return visit.redirect(f"{FIRST_STEPS[error.stage]}?{query}", cookies=again.cookies)
    session = visit.visitor.session
    home = HOMES.get(session.kind, OWN_HOME) if session else OWN_HOME
    return visit.redirect(FIRST_STEPS.get(error.stage, home))


def on_wrong_space(request: AnyRequest, _error: WrongSpace) -> Response[Any]:
    """A page of the others' space does not exist; whoever only helps families has their own in place of the two where a family begins."""
    visit = visit_of(request)
    is_delegate = visit.visitor.is_ready and visit.session.kind is ActorKind.DELEGATE
    if is_delegate and request.method == "GET" and request.scope["path"] in STARTS:
        return visit.redirect(PATHS["delegate_home"])
    return error_page(request, 404)


def on_stale_form(request: AnyRequest, error: StaleForm) -> Response[Any]:
    """A form of the session before is shown to the same person again, empty if it keeps nothing; a second sign-in, of another tab, leads to the
    space that is open; any other one is nobody's."""
    visit = visit_of(request)
    is_own = holder_named(visit.posted.get("csrf_token")) == visit.sessions.holder(visit.visitor.session)
    again = _typed_again(request, "errors.not_sent") if is_own else None
    if again and again.cookies:
        return visit.redirect(again.address, cookies=again.cookies)
    if again and again.address and not again.is_lost:
        return visit.redirect(again.address, FlashNotice("warning", "session_changed"))
    if visit.visitor.session and request.url.path == "/connexion":
        return visit.redirect(OWN_HOME, FlashNotice("info", "signed_in_elsewhere"))
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


def on_step_up_asked(request: AnyRequest, error: StepUpAsked) -> Response[Any]:
    """The page that asks for a proof, which leads back here, or to the page of the form that was sent, with what was typed."""
    visit = visit_of(request)
    # What is remembered of the session may be older than a proof that was given elsewhere.
    visit.sessions.forget(visit.visitor.session_token)
    if request.method != "GET":
        again = _typed_again(request)
        if again.is_lost:
            return error_page(request, 403, visit.portal.texts("errors.step_up_too_long"))
    elif request.route_handler.opt.get(FILE):
        again = _TypedAgain(_referring_page(request) or request.scope["path"].rpartition("/")[0])
    else:
        again = _TypedAgain(safe_path(_address(request)))
    query = {"pour": error.step_up, "retour": again.address, "sans": _page_left(request)}
    query = {name: value for name, value in query.items() if value}
    return visit.redirect(f"{CONFIRMATION}?{urlencode(query)}", cookies=again.cookies)


def _page_left(request: AnyRequest) -> str:
    """Where somebody who gives no proof goes from a page that is shown to nobody without: the page before it, as its own address would ask again.
    Nothing for a form or a file, which the page that they are sent from does without."""
    if request.method != "GET" or request.route_handler.opt.get(FILE):
        return ""
    page = _referring_page(request)
    return OWN_HOME if urlsplit(page).path in ("", CONFIRMATION, request.scope["path"]) else page


@dataclass(frozen=True, slots=True)
class _TypedAgain:
    """Where a form that was not carried out is shown again, and the cookies that keep it until then; none for one that cannot be kept.
    `is_lost`: there is too much of it for a browser."""

    address: str
    cookies: Sequence[Cookie] = ()
    is_lost: bool = False


def _typed_again(request: AnyRequest, reason: str = "") -> _TypedAgain:
    """Keep a posted form for the page that it came from, sealed for the person whom its token names: nobody else is shown it. `reason` is the
    key of what the page says of it, if it says anything: nothing is wrong with what was typed."""
    visit, page = visit_of(request), urlsplit(_page_asked_from(request))
    holder, typing = holder_named(visit.posted.get("csrf_token")), request.route_handler.opt.get(TYPING)
    if not (page.path and holder and typing):
        return _TypedAgain(page.geturl())
    form = replace(typing(visit.posted), note=visit.portal.texts(reason) if reason else "")
    kept = kept_forms.keep(form, page.path, visit.sessions.sealing_key(holder, page.path), request.cookies)
    if kept is None:
        return _TypedAgain(page.geturl(), is_lost=True)
    asked = {name: value for name, value in parse_qsl(page.query) if name != kept_forms.PARAMETER}
    place = form.value(PART)
    anchor = f"#{place}" if ANCHOR.fullmatch(place) else ""
    return _TypedAgain(f"{page.path}?{urlencode({**asked, kept_forms.PARAMETER: kept.name})}{anchor}", kept.cookies)


def _address(request: AnyRequest) -> str:
    """The path and query that were asked for."""
    return _path_with(request.scope["path"], request.scope["query_string"].decode(errors="replace"))


def _page_asked_from(request: AnyRequest) -> str:
    """Where to ask again: the page itself, or that of the form which was sent; nothing when the browser does not say which, or when
    the address would lead to another site."""
    return safe_path(_address(request)) if request.method == "GET" else _referring_page(request)


def _referring_page(request: AnyRequest) -> str:
    """The page that a request was made from, as the browser says; nothing when it does not, or says what is no address."""
    try:
        came_from = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return ""
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
    StepUpAsked: on_step_up_asked,
    Unreachable: on_unreachable,
    MalformedForm: on_malformed_form,
    HTTPException: on_http_error,
    Exception: on_bug,
}
