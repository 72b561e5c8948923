"""What every response tells the browser: load nothing from elsewhere, run no inline script, keep no private page."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

CACHEABLE_PATHS: Final = ("/static/", "/theme.css")
YEAR_SECONDS: Final = 31_536_000


class SecurityHeaders:
    """Adds the security headers to every response, even to one of no route, which no middleware sees.

    `outside_urls` are the other places that a form may lead to.
    """

    def __init__(self, portal_url: str, *outside_urls: str) -> None:
        self._headers = security_headers(portal_url, *outside_urls)

    async def add(self, message: Message, scope: Scope) -> None:
        """Complete the head of a response that is about to be sent."""
        if message["type"] != "http.response.start":
            return
        headers = MutableScopeHeaders.from_message(message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        is_cacheable = scope["path"].startswith(CACHEABLE_PATHS) and message["status"] == 200
        if message["status"] == 413:
            headers["Connection"] = "close"  # the rest of a body that is too large is not waited for
        headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable" if is_cacheable else "no-store"


def security_headers(portal_url: str, *outside_urls: str) -> Mapping[str, str]:
    """The headers of a portal at this address."""
    form_targets = " ".join(["'self'", *filter(None, map(_origin, outside_urls))])
    headers = {
        "Content-Security-Policy": (
            f"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action {form_targets}"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    }
    if portal_url.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}; includeSubDomains"
    return headers


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
