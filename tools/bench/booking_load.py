"""The families of the booking measures, as a process of its own: `python -m tools.bench.booking_load PLAN`.

It holds keep-alive connections open, each with one request under way, writes prepared bytes and reads as little of an
answer as it can: it shares the machine with what it measures, and tells how much processor time it took itself.
Wish n of a run is of family n modulo their number; no family asks for the same day twice.
"""

import asyncio
import json
import resource
import sys
import time
from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import uvloop

from .booking_town import CHILD, FAMILIES, SLOT, SLOTS, number_id

STRIDE = 7_919  # neighbours in time want different days
TRACE_PARENT = "00-{0:032x}-{0:016x}-01"

REQUEST = (
    "POST /bookings HTTP/1.1\r\nhost: booking\r\nauthorization: Bearer {token}\r\nidempotency-key: {key}\r\n"
    "traceparent: {trace}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
)
BODY = '{{"lines":[{{"child_id":"{child}","slot_id":"{slot}"}}]}}'


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send: until `seconds` have passed, or `count` wishes were sent, whichever is given.

    `hot_slot` is the one slot that everybody wants; None spreads the wishes. `tokens` are by family. Wishes are counted from `first`.
    """

    ports: list[int]
    connections: int
    tokens: list[str]
    seconds: float | None = None
    count: int | None = None
    hot_slot: int | None = None
    first: int = 0


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back, by order of sending: status, and seconds since the start when sent and answered."""

    status: list[int]
    sent: list[float]
    answered: list[float]
    cpu_seconds: float


def wide_slot(wish: int) -> int:
    """The slot that wish number `wish` is for: every family's wishes are all for different slots."""
    return (STRIDE * wish + wish // FAMILIES) % SLOTS


class Rush:
    """The wishes of a run and their answers."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.sent = array("d")
        self.answered = array("d")
        self.status = array("i")
        self.open = 0
        self.done = asyncio.get_running_loop().create_future()
        self._start = time.perf_counter()

    def next(self) -> tuple[int, bytes] | None:
        """The number and the bytes of the next wish; None when there is no more."""
        number, now = len(self.sent), time.perf_counter() - self._start
        plan = self._plan
        if number >= plan.count if plan.count is not None else now >= (plan.seconds or 0):
            return None
        self.sent.append(now)
        self.answered.append(0.0)
        self.status.append(0)
        return number, self._request(number)

    def note(self, number: int, status: int) -> None:
        """A wish was answered."""
        self.answered[number] = time.perf_counter() - self._start
        self.status[number] = status

    def leave(self) -> None:
        """A connection has nothing more to do."""
        self.open -= 1
        if self.open == 0:
            self.done.set_result(None)

    def _request(self, number: int) -> bytes:
        wish = self._plan.first + number
        family = wish % FAMILIES
        slot = wide_slot(wish) if self._plan.hot_slot is None else self._plan.hot_slot
        body = BODY.format(child=number_id(CHILD, family), slot=number_id(SLOT, slot))
        return REQUEST.format(
            token=self._plan.tokens[family],
            key=uuid4(),
            trace=TRACE_PARENT.format(number + 1),
            length=len(body),
            body=body,
        ).encode()


class Wishes(Protocol):
    """What connections send; `open` counts those that are."""

    open: int

    def next(self) -> tuple[int, bytes] | None: ...
    def note(self, number: int, status: int) -> None: ...
    def leave(self) -> None: ...


class Connection(asyncio.Protocol):
    """One keep-alive connection: a wish, its answer, the next wish."""

    def __init__(self, rush: Wishes) -> None:
        self._rush = rush
        self._buffer = b""
        self._number = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first wish."""
        self._transport: Any = transport
        self._rush.open += 1
        self._send()

    def data_received(self, data: bytes) -> None:
        """Read an answer to its end, then send the next wish."""
        self._buffer = buffer = self._buffer + data
        head = buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        field = buffer.find(b"content-length: ") + 16
        if len(buffer) < head + 4 + int(buffer[field : buffer.find(b"\r\n", field)]):
            return
        self._buffer = b""
        self._rush.note(self._number, int(buffer[9:12]))
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        """A server that hangs up leaves the wish unanswered, with status 0."""
        self._rush.leave()

    def _send(self) -> None:
        wish = self._rush.next()
        if wish is None:
            self._transport.close()
            return
        self._number, request = wish
        self._transport.write(request)


async def run(plan: Plan) -> Answers:
    """Send the wishes of a plan and wait for their answers."""
    loop = asyncio.get_running_loop()
    rush = Rush(plan)
    before = _cpu_seconds()
    for number in range(plan.connections):
        await loop.create_connection(lambda: Connection(rush), "127.0.0.1", plan.ports[number % len(plan.ports)])
    await rush.done
    return Answers(list(rush.status), list(rush.sent), list(rush.answered), _cpu_seconds() - before)


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main(plan_file: Path) -> None:
    """Run the plan of a file; the answers are written beside it."""
    answers = uvloop.run(run(Plan(**json.loads(plan_file.read_text()))))
    fields = {name: getattr(answers, name) for name in Answers.__dataclass_fields__}
    plan_file.with_suffix(".answers").write_text(json.dumps(fields))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
