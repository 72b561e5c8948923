"""The first steps after the first sign-in: choose personal credentials, enter the keys of the town's services if it has any (`keys.py`), then
read and accept the terms."""

from typing import Any, Final

from litestar import Response

from contracts.identity import api
from contracts.identity.models import CredentialsChoice, TermsAcceptance
from contracts.types import SessionStage
from gateway.browsers import session_cookie
from gateway.calls import Refused, typed_as
from portal.frame.credentials import policy_words
from portal.frame.errors import FIRST_STEPS
from portal.frame.spaces import action, at_stage, page, show_again
from portal.frame.visit import HOMES, FlashNotice, Visit
from portal.kit import Form
from portal.public.first_steps import keys
from portal.public.first_steps.steps import steps_at
from portal.public.leaving import leave

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


@action("/premiere-connexion/identifiants", admits=CREDENTIALS, has_secret=True)
async def choose_credentials(visit: Visit) -> Response[Any]:
    """Replace the temporary credentials; what is wrong is said by its field."""
    typed = CHOICE.typed(visit.posted.values)
    try:
        opened = await visit.call(api.choose_credentials, typed_as(CredentialsChoice, typed))
    except Refused as refused:
        return await show_again(visit, credentials_page, visit.refused(refused, typed, CHOICE))
    visit.sessions.forget(visit.visitor.session_token)
    target = FIRST_STEPS.get(opened.stage, HOMES[visit.session.kind])
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
    return visit.redirect(HOMES[session.kind], FlashNotice("success", "terms_accepted"))


@action("/premiere-connexion/annuler")
async def cancel(visit: Visit) -> Response[Any]:
    """Leave without accepting: nothing is kept but what was already confirmed."""
    return await leave(visit, FlashNotice("info", "first_steps_cancelled"))


PAGES = [credentials_page, choose_credentials, *keys.PAGES, terms_page, accept_terms, cancel]
