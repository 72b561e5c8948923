"""Signing in and out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from litestar import Response

from contracts.identity import api
from contracts.identity.models import PASSWORD_TYPED_MAX, USERNAME_TYPED_MAX, SignIn
from contracts.types import SessionStage
from gateway.auth import Visitor
from gateway.browsers import device_cookies, session_cookie
from gateway.calls import Refused, typed_as
from portal.frame.errors import FIRST_STEPS, OWN_HOME, SIGN_IN, way_on
from portal.frame.spaces import Screen, action, page, show_again
from portal.frame.visit import HOMES, FlashNotice, Visit, safe_path
from portal.kit import PATHS, FormState
from portal.public.leaving import leave
from portal.public.sign_in import second_step

LENGTHS_MAX: Final = {"login": USERNAME_TYPED_MAX, "password": PASSWORD_TYPED_MAX}
"""How long what is typed may be, by field."""


@page("/connexion")
async def sign_in_page(visit: Visit) -> Response[Any]:
    """The sign-in form; who is already signed in goes to their home page."""
    if visit.visitor.session is not None:
        return visit.redirect(home_of(visit.visitor))
    return visit.page("public/sign_in/sign_in.html.j2", **sign_in_form(visit))


@action("/connexion", has_secret=True)
async def sign_in(visit: Visit) -> Response[Any]:
    """Open a session, then go to the page that was asked for, or to the next of the first steps."""
    return await sign_in_from(visit, sign_in_page)


async def sign_in_from(visit: Visit, page: Screen) -> Response[Any]:
    """Sign in with what a page's form says, which is shown again after a refusal."""
    next_path = safe_path(visit.posted.get("next"))
    typed = SIGN_IN.typed(visit.posted.values)
    try:
        opened = await visit.call(api.sign_in, typed_as(SignIn, typed))
    except Refused as refused:
        query = {"retour": next_path} if next_path else {}
        return await show_again(visit, page, _refused(visit, refused, typed), query)
    target = way_on(opened.stage, next_path)
    visit.sessions.forget(visit.visitor.session_token)
    return visit.redirect(target, cookies=[session_cookie(opened), *device_cookies(opened.device_token)])


@page(OWN_HOME)
async def own_home(visit: Visit) -> Response[Any]:
    """The home page of whoever is signed in: a family's, an agent's, or the next of the first steps."""
    return visit.redirect(home_of(visit.visitor))


@action("/deconnexion")
async def sign_out(visit: Visit) -> Response[Any]:
    """End the session, here, at the identity service, and at FranceConnect for whoever came from there."""
    return await leave(visit, FlashNotice("success", "signed_out"))


def _refused(visit: Visit, refused: Refused, typed: Mapping[str, str]) -> FormState:
    """What is wrong with what was typed; of what is too long to be either it is said, and it is not kept."""
    form = visit.refused(refused, typed, SIGN_IN)
    too_long = {
        name for name, length in LENGTHS_MAX.items() if name in form.errors and len(typed.get(name, "")) > length
    }
    errors = {name: visit.portal.texts(f"sign_in.{name}_too_long") for name in too_long}
    values = {name: value for name, value in form.values.items() if name not in too_long}
    return replace(form, values=values, errors={**form.errors, **errors})


def sign_in_form(visit: Visit) -> dict[str, Any]:
    """What a page with the form of a sign-in shows."""
    next_path, form = visit.query("retour"), visit.form(SIGN_IN)
    context = {"next_path": safe_path(next_path), "is_needed": bool(next_path) and not form.is_refused}
    return {"context": context, "form": form}


def home_of(visitor: Visitor) -> str:
    """The page where a signed-in visitor starts."""
    session = visitor.require_session()
    if session.stage is not SessionStage.READY:
        return FIRST_STEPS[session.stage]
    return HOMES.get(session.kind, PATHS["home"])


PAGES = [sign_in_page, sign_in, *second_step.PAGES, own_home, sign_out]
