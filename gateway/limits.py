"""How often a visitor may ask: token buckets for each source address and each session, in the memory of this process.

A bucket holds what may be asked in a minute, and fills again in a minute. Pages are generous to an address, because a
whole school may share one; the API is less, and whatever takes a secret (sign-in, activation, a code, a password once more) the least: pages and
operations say of themselves that they do.
Two gateways count apart: together they let through up to twice as much.
"""

import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send
from litestar.utils import normalize_path

from chassis.http.errors import problem
from contracts.operation import SAFE_METHODS

from .browsers import SESSION_COOKIE, bearer_token
from .security import CACHEABLE_PATHS
from .settings import GatewaySettings

BUCKETS_MAX: Final = 20_000
FILLING_SECONDS: Final = 60.0
UNLIMITED: Final = frozenset({"/health/live", "/health/ready"})
HAS_SECRET: Final = "has_secret"  # noqa: S105 - the name of an option
"""Where a route says that what is sent to it holds a secret: `handler.opt[HAS_SECRET]`."""
IPV6_SITE: Final = (1 << 64) - 1
"""The bits of an IPv6 address that one visitor may choose at will."""


ErrorPage = Callable[[Request[Any, Any, Any], int], Response[Any]]
"""The page of an error with this status."""


class Buckets:
    """One bucket for each key. The longest unused are forgotten: once they are full again, or when there are too many."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = per_minute
        self._per_second = per_minute / FILLING_SECONDS
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str) -> float:
        """Take one request: 0 when it may pass, otherwise the seconds until one may."""
        now = self._clock()
        left, asked_at = self._buckets.pop(key, (self._size, now))
        left = min(self._size, left + (now - asked_at) * self._per_second)
        may_pass = left >= 1
        self._buckets[key] = (left - may_pass, now)
        while len(self._buckets) > BUCKETS_MAX or now - next(iter(self._buckets.values()))[1] >= FILLING_SECONDS:
            self._buckets.popitem(last=False)
        return 0.0 if may_pass else (1 - left) / self._per_second


class SecretAddresses:
    """The addresses to which secrets are sent, as their routes say (`HAS_SECRET`)."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        marked = [
            (method, route.path)
            for route in routes
            if isinstance(route, HTTPRoute)
            for handler in route.route_handlers
            if handler.opt.get(HAS_SECRET)
            for method in handler.http_methods
        ]
        self._plain = {(method, path) for method, path in marked if "{" not in path}
        self._patterns = [(method, re.compile(_pattern_of(path))) for method, path in marked if "{" in path]

    def hold(self, method: str, path: str) -> bool:
        """Whether this is sent to one of them."""
        if method in SAFE_METHODS:
            return False
        is_like = any(method == other and pattern.fullmatch(path) for other, pattern in self._patterns)
        return is_like or (method, path) in self._plain


class RateLimits:
    """Stands before every route, also before addresses that do not exist, and answers 429 for whoever asks too often."""

    def __init__(
        self, app: ASGIApp, settings: GatewaySettings, error_page: ErrorPage, secrets_at: SecretAddresses
    ) -> None:
        self._app = app
        self._secrets_at = secrets_at
        self._error_page = error_page
        self._secrets = Buckets(settings.secrets_per_minute)
        self._api = Buckets(settings.api_per_minute), Buckets(settings.session_api_per_minute)
        self._pages = Buckets(settings.pages_per_minute), Buckets(settings.session_pages_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it without reading its body."""
        if scope["type"] == ScopeType.HTTP and (seconds := self._seconds_to_wait(scope)):
            request: Request[Any, Any, Any] = Request(scope)
            response = self._refusal(request, math.ceil(seconds))
            await response.to_asgi_response(app=None, request=request)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _seconds_to_wait(self, scope: HTTPScope) -> float:
        path, address = normalize_path(scope["path"]), _visitor_address(scope)  # as the routes will read it
        if path in UNLIMITED:
            return 0.0
        if self._secrets_at.hold(scope["method"], path):
            return self._secrets.take(address)
        by_address, by_session = self._api if _is_api(path) else self._pages
        request: Request[Any, Any, Any] = Request(scope)
        token = bearer_token(request) or request.cookies.get(SESSION_COOKIE)
        wait = by_address.take(address)
        if wait or token is None or path.startswith(CACHEABLE_PATHS):
            return wait
        return by_session.take(token)

    def _refusal(self, request: Request[Any, Any, Any], seconds: int) -> Response[Any]:
        if _is_api(request.scope["path"]):
            detail = f"Too many requests from this address or session: come back in {seconds} s."
            return problem(429, "too_many_requests", detail, {"retry_after_seconds": seconds})
        page = self._error_page(request, 429)
        page.headers["Retry-After"] = str(seconds)
        return page


def _visitor_address(scope: HTTPScope) -> str:
    """The source address, which is the server's to tell from its trusted proxies; of IPv6, the site."""
    host = scope["client"][0] if scope["client"] else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(IPv6Address(int(address) & ~IPV6_SITE)) if isinstance(address, IPv6Address) else host


def _pattern_of(path: str) -> str:
    """What an address with parameters looks like, whatever they are."""
    return "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"({[^}]+})", path))


def _is_api(path: str) -> bool:
    return path.startswith("/api/")
