"""The HTTP client of the gateway and of adapters to outside systems: deadlines, a small retry budget, trace context.

Only requests that are safe to repeat are repeated, and only while retries stay a small share of all calls.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2
import structlog
from opentelemetry.trace import SpanKind

from .telemetry import current_trace, span

CONNECT_SECONDS = 1.0
CONNECTIONS_MAX = 100
RETRY_PAUSE_SECONDS = 0.05
RETRY_SHARE = 0.1
RETRY_RESERVE = 5.0

log = structlog.get_logger()


class Unreachable(Exception):
    """The other side did not answer in time, or answered that it cannot now: `answer` is None or what it said."""

    def __init__(self, name: str, answer: httpx2.Response | None = None) -> None:
        super().__init__(name)
        self.name = name
        self.answer = answer


class HttpClient:
    """Calls one other system. `name` says which in logs and traces; `base_url` is where it listens."""

    def __init__(self, name: str, base_url: str, timeout_seconds: float) -> None:
        self._name = name
        self._client = httpx2.AsyncClient(
            base_url=base_url,
            timeout=httpx2.Timeout(timeout_seconds, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=CONNECTIONS_MAX),
            follow_redirects=False,
        )
        self._timeout_seconds = timeout_seconds
        self._retry_credit = RETRY_RESERVE

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def request(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx2.Response:
        """The answer to a request, whatever its status, within the client's time limit in all.

        Raises:
            Unreachable: no answer in time, or 502, 503, 504 after the retries that the budget allows.
        """
        is_repeatable = method in ("GET", "HEAD", "PUT", "DELETE") or "Idempotency-Key" in (headers or {})
        self._retry_credit = min(self._retry_credit + RETRY_SHARE, RETRY_RESERVE)
        with span(f"{method} {self._name}", SpanKind.CLIENT):
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    return await self._attempt(
                        method, path, {**(headers or {}), **current_trace()}, options, is_repeatable
                    )
            except TimeoutError as error:
                raise Unreachable(self._name) from error

    async def _attempt(
        self, method: str, path: str, headers: Mapping[str, str], options: Mapping[str, Any], is_repeatable: bool
    ) -> httpx2.Response:
        while True:
            answer: httpx2.Response | None = None
            try:
                answer = await self._client.request(method, path, headers=dict(headers), **options)
                if answer.status_code not in (502, 503, 504):
                    return answer
            except httpx2.TransportError as error:
                log.warning("call failed", name=self._name, method=method, error=type(error).__name__)
            if not is_repeatable or self._retry_credit < 1:
                raise Unreachable(self._name, answer)
            self._retry_credit -= 1
            await asyncio.sleep(RETRY_PAUSE_SECONDS)
