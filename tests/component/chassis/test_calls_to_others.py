"""Calls to another system: repeated only when that is safe and within the budget, and never longer than their deadline."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chassis.http_client import RETRY_RESERVE, RETRY_SHARE, HttpClient, Unreachable
from chassis.telemetry import span
from deploy.local.child import free_ports

pytestmark = pytest.mark.anyio

RETRIES_MAX = int(RETRY_RESERVE)
DEADLINE_SECONDS = 0.4


class Other:
    """A system that answers with `status`; None lets the caller hang, and a drip never ends its headers."""

    def __init__(self) -> None:
        self.status: int | None = 200
        self.is_dripping = False
        self.requests: list[str] = []
        self.port = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.requests.append(head.decode())
                while self.is_dripping:
                    writer.write(b"H")
                    await writer.drain()
                    await asyncio.sleep(DEADLINE_SECONDS / 10)
                if self.status is not None:
                    writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: 0\r\n\r\n".encode())
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@asynccontextmanager
async def calling(timeout_seconds: float = 10.0) -> AsyncIterator[tuple[Other, HttpClient]]:
    other = Other()
    server = await asyncio.start_server(other.answer, "127.0.0.1", 0)
    client = HttpClient("other", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout_seconds)
    try:
        yield other, client
    finally:
        other.is_dripping = False
        await client.close()
        server.close()


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
        with pytest.raises(Unreachable) as raised:
            await client.request("GET", "/x")
        assert DEADLINE_SECONDS * 0.9 <= time.monotonic() - started < DEADLINE_SECONDS * 5
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
