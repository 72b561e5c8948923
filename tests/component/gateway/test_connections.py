"""Connections as they come from outside, byte by byte: what is too large, too slow or idle is ended, and the rest goes on."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.child import free_ports
from gateway import connections
from gateway.connections import HEAD_BYTES_MAX, GuardedConnection
from tests.component.gateway.alone import limited_gateway
from tests.component.gateway.browser import ORIGIN
from tests.component.gateway.town import Listener

pytestmark = pytest.mark.anyio

HEAD = "Host: portail.valmont.example\r\n"
FORM = f"{HEAD}Origin: {ORIGIN}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
RECEIVE_SECONDS = 0.5
GIVEN_UP_SECONDS = 60.0
"""What a busy machine may take; a body that comes drop by drop would take four times as long, and the other ones never end."""
MEGABYTE = 1_000_000


@pytest.fixture
async def port(secrets_dir: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    """Where a gateway listens that has little patience."""
    monkeypatch.setattr(connections, "RECEIVE_SECONDS", RECEIVE_SECONDS)
    async with limited_gateway(secrets_dir, has_rate_limits=False) as app:
        listener = Listener(app, free_ports(1)[0], {"http": GuardedConnection, "timeout_keep_alive": RECEIVE_SECONDS})
        await listener.start()
        try:
            yield listener.port
        finally:
            await listener.stop()


async def answer_to(port: int, first: bytes, then: bytes = b"") -> tuple[bytes, int, float]:
    """What the server says until it ends the connection, the bytes that it was sent by then, and the seconds it took.

    `first` is sent at once; `then` again and again, ten times in the server's patience, or without a pause if it is long.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    started, sent = time.monotonic(), len(first)
    writer.write(first)
    answer = asyncio.create_task(all_that_is_said(reader))
    try:
        while then and not answer.done() and sent < 100 * MEGABYTE:
            writer.write(then)
            await writer.drain()
            sent += len(then)
            await asyncio.wait([answer], timeout=RECEIVE_SECONDS / 10 if len(then) == 1 else 0)
    except (ConnectionError, RuntimeError):  # the server ended it while we spoke; uvloop tells it by the latter
        pass
    try:
        return await asyncio.wait_for(answer, GIVEN_UP_SECONDS), sent, time.monotonic() - started
    finally:
        writer.close()


async def all_that_is_said(reader: asyncio.StreamReader) -> bytes:
    """What the server says; nothing when it only ends the connection."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("", ""),
        ("GET /aide HTTP/1.1\r\n", ""),
        ("GET /aide HTTP/1.1\r\nX: ", "x"),
        (f"POST /connexion HTTP/1.1\r\n{FORM}Content-Length: 5000\r\n\r\n", "x"),
    ],
    ids=["nothing", "half a head", "a head drop by drop", "a body drop by drop"],
)
async def test_request_that_does_not_arrive_in_time_is_given_up(port: int, first: str, then: str) -> None:
    answer, _, seconds = await answer_to(port, first.encode(), then.encode())
    assert b" 200 " not in answer
    assert RECEIVE_SECONDS * 0.8 <= seconds < GIVEN_UP_SECONDS, "what comes drop by drop would take longer"


async def test_head_without_an_end_is_refused_before_it_fills_the_memory(port: int) -> None:
    answer, sent, _ = await answer_to(port, b"GET /aide HTTP/1.1\r\nX: ", b"x" * HEAD_BYTES_MAX)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
    assert sent < 20 * MEGABYTE
    answer, _, _ = await answer_to(port, b"GET /" + b"x" * MEGABYTE + b" HTTP/1.1\r\n\r\n")
    assert b" 200 " not in answer


async def test_body_that_says_it_is_too_large_is_refused_before_it_comes(port: int) -> None:
    answer, sent, _ = await answer_to(
        port, f"POST /connexion HTTP/1.1\r\n{FORM}Content-Length: {10**10}\r\n\r\n".encode()
    )
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()
    assert "L’envoi est trop volumineux" in answer.decode()
    assert sent < 1000


async def test_body_in_pieces_is_refused_once_it_is_too_large(port: int) -> None:
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    answer, sent, _ = await answer_to(
        port, f"POST /connexion HTTP/1.1\r\n{FORM}Transfer-Encoding: chunked\r\n\r\n".encode(), piece
    )
    assert answer == b"" or answer.startswith(b"HTTP/1.1 413 ")
    assert sent < 20 * MEGABYTE


async def test_request_in_two_halves_is_answered_and_an_unused_connection_is_ended(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for half in ("GET /aide HTTP/1.1\r\n", f"{HEAD}\r\n"):
        writer.write(half.encode())
        await writer.drain()
        await asyncio.sleep(0)
    started = time.monotonic()
    answer = await asyncio.wait_for(reader.read(), GIVEN_UP_SECONDS)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert time.monotonic() - started >= RECEIVE_SECONDS * 0.8
    writer.close()
