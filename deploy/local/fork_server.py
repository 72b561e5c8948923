"""The fork server: one process that has imported what the portal's processes share, and forks them.

Importing costs each process a second of processor time and memory of its own; on a machine that runs all of them, once is
enough. A container, which runs one, begins with `python -m services.<name>` instead, and so may anything else here.

The launcher asks over a socket, one line of JSON for each request and each answer. A process that ended stays the system's
to remember until the launcher has asked for its end, so that its number is nobody else's meanwhile.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from .child import LauncherError, die_with_parent, name_process, spawn, stop

SHARED_MODULES = ("chassis.service", "chassis.town", "contracts.registry", "anyio._backends._asyncio", "uvloop")
FRAMEWORK = "litestar"
STOP_SECONDS = 5.0
POLL_SECONDS = 0.02


class ForkServer:
    """The launcher's side. Start it from a thread that lives as long as the processes that are to be forked."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._asking = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; what is asked of it waits until it has imported its modules."""
        ours, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            command = [sys.executable, "-m", __name__, str(number)]
            self._process = spawn(command, self._log, pass_fds=[number])
        self._connection = ours.makefile("rwb")
        ours.close()

    def stop(self) -> None:
        """End it; processes that still run are told to stop by the system."""
        if self._process is not None:
            self._connection.close()
            stop(self._process, signal.SIGTERM, STOP_SECONDS)
            self._process = None

    def fork(self, module: str, env: Mapping[str, str], log: Path) -> "ForkedChild":
        """Start `python -m module` with exactly `env`, both outputs appended to `log`.

        Raises LauncherError when the fork server died.
        """
        return ForkedChild(self, self.ask(module=module, env=dict(env), log=str(log)))

    def ask(self, **request: Any) -> Any:
        """The answer to a request."""
        with self._asking:
            try:
                self._connection.write(json.dumps(request).encode() + b"\n")
                self._connection.flush()
                answer = self._connection.readline()
            except (OSError, ValueError):  # its end is closed, or ours
                answer = b""
        if not answer:
            raise LauncherError(f"the process that starts the others died; its log: {self._log}")
        return json.loads(answer)


@dataclass(slots=True)
class ForkedChild:
    """A process that the fork server forked, with what `subprocess.Popen` offers the launcher."""

    fork_server: ForkServer
    pid: int
    returncode: int | None = field(default=None, init=False)

    def poll(self) -> int | None:
        """None while it runs; else its exit code, or the negative number of the signal that ended it."""
        if self.returncode is None:
            try:
                self.returncode = self.fork_server.ask(ended=self.pid)
            except LauncherError:  # it dies with its fork server, and nobody is told how
                self.returncode = None if _is_there(self.pid) else -signal.SIGTERM
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it ended; TimeoutExpired after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(POLL_SECONDS)
        return code

    def send_signal(self, sig: int) -> None:
        """Send a signal, unless it is known to have ended."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def main() -> NoReturn:
    """Import, then fork as asked until the launcher is gone. In a process that was forked: be its module."""
    for module in SHARED_MODULES:
        importlib.import_module(module)
    # Making an application imports as much again. By name, for the launcher imports this module too and needs no framework.
    importlib.import_module(FRAMEWORK).Litestar(openapi_config=None, logging_config=None)
    # The collector would write to every object that it looks at, and each process would get a copy of its own.
    gc.collect()
    gc.freeze()
    gc.disable()
    order = _fork_as_asked(int(sys.argv[1]))
    if order is not None:
        _become(order)
    sys.exit(0)


def _fork_as_asked(connection_number: int) -> Mapping[str, Any] | None:
    """Serve the launcher. Returns what to become in a process that was forked, and None at the end."""
    launcher = os.getpid()
    with socket.socket(fileno=connection_number) as connection, connection.makefile("rwb") as lines:
        for line in lines:
            request: dict[str, Any] = json.loads(line)
            answer: int | None
            if "ended" in request:
                ended, status = os.waitpid(request["ended"], os.WNOHANG)
                answer = os.waitstatus_to_exitcode(status) if ended else None
            elif (answer := os.fork()) == 0:
                die_with_parent(signal.SIGTERM, launcher)
                return request
            lines.write(json.dumps(answer).encode() + b"\n")
            lines.flush()
    return None


def _become(order: Mapping[str, Any]) -> None:
    module, env = str(order["module"]), dict(order["env"])
    # No session of its own: Linux gives each session its share of the processors, and all of us together shall have one, as the
    # broker has, whose start takes longest. A terminal's signals reach the session of the fork server no more than its own.
    os.setpgid(0, 0)
    with Path(order["log"]).open("ab") as log, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    sys.stdout.reconfigure(write_through=True)  # type: ignore[union-attr]  # it is a file
    os.environ.clear()
    os.environ.update(env)
    sys.path[:0] = filter(None, env.get("PYTHONPATH", "").split(os.pathsep))
    name_process(module.rpartition(".")[2])
    gc.enable()
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
