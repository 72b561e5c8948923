"""The client of the gateway's measures: it reads an answer to its end, however it arrives, and takes no refusal for one."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tools.bench.exchange import Probe, in_turns
from tools.bench.harness import InvariantBroken

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n"


@contextmanager
def answering(*parts: bytes, answers_max: int = 100) -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers every request with these parts, one packet after the other, and notes what came; after
    `answers_max` answers it hangs up."""
    received: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(wire: socket.socket) -> None:
        with wire:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for _ in range(answers_max):
                if not (request := wire.recv(10_000)):
                    return
                received.append(request)
                for part in parts:
                    wire.sendall(part)

    def accept() -> None:
        while True:
            try:
                wire, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(wire,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/somewhere", received
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@contextmanager
def closing(probe: Probe) -> Iterator[Probe]:
    """A probe whose connection is given up in the end."""
    try:
        yield probe
    finally:
        probe.close()


@pytest.mark.parametrize("parts", [(HEAD + b"hello",), (HEAD[:30], HEAD[30:], b"he", b"llo")])
def test_an_answer_is_read_to_its_end_and_the_connection_is_kept(parts: tuple[bytes, ...]) -> None:
    with answering(*parts) as (url, received), closing(Probe(url, {"authorization": "Bearer x"})) as probe:
        assert [probe.ask(), probe.ask()] == [b"hello", b"hello"]
        assert b"".join(received).startswith(b"GET /somewhere HTTP/1.1\r\nhost: 127.0.0.1:")
        assert b"".join(received).count(b"authorization: Bearer x\r\n") == 2


def test_a_body_is_posted() -> None:
    with answering(HEAD + b"hello") as (url, received), closing(Probe(url, body=b'{"a":1}')) as probe:
        probe.ask()
        assert b"".join(received).startswith(b"POST ")
        assert b"".join(received).endswith(b'content-length: 7\r\n\r\n{"a":1}')


@pytest.mark.parametrize(
    "answer",
    [
        HEAD.replace(b"200", b"401") + b"hello",
        HEAD.replace(b"200", b"302") + b"hello",  # a page that sends to sign in is quick, and is not the page
        HEAD.replace(b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"),
    ],
)
def test_what_is_no_whole_answer_breaks_the_measure(answer: bytes) -> None:
    with answering(answer) as (url, _), closing(Probe(url)) as probe, pytest.raises(InvariantBroken):
        probe.ask()


def test_each_name_has_its_go_in_every_turn() -> None:
    def asked(url: str, name: str) -> Probe:
        return Probe(url, {"name": name})

    with answering(HEAD + b"hello") as (url, received):
        page, first, second = asked(url, "page"), asked(url, "first"), asked(url, "second")
        seconds = in_turns({"page": [page], "together": [first, second]}, 3)
        for probe in (page, first, second):
            probe.close()
    assert {name: len(times) for name, times in seconds.items()} == {"page": 3, "together": 3}
    names = [request.partition(b"name: ")[2].partition(b"\r\n")[0] for request in received]
    assert [sorted(names[turn : turn + 3]) for turn in (0, 3, 6, 9)] == [[b"first", b"page", b"second"]] * 4


def test_a_connection_that_rested_between_turns_may_have_been_given_up() -> None:
    with answering(HEAD + b"hello", answers_max=2) as (url, received), closing(Probe(url)) as probe:
        for _ in range(2):
            assert len(in_turns({"page": [probe]}, 1)["page"]) == 1
        assert len(received) == 4
