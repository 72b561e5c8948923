"""Signing in with a passkey: the script of the sign-in page asks what to ask the authenticator, then posts what it answered.

What a browser was asked is its own: a secret in a cookie says so.
"""

import secrets
from typing import Any, Final

from litestar import Response
from litestar.datastructures import Cookie

from contracts.identity.passkeys import PasskeySignIn, PasskeySignInStart
from contracts.identity.passkeys_api import sign_in_with_passkey, start_passkey_sign_in
from gateway.browsers import device_cookies, session_cookie
from gateway.calls import Refused, typed_as
from portal.frame.errors import FIRST_STEPS, OWN_HOME
from portal.frame.passkeys import question, refusal
from portal.frame.spaces import action, show_again
from portal.frame.visit import Visit, safe_path
from portal.public.sign_in.pages import sign_in_page

PATH: Final = "/connexion/cle-d-acces"
BROWSER_COOKIE: Final = "__Host-passkey"
BROWSER_SECONDS: Final = 600
BROWSER_BYTES: Final = 32


@action(f"{PATH}/question", typing=None, has_secret=True)
async def ask(visit: Visit) -> Response[Any]:
    """What the browser asks its authenticator."""
    token = secrets.token_urlsafe(BROWSER_BYTES)
    try:
        started = await visit.call(start_passkey_sign_in, PasskeySignInStart(browser_token=token))
    except Refused as refused:
        return refusal(visit, refused)
    return question(started, [_browser_cookie(token)])


@action(PATH, typing=None, has_secret=True)
async def sign_in(visit: Visit) -> Response[Any]:
    """Open a session, then go to the page that was asked for, or to the next of the first steps."""
    next_path = safe_path(visit.posted.get("next"))
    body = {"browser_token": visit.request.cookies.get(BROWSER_COOKIE) or secrets.token_urlsafe(BROWSER_BYTES)}
    try:
        answered = typed_as(PasskeySignIn, {**body, "answer": visit.posted.get("answer")})
        opened = await visit.call(sign_in_with_passkey, answered)
    except Refused as refused:
        query = {"retour": next_path} if next_path else {}
        return await show_again(visit, sign_in_page, visit.refused(refused), query)
    visit.sessions.forget(visit.visitor.session_token)
    target = FIRST_STEPS.get(opened.stage) or next_path or OWN_HOME
    return visit.redirect(target, cookies=[session_cookie(opened), *device_cookies(opened.device_token)])


def _browser_cookie(token: str) -> Cookie:
    return Cookie(
        key=BROWSER_COOKIE,
        value=token,
        path="/",
        max_age=BROWSER_SECONDS,
        secure=True,
        httponly=True,
        samesite="strict",
    )


PAGES = [ask, sign_in]
