"""The first steps after the first sign-in: choose personal credentials, then read and accept the terms."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from contracts.identity.api import CredentialPolicy
from contracts.types import ActorKind, SessionStage
from gateway.admission import Form
from gateway.auth import Sessions, StageNotReady, Visitor, cleared_session_cookie, session_cookie
from gateway.clients.calling import Refused
from gateway.services import Services

from ..kit import Texts
from ..render import Notice, Portal
from .errors import FIRST_STEPS

STEPS = ("first_steps.credentials.step", "first_steps.terms.step")


@get("/premiere-connexion/identifiants")
async def credentials_page(
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    portal: NamedDependency[Portal],
    services: NamedDependency[Services],
) -> Response[Any]:
    """The form "MODIFICATION DE VOS IDENTIFIANTS", with the town's password policy."""
    session = visitor.require_session()
    _require_stage(visitor, SessionStage.CHOOSE_CREDENTIALS)
    form = portal.form_state({"username": session.username})
    return await _credentials_page(request, visitor, services, {"form": form})


@post("/premiere-connexion/identifiants")
async def choose_credentials(
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    form: NamedDependency[Form],
    services: NamedDependency[Services],
    sessions: NamedDependency[Sessions],
) -> Response[Any]:
    """Replace the temporary credentials; what is wrong is said by its field."""
    portal: Portal = request.app.state.portal
    _require_stage(visitor, SessionStage.CHOOSE_CREDENTIALS)
    body = {name: form.get(name) for name in ("username", "password", "password_confirmation")}
    try:
        opened = await services.identity.choose_credentials(visitor.caller, body)
    except Refused as refused:
        context = {"form": portal.form_state(body, refused.problem), "refusal": portal.refusal_text(refused.problem)}
        return await _credentials_page(request, visitor, services, context, refused.problem.status)
    sessions.forget(visitor.session_token)
    target = FIRST_STEPS.get(opened.stage, "/mon-accueil")
    return portal.redirect(target, Notice("success", "credentials_chosen"), cookies=[session_cookie(opened)])


@get("/premiere-connexion/conditions")
async def terms_page(
    request: Request[Any, Any, Any], visitor: NamedDependency[Visitor], services: NamedDependency[Services]
) -> Response[Any]:
    """The terms of use, whole, and the means to accept them at their end."""
    _require_stage(visitor, SessionStage.ACCEPT_TERMS)
    return await _terms_page(request, visitor, services)


@post("/premiere-connexion/conditions")
async def accept_terms(
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    form: NamedDependency[Form],
    services: NamedDependency[Services],
    sessions: NamedDependency[Sessions],
) -> Response[Any]:
    """Accept the terms and open the space."""
    portal: Portal = request.app.state.portal
    _require_stage(visitor, SessionStage.ACCEPT_TERMS)
    body = {
        "version": form.get("version"),
        "end_token": form.get("end_token"),
        "is_accepted": form.get("is_accepted") == "true",
    }
    try:
        session = await services.identity.accept_terms(visitor.caller, body)
    except Refused as refused:
        return await _terms_page(request, visitor, services, portal.form_state({}, refused.problem), refused)
    sessions.forget(visitor.session_token)
    home = "/agents" if session.kind is ActorKind.AGENT else "/mon-accueil"
    return portal.redirect(home, Notice("success", "terms_accepted"))


@post("/premiere-connexion/annuler")
async def cancel(
    visitor: NamedDependency[Visitor],
    portal: NamedDependency[Portal],
    services: NamedDependency[Services],
    sessions: NamedDependency[Sessions],
) -> Response[Any]:
    """Leave without accepting: nothing is kept but what was already confirmed."""
    if visitor.session is not None:
        await services.identity.sign_out(visitor.caller)
        sessions.forget(visitor.session_token)
    return portal.redirect("/", Notice("info", "first_steps_cancelled"), cookies=[cleared_session_cookie()])


def _require_stage(visitor: Visitor, stage: SessionStage) -> None:
    """Each step is open at its own stage only; another stage leads to its own page."""
    session = visitor.require_session()
    if session.stage is not stage:
        raise StageNotReady(session.stage)


def policy_words(texts: Texts, policy: CredentialPolicy) -> str:
    """The password policy as the guides word it, built from the town's settings."""
    kinds = [
        texts(f"first_steps.policy.{kind}", count=count)
        for kind, count in (
            ("lowercase", policy.lowercase_min),
            ("uppercase", policy.uppercase_min),
            ("digit", policy.digit_min),
        )
        if count
    ]
    key = "rules" if kinds else "rules_length_only"
    return texts(f"first_steps.policy.{key}", length=policy.length_min, kinds=", ".join(kinds))


async def _credentials_page(
    request: Request[Any, Any, Any], visitor: Visitor, services: Services, context: dict[str, Any], status: int = 200
) -> Response[str]:
    portal: Portal = request.app.state.portal
    policy = await services.identity.credential_policy(visitor.caller)
    steps = [portal.texts(key) for key in STEPS]
    words = policy_words(portal.texts, policy)
    page = {
        "policy": policy,
        "policy_words": words,
        "steps": steps,
        "step": 1,
        "action": "/premiere-connexion/identifiants",
        **context,
    }
    return portal.page(request, "first_steps/credentials.html.j2", visitor, page, status=status)


async def _terms_page(
    request: Request[Any, Any, Any],
    visitor: Visitor,
    services: Services,
    form: Any = None,
    refused: Refused | None = None,
) -> Response[str]:
    portal: Portal = request.app.state.portal
    terms = await services.identity.terms(visitor.caller)
    page = {
        "terms": terms,
        "information_url": portal.town.section.information_url,
        "form": form or portal.form_state({}),
        "steps": [portal.texts(key) for key in STEPS],
        "step": 2,
        "action": "/premiere-connexion/conditions",
        "refusal": portal.refusal_text(refused.problem) if refused else None,
    }
    return portal.page(
        request, "first_steps/terms.html.j2", visitor, page, status=refused.problem.status if refused else 200
    )


HANDLERS = [credentials_page, choose_credentials, terms_page, accept_terms, cancel]
