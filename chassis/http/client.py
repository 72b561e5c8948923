"""The HTTP client of the gateway and of adapters to outside systems: load balancing, deadlines, circuit breakers, a retry budget, traces.

Load balancing: another system may listen at several addresses, and a call goes to the one with the fewest calls under way. One that
fails, times out or says that it is leaving (`Connection: close`) is ejected for a while; then probes, one call at a time of those that
may be repeated, find out whether it is back.

Retry budget: only requests that are safe to repeat are repeated, and only while retries stay a small share of all calls (a token bucket,
against retry storms). A refused connection is no retry: nothing was sent and nobody worked, so that any request goes on to each other
address once, for free. A rolling restart therefore needs none of the budget, however many requests meet the closed port.

Circuit breaker: several timeouts of an address in a row open its circuit, and it gets no more than a probe now and then; so many calls
under way at once are its bulkhead. Whoever would wait in vain is refused at once.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import httpx2
import structlog
from opentelemetry.trace import SpanKind
from prometheus_client import Counter

from chassis.telemetry import current_trace, span

CONNECT_SECONDS = 1.0
CONNECTIONS_MAX = 100
CALLS_MAX = 256
IDLE_SECONDS = 2.0
"""How long an unused connection is kept: less than a server that drains goes on answering."""
AVOID_SECONDS = 2.0
LEAVING_SECONDS = 5.0
"""How long an address that is leaving is avoided: by then its port is closed, and a probe costs nothing."""
TIMEOUTS_MAX = 5
RETRY_PAUSE_SECONDS = 0.05
RETRY_SHARE = 0.1
RETRY_RESERVE = 5.0

CALLS = Counter(
    "http_calls_total", "Attempts to call another system, and calls that were not made.", ["name", "outcome"]
)

log = structlog.get_logger()


class Unreachable(Exception):
    """The other side did not answer in time, or answered that it cannot now: `answer` is None or what it said."""

    def __init__(self, name: str, answer: httpx2.Response | None = None) -> None:
        super().__init__(name)
        self.name = name
        self.answer = answer


class HttpClient:
    """Calls one other system. `name` says which in logs and traces; `urls` are its addresses, separated by commas."""

    def __init__(self, name: str, urls: str, timeout_seconds: float) -> None:
        self._name = name
        self._addresses = deque(_Address(url.strip()) for url in urls.split(","))
        self._timeout_seconds = timeout_seconds
        self._retry_tokens = RETRY_RESERVE

    async def close(self) -> None:
        for address in self._addresses:
            await address.client.aclose()

    async def request(
        self,
        method: str,
        path: str,
        *,
        is_repeatable: bool | None = None,
        timeout_seconds: float | None = None,
        **options: Any,
    ) -> httpx2.Response:
        """The answer to a request, whatever its status, within a time limit in all: the client's if none is given.

        Safe to repeat are GET, HEAD, PUT, DELETE and whatever has an Idempotency-Key, unless `is_repeatable` says else.

        Raises:
            Unreachable: no answer in time, or 502, 503, 504 after the retries that the budget allows.
        """
        headers: Mapping[str, str] = options.pop("headers", {})
        if is_repeatable is None:
            is_repeatable = method in ("GET", "HEAD", "PUT", "DELETE") or "Idempotency-Key" in headers
        self._retry_tokens = min(self._retry_tokens + RETRY_SHARE, RETRY_RESERVE)
        with span(f"{method} {self._name}", SpanKind.CLIENT):
            options["headers"] = {**headers, **current_trace()}
            deadline = asyncio.get_running_loop().time() + (timeout_seconds or self._timeout_seconds)
            return await self._attempt(method, path, options, deadline, is_repeatable=is_repeatable)

    async def _attempt(
        self, method: str, path: str, options: Mapping[str, Any], deadline: float, *, is_repeatable: bool
    ) -> httpx2.Response:
        now = asyncio.get_running_loop().time
        answer: httpx2.Response | None = None
        self._addresses.rotate()
        untried = list(self._addresses)
        while address := _choose(untried, now(), is_repeatable=is_repeatable):
            untried.remove(address)
            may_retry = is_repeatable and self._retry_tokens >= 1
            # Where another address can be asked, one that does not answer gets half of the time that is left.
            patience = (now() + deadline) / 2 if may_retry and untried else deadline
            answer, is_sent = None, True
            try:
                answer = await address.send(method, path, options, patience)
                if answer.status_code not in (502, 503, 504):
                    self._count("answered")
                    return answer
            except (TimeoutError, httpx2.TransportError) as error:
                is_sent = not isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
                log.warning("call failed", name=self._name, method=method, error=type(error).__name__)
            self._count("failed")
            if deadline - now() < RETRY_PAUSE_SECONDS:
                break
            if not is_sent and untried:
                continue
            if self._retry_tokens < 1 or (is_sent and not is_repeatable):
                break
            self._retry_tokens -= 1
            self._count("retried")
            if not untried:
                await asyncio.sleep(RETRY_PAUSE_SECONDS)
                untried = list(self._addresses)
        else:
            self._count("not made")
        raise Unreachable(self._name, answer)

    def _count(self, outcome: str) -> None:
        CALLS.labels(self._name, outcome).inc()


class _Address:
    """One place where the other system listens: its connections, and what became of the calls to it."""

    def __init__(self, url: str) -> None:
        self.client = httpx2.AsyncClient(
            base_url=url,
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=CONNECTIONS_MAX, keepalive_expiry=IDLE_SECONDS),
            follow_redirects=False,
            verify=_tls() if url.startswith("https:") else False,
        )
        self.calls = 0
        self.timeouts = 0
        self.avoided_until = 0.0
        """Zero while it is trusted; later, until when others are preferred. Each probe puts that off."""

    def is_refused(self, now: float) -> bool:
        """Whether its circuit is open or its bulkhead full: a call would only wait behind others that wait."""
        is_open = self.timeouts >= TIMEOUTS_MAX and now < self.avoided_until
        return is_open or self.calls >= CALLS_MAX

    async def send(self, method: str, path: str, options: Mapping[str, Any], deadline: float) -> httpx2.Response:
        """One attempt. Raises TimeoutError at the deadline, and the transport's own errors."""
        now = asyncio.get_running_loop().time
        self.calls += 1
        self.avoided_until = self.avoided_until and now() + AVOID_SECONDS
        try:
            async with asyncio.timeout_at(deadline):
                answer = await self.client.request(method, path, **options)
        except (TimeoutError, httpx2.TransportError) as error:
            self.timeouts += isinstance(error, TimeoutError | httpx2.TimeoutException)
            self.avoided_until = now() + AVOID_SECONDS
            raise
        finally:
            self.calls -= 1
        self.timeouts = 0
        is_leaving = answer.headers.get("connection", "").lower() == "close"
        self.avoided_until = now() + LEAVING_SECONDS if is_leaving else 0.0
        return answer


def _choose(addresses: Iterable[_Address], now: float, *, is_repeatable: bool) -> _Address | None:
    """The address to call: a trusted one before one that is avoided, then the least busy. None: every circuit is open."""
    trusted_until = now if is_repeatable else 0.0
    can_be_called = (address for address in addresses if not address.is_refused(now))
    return min(can_be_called, key=lambda address: (address.avoided_until > trusted_until, address.calls), default=None)


@cache
def _tls() -> ssl.SSLContext:
    """Loading the certificates of authorities takes time and memory: once, and only for whoever calls by https."""
    return ssl.create_default_context()
