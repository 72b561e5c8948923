"""A shared server: started once, used by all, stopped by whoever started it when the last has gone, and started again afterwards."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.sharing import shared


class Server:
    """Something that is started and stopped; every address is another one."""

    def __init__(self) -> None:
        self.starts = 0
        self.is_running = False

    @contextmanager
    def start(self) -> Iterator[str]:
        self.starts += 1
        self.is_running = True
        yield f"address {self.starts}"
        self.is_running = False


def test_whoever_comes_first_starts_it_and_waits_for_the_others(tmp_path: Path) -> None:
    server = Server()
    second_is_there, second_may_go = threading.Event(), threading.Event()
    seen: list[str] = []

    def use_it_too() -> None:
        with shared(tmp_path, "server", server.start) as address:
            seen.append(address)
            second_is_there.set()
            second_may_go.wait(10)
            seen.append(f"running: {server.is_running}")

    second = threading.Thread(target=use_it_too)
    first = shared(tmp_path, "server", server.start)
    seen.append(first.__enter__())
    second.start()
    assert second_is_there.wait(10)
    ending = threading.Thread(target=first.__exit__, args=(None, None, None))
    ending.start()
    second_may_go.set()
    ending.join(10)
    second.join(10)
    assert not ending.is_alive()
    assert seen == ["address 1", "address 1", "running: True"]
    assert (server.starts, server.is_running) == (1, False)


def test_when_all_have_gone_the_next_starts_its_own(tmp_path: Path) -> None:
    server = Server()
    for number in (1, 2):
        with shared(tmp_path, "server", server.start) as address:
            assert (address, server.is_running) == (f"address {number}", True)
        assert not server.is_running
