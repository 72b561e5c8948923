"""Files from outside, looked at by the scanner and made into what is kept: each in a process of its own, few at once, with an end to its memory and time."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import structlog

from chassis.refusal import Busy

from .blobs import Blobs
from .scanner import Scanner

AT_ONCE: Final = 2
"""Processes at work; others wait for their turn."""
WAITING_MAX: Final = 20
WORK_SECONDS_MAX: Final = 30.0
INFECTED: Final = "content_infected"
WORK: Final = Path(__file__).with_name("content_work.py")

log = structlog.get_logger()


class Unusable(Exception):
    """A file that is not kept; its text is the code of the refusal."""


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it is kept: a JPEG, or a PDF of so many pages."""

    content: bytes = field(repr=False)
    is_pdf: bool
    leaf_count: int


class Workshop:
    """Where files are worked on."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def page(self, content: bytes) -> Content:
        """A file as it is kept. Raises Unusable, Busy."""
        return await self._made("page", [content])

    async def portrait(self, content: bytes) -> Content:
        """The picture of somebody, small. Raises Unusable, Busy."""
        return await self._made("portrait", [content])

    async def whole(self, files: Sequence[bytes]) -> bytes:
        """Files as they are kept, as one PDF. Raises Unusable, Busy."""
        return (await self._made("whole", files)).content

    async def leaf(self, content: bytes, number: int) -> bytes:
        """A page of a PDF as it is kept, the first being 1, as a JPEG. Raises Unusable, Busy."""
        return (await self._made(f"leaf {number}", [content])).content

    async def _made(self, task: str, files: Sequence[bytes]) -> Content:
        if self._waiting >= WAITING_MAX:
            raise Busy
        self._waiting += 1
        try:
            async with self._turns:
                facts, content = await _work(task, b"".join(len(one).to_bytes(8, "big") + one for one in files))
        finally:
            self._waiting -= 1
        if "refused" in facts:
            log.info("file refused", code=facts["refused"], cause=facts.get("cause"))
            raise Unusable(facts["refused"])
        return Content(content, **facts)


@dataclass(frozen=True, slots=True)
class Contents:
    """What files go through on their way in, and where they are kept."""

    workshop: Workshop
    scanner: Scanner
    blobs: Blobs

    async def taken(self, content: bytes, *, is_portrait: bool = False) -> Content:
        """A file as it is kept, a portrait smaller; what the scanner says counts first. Raises Unusable, ScanFailed, Busy."""
        if not await self.scanner.is_clean(content):
            log.warning("file refused", code=INFECTED)
            raise Unusable(INFECTED)
        return await (self.workshop.portrait(content) if is_portrait else self.workshop.page(content))


async def _work(task: str, packed: bytes) -> tuple[dict[str, Any], bytes]:
    """What the process of a task answers; one that dies or takes too long had too much to do."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(WORK), task, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env={}
    )
    try:
        async with asyncio.timeout(WORK_SECONDS_MAX):
            answer, _ = await process.communicate(packed)
    except TimeoutError:
        return {"refused": "content_too_large", "cause": "time"}, b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        return {"refused": "content_too_large", "cause": f"exit {process.returncode}"}, b""
    facts, _, content = answer.partition(b"\n")
    return json.loads(facts), content
