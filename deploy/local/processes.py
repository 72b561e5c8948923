"""The portal's own processes: each a Python module with its environment, a log file and a health address; and the
supervisor that notices a dead child, says so once, starts it again, and gives up on one that keeps dying."""

import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from deploy.health import is_healthy

from .child import LOOPBACK, Child, LauncherError, last_words, spawn, wait_until
from .fork_server import ForkServer

READY_LIMIT_SECONDS = 120
HEALTH_SECONDS_MAX = 2
HEALTH_POLL_SECONDS = 0.1
DEATHS_MAX = 3
DEATHS_WINDOW_SECONDS = 60
FIRST_DELAY_SECONDS = 0.5
# Variables meant for the launcher; a service that found them would take the administrator's database for its own.
LAUNCHER_VARIABLES = ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "PORT_BASE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")


class Watched(Protocol):
    """A child that the supervisor can notice dead and start again."""

    name: str
    log: Path

    @property
    def exit_code(self) -> int | None:
        """None while it runs or before its first start; a signal's number, negative, when one ended it."""
        ...

    def launch(self) -> None:
        """Start it, without waiting until it is ready."""
        ...


@dataclass(slots=True)
class ManagedProcess:
    """`python -m <module>` with `env` added to ours, whose /health/ready answers on `port` once it may be used.

    With a `fork_server` it is forked from there instead, which takes a fraction of the time.
    """

    name: str
    module: str
    port: int
    env: Mapping[str, str]
    log: Path
    fork_server: ForkServer | None = None
    _child: Child | None = field(default=None, init=False, repr=False)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def exit_code(self) -> int | None:
        return None if self._child is None else self._child.poll()

    @property
    def pid(self) -> int | None:
        """The operating system's number of the process that was started last."""
        return None if self._child is None else self._child.pid

    def launch(self) -> None:
        """Start the process, without waiting. Call it from the main thread, unless the fork server forks it."""
        inherited = {name: value for name, value in os.environ.items() if name not in LAUNCHER_VARIABLES}
        env = inherited | dict(self.env)
        if self.fork_server is not None:
            self._child = self.fork_server.fork(self.module, env, self.log)
        else:
            self._child = spawn([sys.executable, "-m", self.module], self.log, env=env)

    def is_running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    def is_ready(self) -> bool:
        """Whether the process answers 200 on /health/ready now."""
        return is_healthy(self.port, "ready", HEALTH_SECONDS_MAX)

    def wait_ready(self, limit_seconds: float = READY_LIMIT_SECONDS) -> None:
        """Wait until the process may be used.

        Raises LauncherError when it ends instead, or is not ready within the limit.
        """
        wait_all_ready([self], limit_seconds)

    def ask_to_stop(self) -> None:
        """Send SIGTERM, without waiting."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)

    def stop(self, limit_seconds: float = 10) -> None:
        """Stop gracefully, or by force after the limit."""
        stop_all([self], limit_seconds)

    def kill(self) -> None:
        """End the process at once (SIGKILL)."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def send(self, sign: signal.Signals) -> None:
        """Send any signal, such as SIGSTOP and SIGCONT in a fault test."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(sign)


def wait_all_ready(processes: Sequence[ManagedProcess], limit_seconds: float = READY_LIMIT_SECONDS) -> None:
    """Wait until every process may be used; the first that ends instead is named in a LauncherError."""
    waiting = list(processes)
    deadline = time.monotonic() + limit_seconds
    while waiting:
        for process in waiting:
            if process.exit_code is not None:
                raise LauncherError(f"{process.name} ended while starting ({describe_end(process)})")
        waiting = [process for process in waiting if not process.is_ready()]
        if waiting and time.monotonic() > deadline:
            late = waiting[0]
            raise LauncherError(f"{late.name} is not ready after {limit_seconds:.0f} s; its log: {late.log}")
        if waiting:
            time.sleep(HEALTH_POLL_SECONDS)


def stop_all(processes: Sequence[ManagedProcess], limit_seconds: float) -> None:
    """Ask all of them to stop at once, and end those that still run after the limit."""
    for process in processes:
        process.ask_to_stop()
    wait_until(lambda: not any(process.is_running() for process in processes), limit_seconds)
    for process in processes:
        if process.is_running():
            process.kill()


def describe_end(child: Watched) -> str:
    """How a child ended and where to read why, for one line of a message."""
    code = child.exit_code
    how = f"signal {signal.Signals(-code).name}" if code is not None and code < 0 else f"exit code {code}"
    words = last_words(child.log)
    return f"{how}; its log {child.log}" + (f" ends with: {words}" if words else " is empty")


class Supervisor:
    """Keeps children running: `watch` is called again and again from the main thread, and does nothing else."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._children: dict[str, Watched] = {}
        self._deaths: dict[str, deque[float]] = {}
        self._due: dict[str, float] = {}

    def add(self, child: Watched) -> None:
        """Keep a started child running from now on."""
        self._children[child.name] = child
        self._deaths[child.name] = deque(maxlen=DEATHS_MAX)

    def remove(self, name: str) -> None:
        """Let a child end: it is about to be stopped on purpose."""
        self._children.pop(name, None)
        self._due.pop(name, None)

    def watch(self) -> None:
        """Notice the children that died since the last call, and start again those whose delay is over.

        Raises LauncherError when a child died `DEATHS_MAX` times within a minute.
        """
        now = self._clock()
        for name, child in list(self._children.items()):
            if child.exit_code is None:
                continue
            if name not in self._due:
                self._due[name] = now + self._note_death(child, now)
            elif now >= self._due[name]:
                del self._due[name]
                child.launch()

    def _note_death(self, child: Watched, now: float) -> float:
        """Say that a child died; the delay in seconds before it is started again, longer at each death."""
        deaths = self._deaths[child.name]
        while deaths and now - deaths[0] > DEATHS_WINDOW_SECONDS:
            deaths.popleft()
        deaths.append(now)
        if len(deaths) >= DEATHS_MAX:
            raise LauncherError(f"{child.name} died {len(deaths)} times in a minute ({describe_end(child)})")
        delay: float = FIRST_DELAY_SECONDS * 2 ** (len(deaths) - 1)
        self._say(f"{child.name} died ({describe_end(child)}); starting it again in {delay:g} s")
        return delay
