"""A stand-in for clamd that speaks its published protocol: INSTREAM over TCP, chunks after their length, and what it finds by its name."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

# Source: the test file of EICAR, which every scanner finds and nothing runs; in two parts, so that nobody finds it here.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
STREAM_BYTES_MAX = 2_000_000


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
    content = b""
    while length := int.from_bytes(await reader.readexactly(4), "big"):
        content += await reader.readexactly(length)
    if len(content) > STREAM_BYTES_MAX:
        writer.write(b"INSTREAM size limit exceeded. ERROR\0")
    else:
        writer.write(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0")
    writer.close()


@asynccontextmanager
async def running_clamd() -> AsyncIterator[str]:
    """The address of a scanner that runs."""
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
