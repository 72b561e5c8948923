"""How the launcher starts an operating-system process, asks whether it lives and ends it. A child never outlives the
launcher, whatever ends the launcher, and never hears the terminal's Ctrl-C: the launcher stops everything in order."""

import asyncio
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

ROOT = Path(__file__).resolve().parents[2]
LOOPBACK = "127.0.0.1"
POLL_SECONDS = 0.02
WORDS_MAX = 300

_PROC = Path("/proc")  # a small Linux machine has no `ps`, another system no such folder
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


T = TypeVar("T")


class LauncherError(Exception):
    """Something the person at the keyboard can mend: one line that says what is wrong and what to do."""


class Child(Protocol):
    """What the launcher asks of a process that it started: `subprocess.Popen` has it, and a forked child."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def kill(self) -> None: ...


def spawn(
    command: Sequence[str],
    log: Path,
    death_signal: signal.Signals = signal.SIGTERM,
    env: Mapping[str, str] | None = None,
    account: str | None = None,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` with both outputs appended to `log`, from the repository root, or from / under another account.

    Call it from a thread that lives as long as the child: Linux sends `death_signal` when the thread that forked ends.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=ROOT if account is None else "/",
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=partial(die_with_parent, death_signal, os.getpid()),  # noqa: PLW1509 - a system call, no lock
            pass_fds=pass_fds,
            user=account,
            group=group_of(account),
            extra_groups=None if account is None else [],
        )


def group_of(account: str | None) -> int | None:
    """The number of an account's first group, for the arguments of `subprocess`; None leaves ours."""
    return None if account is None else pwd.getpwnam(account).pw_gid


def die_with_parent(death_signal: signal.Signals, parent: int) -> None:
    """Have the kernel end this process with the `parent` that just forked it; other systems have no such call."""
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != parent:  # it died between the fork and the call above
        os._exit(1)


def name_process(name: str) -> None:
    """What `top` and `ps -o comm` call this process, up to 15 letters."""
    if _libc is not None:
        _libc.prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def stop(child: Child, ask: signal.Signals, limit_seconds: float) -> bool:
    """Ask the child to end, insist after `limit_seconds`; True when it ended by itself."""
    if child.poll() is not None:
        return True
    child.send_signal(ask)
    try:
        child.wait(limit_seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return False
    return True


def runs(pid: int, words: str) -> bool:
    """Whether the process `pid` lives and `words` stand in its command line: a number alone may have been given anew."""
    if not _PROC.exists():
        listing = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return words in listing.stdout
    try:
        return words in (_PROC / str(pid) / "cmdline").read_text(errors="replace").replace("\0", " ")
    except OSError:
        return False


def end_former(pid: int, words: str, ask: signal.Signals, limit_seconds: float = 10) -> None:
    """End what a launcher that died left running: the process `pid`, if its command line still holds `words`."""
    for request, patience in ((ask, limit_seconds), (signal.SIGKILL, 2.0)):
        if not runs(pid, words):
            return
        os.kill(pid, request)
        wait_until(lambda: not runs(pid, words), patience)


def children_of(pid: int) -> list[int]:
    """The direct children of a process."""
    if not _PROC.exists():
        listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
        pairs = [line.split() for line in listing.stdout.splitlines()]
        return [int(child) for child, parent in pairs if int(parent) == pid]
    tasks = (_PROC / str(pid) / "task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def wait_until(condition: Callable[[], bool], limit_seconds: float) -> bool:
    """Poll `condition` until it holds; False when the limit passed first."""
    deadline = time.monotonic() + limit_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def last_words(log: Path) -> str:
    """What a log ends with, on one line for a message: the error under its last traceback, else its last line."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    tracebacks = [number for number, line in enumerate(lines) if line.startswith("Traceback (most recent call last)")]
    under = [line for line in lines[tracebacks[-1] + 1 :] if line.strip()] if tracebacks else []
    error = next((number for number, line in enumerate(under) if not line.startswith(" ")), None)
    words = under[error:] if error is not None else [line for line in lines if line.strip()][-1:]
    return " | ".join(line.strip() for line in words)[:WORDS_MAX]


def port_is_free(port: int) -> bool:
    """Whether nobody listens on a loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_ports(count: int) -> list[int]:
    """`count` different ports that nobody listens on now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in a thread of its own: whoever calls may have an event loop open, as a test with a browser does."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
