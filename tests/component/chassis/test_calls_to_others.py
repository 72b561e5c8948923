"""Calls to another system: repeated only when that is safe and within the budget, and never longer than their deadline."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from prometheus_client import REGISTRY

from chassis.http import client as http_client
from chassis.http.client import CALLS_MAX, CONNECTIONS_MAX, RETRY_RESERVE, RETRY_SHARE, HttpClient, Unreachable
from chassis.telemetry import span
from deploy.local.child import free_ports
from tests.support.polling import eventually

pytestmark = pytest.mark.anyio

RETRIES_MAX = int(RETRY_RESERVE)
DEADLINE_SECONDS = 0.4
PATIENCE_SECONDS = 2.0
"""A deadline beside which the work of a busy machine is short."""


class Other:
    """A system that answers with `status`; None lets the caller hang, 0 ends the connection, and a drip never ends.

    One that is leaving says so; `server` is its port, to close and open again.
    """

    def __init__(self) -> None:
        self.status: int | None = 200
        self.is_dripping = False
        self.is_leaving = False
        self.requests: list[str] = []
        self.connections: set[asyncio.StreamWriter] = set()
        self.connections_most = 0
        self.port = 0
        self.server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def open(self) -> None:
        self.server = await asyncio.start_server(self.answer, "127.0.0.1", self.port, backlog=1000)
        self.port = self.server.sockets[0].getsockname()[1]

    def close(self) -> None:
        assert self.server is not None
        self.is_dripping = False
        self.server.close()
        for connection in self.connections:
            connection.close()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.add(writer)
        self.connections_most = max(self.connections_most, len(self.connections))
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.requests.append(head.decode())
                if self.status == 0:
                    writer.transport.abort()
                    return
                while self.is_dripping:
                    writer.write(b"H")
                    await writer.drain()
                    await asyncio.sleep(DEADLINE_SECONDS / 10)
                if self.status is not None:
                    closing = "Connection: close\r\n" if self.is_leaving else ""
                    writer.write(f"HTTP/1.1 {self.status} X\r\n{closing}Content-Length: 0\r\n\r\n".encode())
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.connections.discard(writer)
            writer.close()


@asynccontextmanager
async def calling_two(timeout_seconds: float = 10.0) -> AsyncIterator[tuple[Other, Other, HttpClient]]:
    """Two replicas of another system, and who calls them."""
    one, two = Other(), Other()
    await one.open()
    await two.open()
    client = HttpClient("other", f"{one.url}, {two.url}", timeout_seconds)
    try:
        yield one, two, client
    finally:
        await client.close()
        one.close()
        two.close()


@asynccontextmanager
async def calling(timeout_seconds: float = 10.0) -> AsyncIterator[tuple[Other, HttpClient]]:
    other = Other()
    await other.open()
    client = HttpClient("other", other.url, timeout_seconds)
    try:
        yield other, client
    finally:
        await client.close()
        other.close()


async def statuses(client: HttpClient, method: str = "GET", count: int = 20, **headers: str) -> list[int]:
    """What as many calls at once are answered; 0 for those that are not."""

    async def status() -> int:
        try:
            return (await client.request(method, "/x", headers=headers)).status_code
        except Unreachable:
            return 0

    return list(await asyncio.gather(*(status() for _ in range(count))))


async def attempts(other: Other, client: HttpClient, method: str = "GET", **headers: str) -> int:
    """How often the other side heard a call that fails."""
    before = len(other.requests)
    with pytest.raises(Unreachable) as raised:
        await client.request(method, "/x", headers=headers)
    assert raised.value.name == "other"
    return len(other.requests) - before


async def test_only_what_is_safe_to_repeat_is_repeated() -> None:
    for method, headers, expected in (
        ("POST", {}, 1),
        ("PATCH", {}, 1),
        ("POST", {"Idempotency-Key": "k"}, 1 + RETRIES_MAX),
        ("GET", {}, 1 + RETRIES_MAX),
        ("DELETE", {}, 1 + RETRIES_MAX),
    ):
        async with calling() as (other, client):
            other.status = 503
            assert await attempts(other, client, method, **headers) == expected, (method, headers)


async def test_retries_stay_a_small_share_of_all_calls() -> None:
    async with calling() as (other, client):
        other.status = 503
        assert [await attempts(other, client) for _ in range(3)] == [1 + RETRIES_MAX, 1, 1]
        other.status = 200
        for _ in range(round(1 / RETRY_SHARE)):
            await client.request("GET", "/x")
        other.status = 502
        assert [await attempts(other, client) for _ in range(2)] == [2, 1]


async def test_any_other_answer_is_the_caller_s_to_judge() -> None:
    async with calling() as (other, client):
        for status in (200, 302, 404, 409, 500):
            other.status = status
            assert (await client.request("GET", "/x")).status_code == status
        assert len(other.requests) == 5


@pytest.mark.parametrize("is_dripping", [False, True])
async def test_the_deadline_holds_against_a_system_that_hangs(is_dripping: bool) -> None:
    async with calling(DEADLINE_SECONDS) as (other, client):
        other.status, other.is_dripping = None, is_dripping
        started = time.monotonic()
        # Without a deadline this would never end, neither in silence nor drop by drop.
        async with asyncio.timeout(30):
            with pytest.raises(Unreachable) as raised:
                await client.request("GET", "/x")
        assert time.monotonic() - started >= DEADLINE_SECONDS * 0.9
        assert raised.value.answer is None


async def test_nobody_there_is_unreachable_and_a_refusal_to_serve_is_handed_on() -> None:
    client = HttpClient("other", f"http://127.0.0.1:{free_ports(1)[0]}", 2.0)
    with pytest.raises(Unreachable) as raised:
        await client.request("POST", "/x")
    assert raised.value.answer is None
    await client.close()
    async with calling() as (other, client):
        other.status = 503
        with pytest.raises(Unreachable) as raised:
            await client.request("POST", "/x")
        assert raised.value.answer is not None
        assert raised.value.answer.status_code == 503


async def test_a_call_carries_the_trace_of_whoever_caused_it() -> None:
    trace_id = "ab" * 16
    async with calling() as (other, client):
        with span("cause", carrier={"traceparent": f"00-{trace_id}-{'cd' * 8}-01"}):
            await client.request("GET", "/x", headers={"X-Own": "kept"})
    (head,) = other.requests
    assert f"traceparent: 00-{trace_id}-" in head.lower()
    assert "x-own: kept" in head.lower()


async def test_calls_are_shared_by_all_replicas() -> None:
    async with calling_two() as (one, two, client):
        assert await statuses(client) == [200] * 20
        for _ in range(20):
            await client.request("GET", "/x")
        assert (len(one.requests), len(two.requests)) == (20, 20)


def retries() -> float:
    """How many attempts were made again so far."""
    return REGISTRY.get_sample_value("http_calls_total", {"name": "other", "outcome": "retried"}) or 0.0


async def test_a_closed_port_fails_no_call_and_costs_no_retry() -> None:
    async with calling_two() as (one, two, client):
        await statuses(client)
        before = retries()
        one.close()
        for _ in range(5):
            assert await statuses(client, "POST") == [200] * 20
        assert retries() == before
        two.close()
        assert await statuses(client, "POST", 3) == [0, 0, 0]


async def test_a_replica_that_broke_is_avoided_and_tried_by_one_call_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "AVOID_SECONDS", 0.3)
    async with calling_two() as (one, _, client):
        one.status = 0
        assert await statuses(client, "POST", 2) == [200, 0], "what may have been done is not repeated"
        one.status = None
        heard = len(one.requests)
        assert await statuses(client, "POST") == [200] * 20
        assert len(one.requests) == heard
        one.status = 200

        async def is_tried() -> bool:
            await statuses(client, count=10)
            assert len(one.requests) - heard <= 1, "one of ten calls at once tries it, and no more"
            return len(one.requests) > heard

        await eventually(is_tried)
        await statuses(client)
        assert len(one.requests) > heard + 5, "it is trusted again"


async def test_a_replica_that_says_it_is_leaving_gets_no_more_calls() -> None:
    async with calling_two() as (one, two, client):
        one.is_leaving = True
        assert await statuses(client, "POST", 2) == [200, 200]
        assert await statuses(client, "POST") == [200] * 20
        assert (len(one.requests), len(two.requests)) == (1, 21)


async def test_whoever_may_be_asked_twice_does_not_wait_for_a_silent_replica() -> None:
    async with calling_two(PATIENCE_SECONDS * 2) as (one, _, client):
        one.status = None
        started = time.monotonic()
        assert await statuses(client, count=2) == [200, 200]
        assert time.monotonic() - started < PATIENCE_SECONDS * 1.5
        assert await statuses(client, "POST", 2) == [200, 200], "a silent replica is avoided"


async def test_a_silent_system_makes_nobody_wait_for_long_and_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "AVOID_SECONDS", 0.3)
    async with calling(PATIENCE_SECONDS) as (other, client):
        tasks = len(asyncio.all_tasks())
        other.status = None
        started = time.monotonic()
        assert await statuses(client, count=400) == [0] * 400
        assert time.monotonic() - started < PATIENCE_SECONDS * 3, (
            "one after the other they would wait six times as long"
        )
        assert other.connections_most <= CONNECTIONS_MAX
        assert len(other.requests) <= CALLS_MAX
        started = time.monotonic()
        assert await statuses(client, count=400) == [0] * 400
        assert time.monotonic() - started < PATIENCE_SECONDS, "who would wait is told at once"
        await eventually(lambda: not other.connections and len(asyncio.all_tasks()) <= tasks)
        other.status = 200

        async def is_answered() -> bool:
            return await statuses(client) == [200] * 20

        await eventually(is_answered)


async def test_slow_and_shaky_replicas_get_few_retries() -> None:
    async with calling_two() as (one, two, client):
        for number in range(200):
            one.status = 503 if number % 2 else 200
            two.status = 0 if number % 3 else 200
            await statuses(client, count=1)
        retried = len(one.requests) + len(two.requests) - 200
        assert 0 < retried <= 200 * RETRY_SHARE + RETRY_RESERVE
