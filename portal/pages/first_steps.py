"""The first steps after the first sign-in: choose personal credentials, then read and accept the terms."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from contracts.identity import api
from contracts.identity.models import CredentialPolicy, CredentialsChoice, CurrentSession, TermsAcceptance
from contracts.types import ActorKind, SessionStage
from gateway.auth import Sessions, StageNotReady, Visitor, cleared_session_cookie, session_cookie
from gateway.calls import Refused, typed_as

from ..kit import FormState, Texts
from ..visit import Notice, Visit
from .errors import FIRST_STEPS

STEPS = ("first_steps.credentials.step", "first_steps.terms.step")


@get("/premiere-connexion/identifiants")
async def credentials_page(visit: NamedDependency[Visit]) -> Response[Any]:
    """The form "MODIFICATION DE VOS IDENTIFIANTS", with the town's password policy."""
    session = _require_stage(visit.visitor, SessionStage.CHOOSE_CREDENTIALS)
    return await _credentials_page(visit, FormState({"username": session.username}))


@post("/premiere-connexion/identifiants")
async def choose_credentials(visit: NamedDependency[Visit], sessions: NamedDependency[Sessions]) -> Response[Any]:
    """Replace the temporary credentials; what is wrong is said by its field."""
    _require_stage(visit.visitor, SessionStage.CHOOSE_CREDENTIALS)
    typed = {name: visit.posted.get(name) for name in ("username", "password", "password_confirmation")}
    try:
        opened = await visit.call(api.choose_credentials, typed_as(CredentialsChoice, typed))
    except Refused as refused:
        return await _credentials_page(visit, visit.refused(refused, typed))
    sessions.forget(visit.visitor.session_token)
    target = FIRST_STEPS.get(opened.stage, "/mon-accueil")
    return visit.redirect(target, Notice("success", "credentials_chosen"), cookies=[session_cookie(opened)])


@get("/premiere-connexion/conditions")
async def terms_page(visit: NamedDependency[Visit]) -> Response[Any]:
    """The terms of use, whole, and the means to accept them at their end."""
    _require_stage(visit.visitor, SessionStage.ACCEPT_TERMS)
    return await _terms_page(visit, FormState())


@post("/premiere-connexion/conditions")
async def accept_terms(visit: NamedDependency[Visit], sessions: NamedDependency[Sessions]) -> Response[Any]:
    """Accept the terms and open the space."""
    _require_stage(visit.visitor, SessionStage.ACCEPT_TERMS)
    body = {
        "version": visit.posted.get("version"),
        "end_token": visit.posted.get("end_token"),
        "is_accepted": visit.posted.get("is_accepted") == "true",
    }
    try:
        session = await visit.call(api.accept_terms, typed_as(TermsAcceptance, body))
    except Refused as refused:
        return await _terms_page(visit, visit.refused(refused, {}))
    sessions.forget(visit.visitor.session_token)
    home = "/agents" if session.kind is ActorKind.AGENT else "/mon-accueil"
    return visit.redirect(home, Notice("success", "terms_accepted"))


@post("/premiere-connexion/annuler")
async def cancel(visit: NamedDependency[Visit], sessions: NamedDependency[Sessions]) -> Response[Any]:
    """Leave without accepting: nothing is kept but what was already confirmed."""
    if visit.visitor.session is not None:
        await visit.call(api.sign_out)
        sessions.forget(visit.visitor.session_token)
    return visit.redirect("/", Notice("info", "first_steps_cancelled"), cookies=[cleared_session_cookie()])


def _require_stage(visitor: Visitor, stage: SessionStage) -> CurrentSession:
    """Each step is open at its own stage only; another stage leads to its own page."""
    session = visitor.require_session()
    if session.stage is not stage:
        raise StageNotReady(session.stage)
    return session


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


async def _credentials_page(visit: Visit, form: FormState) -> Response[str]:
    policy = await visit.call(api.credential_policy)
    context = {
        "policy": policy,
        "policy_words": policy_words(visit.portal.texts, policy),
        "steps": [visit.portal.texts(key) for key in STEPS],
        "step": 1,
        "action": "/premiere-connexion/identifiants",
    }
    return visit.page("first_steps/credentials.html.j2", context, form=form)


async def _terms_page(visit: Visit, form: FormState) -> Response[str]:
    terms = await visit.call(api.read_terms)
    context = {
        "terms": terms,
        "information_url": visit.portal.town.section.information_url,
        "steps": [visit.portal.texts(key) for key in STEPS],
        "step": 2,
        "action": "/premiere-connexion/conditions",
    }
    return visit.page("first_steps/terms.html.j2", context, form=form)


HANDLERS = [credentials_page, choose_credentials, terms_page, accept_terms, cancel]
