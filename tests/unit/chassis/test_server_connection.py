"""What the server writes in one turn of the event loop leaves at its end, in order and at once."""

import asyncio
from typing import cast

import pytest

from chassis.http.connection import GatheredWrites

pytestmark = pytest.mark.anyio


class Wire(asyncio.Transport):
    """A transport that notes what it is told."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 7)})
        self.told: list[bytes | str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.told.append(bytes(data))

    def close(self) -> None:
        self.told.append("closed")


async def test_writes_of_one_turn_leave_together() -> None:
    wire = Wire()
    gathered = GatheredWrites(wire, asyncio.get_running_loop())
    gathered.write(b"head ")
    gathered.write(b"body")
    assert wire.told == []
    await asyncio.sleep(0)
    assert wire.told == [b"head body"]
    gathered.write(b"next")
    await asyncio.sleep(0)
    assert wire.told == [b"head body", b"next"]


async def test_what_was_written_leaves_before_the_end() -> None:
    wire = Wire()
    gathered = GatheredWrites(wire, asyncio.get_running_loop())
    gathered.write(b"last words")
    gathered.close()
    await asyncio.sleep(0)
    assert wire.told == [b"last words", "closed"]
    assert cast("tuple[str, int]", gathered.get_extra_info("peername"))[1] == 7
