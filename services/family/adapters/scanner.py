"""The search for malware in files from outside, by the town's own scanner if it has one: clamd, by its published protocol (INSTREAM over TCP)."""

import asyncio
from typing import Final, Protocol

import structlog

CHUNK_BYTES: Final = 65_536
SCAN_SECONDS_MAX: Final = 20.0
ANSWER_BYTES_MAX: Final = 4_096
CLEAN: Final = "OK"
FOUND: Final = "FOUND"

log = structlog.get_logger()


class ScanFailed(Exception):
    """Whether a file is clean is not known: the scanner is away, or takes no file of this length."""


class Scanner(Protocol):
    """What says whether a file is clean."""

    async def is_clean(self, content: bytes) -> bool:
        """Whether nothing was found. Raises ScanFailed."""


class NoScanner:
    """A town without a scanner: what is kept was made anew of the points of pictures and the pages of documents all the same."""

    async def is_clean(self, content: bytes) -> bool:
        """Yes, as far as anybody looked."""
        return True


class Clamd:
    """clamd at an address such as `clamd:3310`. Source: clamd(8), INSTREAM: chunks after their length in 4 bytes, an empty one at the end."""

    def __init__(self, address: str) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port)

    async def is_clean(self, content: bytes) -> bool:
        """Whether clamd found nothing. Raises ScanFailed."""
        try:
            async with asyncio.timeout(SCAN_SECONDS_MAX):
                answer = await self._asked(content)
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError) as error:
            log.warning("scanner is away", error=type(error).__name__)
            raise ScanFailed from error
        word = answer.strip("\x00\n ").rpartition(" ")[2]
        if word not in (CLEAN, FOUND):
            log.warning("scanner refused", answer=answer[:80])
            raise ScanFailed
        return word == CLEAN

    async def _asked(self, content: bytes) -> str:
        reader, writer = await asyncio.open_connection(self._host, self._port, limit=ANSWER_BYTES_MAX)
        try:
            writer.write(b"zINSTREAM\x00")
            for begin in range(0, len(content), CHUNK_BYTES):
                chunk = content[begin : begin + CHUNK_BYTES]
                writer.write(len(chunk).to_bytes(4, "big") + chunk)
                await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
            return (await reader.readuntil(b"\x00")).decode(errors="replace")
        finally:
            writer.close()


def scanner_at(address: str) -> Scanner:
    """The scanner at an address; none where there is no address."""
    return Clamd(address) if address else NoScanner()
