"""The first steps after the first sign-in: choose personal credentials, enter the keys of the town's services if it has any (`keys.py`), then
read and accept the terms."""

from typing import Any, Final

from litestar import Response

from contracts.identity import api
from contracts.identity.models import CredentialPolicy, CredentialsChoice, TermsAcceptance
from contracts.types import ActorKind, SessionStage
from gateway.auth import cleared_session_cookie, session_cookie
from gateway.calls import Refused, typed_as
from portal.frame.errors import FIRST_STEPS
from portal.frame.spaces import action, at_stage, page, show_again
from portal.frame.visit import FlashNotice, Visit
from portal.kit import Form, Texts
from portal.public.first_steps import keys
from portal.public.first_steps.steps import steps_at

CHOICE: Final = Form(CredentialsChoice, "first_steps.credentials", ("username", "password", "password_confirmation"))

CREDENTIALS = at_stage(SessionStage.CHOOSE_CREDENTIALS)
TERMS = at_stage(SessionStage.ACCEPT_TERMS)


@page("/premiere-connexion/identifiants", admits=CREDENTIALS)
async def credentials_page(visit: Visit) -> Response[Any]:
    """The form "MODIFICATION DE VOS IDENTIFIANTS", with the town's password policy."""
    policy = await visit.call(api.credential_policy)
    context = {
        "policy": policy,
        "policy_words": policy_words(visit.portal.texts, policy),
        "has_username": visit.session.has_username,
        **steps_at(visit, SessionStage.CHOOSE_CREDENTIALS),
        "action": "/premiere-connexion/identifiants",
    }
    return visit.page(
        "public/first_steps/credentials.html.j2", context, form=visit.form(CHOICE, {"username": visit.session.username})
    )


@action("/premiere-connexion/identifiants", admits=CREDENTIALS)
async def choose_credentials(visit: Visit) -> Response[Any]:
    """Replace the temporary credentials; what is wrong is said by its field."""
    typed = CHOICE.typed(visit.posted.values)
    try:
        opened = await visit.call(api.choose_credentials, typed_as(CredentialsChoice, typed))
    except Refused as refused:
        return await show_again(visit, credentials_page, visit.refused(refused, typed, CHOICE))
    visit.sessions.forget(visit.visitor.session_token)
    target = FIRST_STEPS.get(opened.stage, "/mon-accueil")
    chosen = "credentials_chosen" if visit.session.has_username else "password_chosen"
    return visit.redirect(target, FlashNotice("success", chosen), cookies=[session_cookie(opened)])


@page("/premiere-connexion/conditions", admits=TERMS)
async def terms_page(visit: Visit) -> Response[Any]:
    """The terms of use, whole, and the means to accept them at their end."""
    terms = await visit.call(api.read_terms)
    context = {
        "terms": terms,
        "information_url": visit.portal.town.section.information_url,
        **steps_at(visit, SessionStage.ACCEPT_TERMS),
        "action": "/premiere-connexion/conditions",
    }
    return visit.page("public/first_steps/terms.html.j2", context, form=visit.form())


@action("/premiere-connexion/conditions", admits=TERMS)
async def accept_terms(visit: Visit) -> Response[Any]:
    """Accept the terms and open the space, or go back to the step before."""
    if visit.posted.get("step") == "previous":
        return visit.redirect(keys.CHOSEN_PATH)
    body = {
        "version": visit.posted.get("version"),
        "end_token": visit.posted.get("end_token"),
        "is_accepted": visit.posted.get("is_accepted") == "true",
    }
    try:
        session = await visit.call(api.accept_terms, typed_as(TermsAcceptance, body))
    except Refused as refused:
        return await show_again(visit, terms_page, visit.refused(refused, {}))
    visit.sessions.forget(visit.visitor.session_token)
    home = "/agents" if session.kind is ActorKind.AGENT else "/mon-accueil"
    return visit.redirect(home, FlashNotice("success", "terms_accepted"))


@action("/premiere-connexion/annuler")
async def cancel(visit: Visit) -> Response[Any]:
    """Leave without accepting: nothing is kept but what was already confirmed."""
    if visit.visitor.session is not None:
        await visit.call(api.sign_out)
        visit.sessions.forget(visit.visitor.session_token)
    return visit.redirect("/", FlashNotice("info", "first_steps_cancelled"), cookies=[cleared_session_cookie()])


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


PAGES = [credentials_page, choose_credentials, *keys.PAGES, terms_page, accept_terms, cancel]
