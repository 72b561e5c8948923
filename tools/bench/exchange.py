"""Prepared requests over kept connections, one at a time: a client that costs next to nothing, so that what it measures is the answer.

It blocks, for nothing else goes on in the process that measures.
"""

import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .harness import InvariantBroken

LIMIT_SECONDS = 30
CHUNK_BYTES = 65_536
ACCEPTED = (b"200", b"201")


@dataclass(slots=True)
class Probe:
    """A request that is sent again and again, on a connection of its own. Raises InvariantBroken when it is not granted."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    _wire: socket.socket | None = field(default=None, init=False)
    _request: bytes = field(default=b"", init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        lines = [f"{'GET' if self.body is None else 'POST'} {parts.path} HTTP/1.1", f"host: {parts.netloc}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body is not None:
            lines += ["content-type: application/json", f"content-length: {len(self.body)}"]
        self._request = "\r\n".join((*lines, "", "")).encode() + (self.body or b"")

    def send(self) -> None:
        """Send the request."""
        if self._wire is None:
            parts = urlsplit(self.url)
            self._wire = socket.create_connection((parts.hostname, parts.port or 80), LIMIT_SECONDS)
            self._wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._wire.sendall(self._request)

    def receive(self) -> bytes:
        """Read the answer; its body."""
        assert self._wire is not None
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].lower()
        _, _, rest = head.partition(b"content-length: ")
        length = int(rest.partition(b"\r\n")[0] or b"-1")
        if head[9:12] not in ACCEPTED or length < 0:
            raise InvariantBroken(f"{self.url}: {received[:300]!r}")
        while len(received) < end + 4 + length:
            received += self._more()
        return received[end + 4 :]

    def ask(self) -> bytes:
        """Send and receive."""
        self.send()
        return self.receive()

    def close(self) -> None:
        """Give the connection up."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def _more(self) -> bytes:
        assert self._wire is not None
        if not (chunk := self._wire.recv(CHUNK_BYTES)):
            raise InvariantBroken(f"{self.url}: the server hung up")
        return chunk


def seconds_of(*probes: Probe) -> float:
    """How long the answers of all of them take that are asked at once."""
    began = time.perf_counter()
    for probe in probes:
        probe.send()
    for probe in probes:
        probe.receive()
    return time.perf_counter() - began


def in_turns(asked: Mapping[str, Sequence[Probe]], turns: int) -> dict[str, list[float]]:
    """By name: the seconds of each turn. In every turn each name has its go, so that a busy moment meets all of them.

    Connections are new, for a server gives up one that rested: their first answers are in no turn.
    """
    for probes in asked.values():
        for probe in probes:
            probe.close()
            probe.ask()
    seconds: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(turns):
        for name, probes in asked.items():
            seconds[name].append(seconds_of(*probes))
    return seconds
