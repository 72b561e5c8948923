"""The middleware around every HTTP request: continue the caller's trace, measure, and log one line."""

import time

import structlog
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from opentelemetry.trace import SpanKind

from .telemetry import REQUESTS, span

QUIET_PATHS = ("/health/", "/metrics", "/static/")

log = structlog.get_logger()


class TelemetryMiddleware(ASGIMiddleware):
    """One span, one measure and one log line a request; the route is named by its template, never by its values."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, service: str) -> None:
        self._service = service

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass the request on, inside its span."""
        path = scope["path"]
        if path.startswith(QUIET_PATHS):
            await next_app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        carrier = {
            name.decode(): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in (b"traceparent", b"tracestate")
        }
        method = str(scope.get("method", ""))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(service=self._service)
        with span(f"{method} request", SpanKind.SERVER, carrier) as current:
            try:
                await next_app(scope, receive, note_status)
            finally:
                route = scope.get("path_template") or "unmatched"
                seconds = time.perf_counter() - started
                current.update_name(f"{method} {route}")
                REQUESTS.labels(self._service, method, route, str(status)).observe(seconds)
                log.info("request", method=method, route=route, status=status, duration_ms=round(seconds * 1000, 1))
