"""The load of the booking measures: whose wishes it sends, in which order, and that it reads every answer to its end."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tools.bench.booking_load import Plan, run, wide_slot
from tools.bench.booking_town import CHILD, FAMILIES, SLOT, SLOTS, number_id

pytestmark = pytest.mark.anyio

TOKENS = [f"token-{family}" for family in range(FAMILIES)]


class Desk:
    """Answers every request in two pieces: the first `places` are booked, the others refused."""

    def __init__(self, places: int) -> None:
        self.places = places
        self.requests: list[tuple[str, dict[str, str]]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := (await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""):
            length = re.search(rb"content-length: (\d+)", head)
            token = re.search(rb"Bearer (\S+)", head)
            assert length
            assert token
            body = json.loads(await reader.readexactly(int(length[1])))
            self.requests.append((token[1].decode(), body["lines"][0]))
            status = b"201 Created" if len(self.requests) <= self.places else b"409 Conflict"
            writer.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 4\r\n\r\nbo")
            await writer.drain()
            await asyncio.sleep(0)
            writer.write(b"dy")


@asynccontextmanager
async def opened(desk: Desk) -> AsyncIterator[int]:
    """The port of a desk that serves."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await desk.serve(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_every_wish_is_sent_once_and_its_answer_noted_in_the_order_of_sending() -> None:
    desk = Desk(places=5)
    async with opened(desk) as port:
        answers = await run(Plan([port], connections=1, tokens=TOKENS, count=8, first=2))
    assert answers.status == [201] * 5 + [409] * 3
    assert [token for token, _ in desk.requests] == TOKENS[2:10]
    assert [line["slot_id"] for _, line in desk.requests] == [str(number_id(SLOT, wide_slot(n))) for n in range(2, 10)]
    assert all(0 <= sent <= answered for sent, answered in zip(answers.sent, answers.answered, strict=True))


async def test_a_hot_slot_is_everybody_s_wish_over_all_connections() -> None:
    desk = Desk(places=100)
    async with opened(desk) as port:
        answers = await run(Plan([port, port], connections=7, tokens=TOKENS, count=50, hot_slot=3))
    assert answers.status == [201] * 50
    assert {line["slot_id"] for _, line in desk.requests} == {str(number_id(SLOT, 3))}
    assert sorted(line["child_id"] for _, line in desk.requests) == [str(number_id(CHILD, n)) for n in range(50)]


async def test_a_server_that_hangs_up_leaves_wishes_unanswered() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        answers = await run(Plan([port], connections=3, tokens=TOKENS, count=10))
    assert answers.status == [0] * 3


def test_no_family_asks_for_the_same_day_twice() -> None:
    wishes = [(number % FAMILIES, wide_slot(number)) for number in range(20 * FAMILIES)]
    assert len(set(wishes)) == len(wishes)
    assert {slot for _, slot in wishes} == set(range(SLOTS))
