"""Signing in and out."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from contracts.types import ActorKind, SessionStage
from gateway.admission import Form
from gateway.auth import Sessions, Visitor, cleared_session_cookie, session_cookie
from gateway.clients.calling import Refused
from gateway.services import Services

from ..render import Notice, Portal, nest
from .errors import FIRST_STEPS

OWN_HOME = "/espace"
HOMES = {ActorKind.PARENT: "/mon-accueil", ActorKind.AGENT: "/agents"}


@get("/connexion")
async def sign_in_page(
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    portal: NamedDependency[Portal],
) -> Response[Any]:
    """The sign-in form; who is already signed in goes to their home page."""
    if visitor.session is not None:
        return portal.redirect(home_of(visitor))
    next_path = request.query_params.get("retour", "")
    context = {"form": portal.form_state({}), "next_path": safe_path(next_path), "is_needed": bool(next_path)}
    return portal.page(request, "sign_in/sign_in.html.j2", visitor, context)


@post("/connexion")
async def sign_in(
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    form: NamedDependency[Form],
    portal: NamedDependency[Portal],
    services: NamedDependency[Services],
) -> Response[Any]:
    """Open a session, then go to the page that was asked for, or to the next of the first steps."""
    next_path = safe_path(form.get("next"))
    body = {"login": form.get("login"), "password": form.get("password")}
    try:
        opened = await services.identity.sign_in(visitor.caller, body)
    except Refused as refused:
        context = {
            "form": portal.form_state(nest(form.values), refused.problem),
            "next_path": next_path,
            "is_needed": False,
            "refusal": portal.refusal_text(refused.problem),
        }
        return portal.page(request, "sign_in/sign_in.html.j2", visitor, context, status=refused.problem.status)
    target = FIRST_STEPS.get(opened.stage) or next_path or OWN_HOME
    return portal.redirect(target, cookies=[session_cookie(opened)])


@get(OWN_HOME)
async def own_home(visitor: NamedDependency[Visitor], portal: NamedDependency[Portal]) -> Response[Any]:
    """The home page of whoever is signed in: a family's, an agent's, or the next of the first steps."""
    return portal.redirect(home_of(visitor))


@post("/deconnexion")
async def sign_out(
    visitor: NamedDependency[Visitor],
    portal: NamedDependency[Portal],
    services: NamedDependency[Services],
    sessions: NamedDependency[Sessions],
) -> Response[Any]:
    """End the session, here and at the identity service."""
    if visitor.session is not None:
        await services.identity.sign_out(visitor.caller)
        sessions.forget(visitor.session_token)
    return portal.redirect("/", Notice("success", "signed_out"), cookies=[cleared_session_cookie()])


def home_of(visitor: Visitor) -> str:
    """The page where a signed-in visitor starts."""
    session = visitor.require_session()
    if session.stage is not SessionStage.READY:
        return FIRST_STEPS[session.stage]
    return HOMES.get(session.kind, "/mon-accueil")


def safe_path(path: str) -> str:
    """A path of this portal to go on to; anything that could lead elsewhere is dropped.

    Browsers read a backslash as a slash and leave out tabs and line breaks, which would make `//another.site` of them.
    """
    is_ours = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
    return path if is_ours else ""


HANDLERS = [sign_in_page, sign_in, own_home, sign_out]
