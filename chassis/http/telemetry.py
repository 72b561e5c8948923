"""The telemetry middleware: every HTTP request continues its caller's trace, is measured, and leaves one line in the access log."""

import time
from functools import cache

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from opentelemetry.trace import SpanKind
from prometheus_client import Histogram

from chassis.telemetry import REQUESTS, span

QUIET_PATHS = ("/health/", "/metrics", "/static/")
TRACE_HEADERS = {b"traceparent": "traceparent", b"tracestate": "tracestate"}

log = structlog.get_logger()


@cache
def _measure(service: str, method: str, route: str, status: int) -> Histogram:
    """The measure of a route's answers, looked up once: its library takes a lock to find it."""
    return REQUESTS.labels(service, method, route, str(status))


class TelemetryMiddleware:
    """One span, one measure and one log line a request; the route is named by its template, never by its values.

    Around a whole application it also sees what no route answers; as one of its middlewares, routed requests alone.
    """

    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(self, app: ASGIApp) -> ASGIApp:
        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP or scope["path"].startswith(QUIET_PATHS):
                await app(scope, receive, send)
            else:
                await self._watch(app, scope, receive, send)

        return watched

    async def _watch(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        status = 500

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        carrier = {
            TRACE_HEADERS[name]: value.decode("latin-1") for name, value in scope["headers"] if name in TRACE_HEADERS
        }
        method = str(scope.get("method", ""))
        with span(f"{method} request", SpanKind.SERVER, carrier) as current:
            try:
                await app(scope, receive, note_status)
            finally:
                route = scope.get("path_template") or "unmatched"
                seconds = time.perf_counter() - started
                current.update_name(f"{method} {route}")
                current.set_attribute("http.response.status_code", status)
                _measure(self._service, method, route, status).observe(seconds)
                log.info("request", method=method, route=route, status=status, duration_ms=round(seconds * 1000, 1))
