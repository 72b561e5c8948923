"""What a browser brings and keeps of ours: the cookies of its session and of its device, and what it calls itself."""

import re
import secrets
from typing import Any, Final

from litestar import Request
from litestar.datastructures import Cookie

from chassis.http.routes import USER_AGENT_MAX
from contracts.identity.models import SessionOpened

SESSION_COOKIE: Final = "__Host-session"
DEVICE_COOKIE: Final = "__Host-device"
DEVICE_SECONDS: Final = 180 * 86400
DEVICE_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
UNNAMED_BROWSER: Final = "-"
"""What a browser that says no name is called."""


AWAY_SECONDS: Final = 3600
AWAY_BYTES: Final = 32


def away_token(request: Request[Any, Any, Any], cookie: str) -> str:
    """The secret of a browser that goes to a provider of identities. One that has none is given one that began nothing, and is refused as any
    other."""
    return request.cookies.get(cookie) or secrets.token_urlsafe(AWAY_BYTES)


def away_cookie(cookie: str, token: str) -> Cookie:
    """The cookie that keeps this secret until the browser is back."""
    return Cookie(key=cookie, value=token, path="/", max_age=AWAY_SECONDS, secure=True, httponly=True, samesite="lax")


def session_cookie(opened: SessionOpened) -> Cookie:
    """The cookie of a new session: it ends with the browser, and identity ends it earlier when idle."""
    return Cookie(key=SESSION_COOKIE, value=opened.session_token, path="/", secure=True, httponly=True, samesite="lax")


def device_cookies(device_token: str | None) -> list[Cookie]:
    """The cookie by which a browser is known again at its next sign-in, if there is one to keep; it opens nothing."""
    if device_token is None:
        return []
    return [
        Cookie(
            key=DEVICE_COOKIE,
            value=device_token,
            path="/",
            secure=True,
            httponly=True,
            samesite="lax",
            max_age=DEVICE_SECONDS,
        )
    ]


def cleared_session_cookie() -> Cookie:
    """The cookie that makes the browser forget its session."""
    return Cookie(key=SESSION_COOKIE, value="", path="/", secure=True, httponly=True, samesite="lax", max_age=0)


def bearer_token(request: Request[Any, Any, Any]) -> str | None:
    """The session token of an application, which no browser sends by itself."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" and token else None


def user_agent_of(request: Request[Any, Any, Any]) -> str:
    """What a browser calls itself, as far as a header of ours can say it."""
    name = "".join(sign for sign in request.headers.get("user-agent", "") if sign.isascii() and sign.isprintable())
    return name.strip()[:USER_AGENT_MAX] or UNNAMED_BROWSER


def device_token_of(request: Request[Any, Any, Any]) -> str | None:
    """What a browser keeps of a sign-in before, if it looks like one of ours."""
    kept = request.cookies.get(DEVICE_COOKIE, "")
    return kept if DEVICE_TOKEN.fullmatch(kept) else None
