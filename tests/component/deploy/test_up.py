"""`make up` as a newcomer lives it: it says where everything is, Ctrl-C stops it cleanly, and a second run continues. Whatever
else ends it, nothing of it remains."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from deploy.local.child import ROOT, children_of, last_words, port_is_free, runs, wait_until
from deploy.local.ports import PortPlan

READY_SECONDS_MAX = 180
STOP_SECONDS_MAX = 15
BASES = range(20_000, 40_000, 500)


LAUNCHER = (sys.executable, "-m", "deploy.local", "up")
PROGRAMS = ("python", "postgres", "java", "make")


class Launcher:
    """One `python -m deploy.local up`, or `make up`, with what it says in a file."""

    def __init__(self, state_dir: Path, base: int, command: tuple[str, ...] = LAUNCHER, **variables: str) -> None:
        inherited = {
            k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "TOWN")
        }
        env = inherited | {"STATE_DIR": str(state_dir), "PORT_BASE": str(base)} | variables
        self.output = state_dir.with_suffix(".output")
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # a run in the background ignores it
            )

    def says(self) -> str:
        return self.output.read_text()

    def wait_for(self, words: str) -> None:
        is_over = wait_until(lambda: words in self.says() or self.process.poll() is not None, READY_SECONDS_MAX)
        assert is_over, self.says()
        assert words in self.says(), self.says()

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_SECONDS_MAX)


@pytest.fixture
def base() -> int:
    """A base whose whole plan of ports is free."""
    return next(base for base in BASES if all(map(port_is_free, PortPlan.fixed(base).ports.values())))


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    return tmp_path / "run"


@pytest.fixture
def launcher(state_dir: Path, base: int) -> Iterator[Launcher]:
    running = Launcher(state_dir, base)
    running.wait_for("The portal is ready")
    yield running
    running.process.kill()
    running.process.wait()


def test_it_starts_is_used_stops_and_continues(launcher: Launcher, state_dir: Path, base: int) -> None:
    portal = f"http://localhost:{base}"
    assert ["Portal", portal] in [line.split() for line in launcher.says().splitlines()]
    assert httpx2.get(portal, follow_redirects=True, timeout=READY_SECONDS_MAX).status_code == 200

    second = Launcher(state_dir, base)
    assert second.process.wait(READY_SECONDS_MAX) == 1
    assert "error: the portal already runs" in last_words(second.output)

    secret = (state_dir / "secrets" / "portal_secret").read_text()
    assert launcher.interrupt() == 0
    assert "stopped; `make up` continues with the same data" in last_words(launcher.output)
    assert all(map(port_is_free, PortPlan.fixed(base).ports.values()))

    launcher.output.unlink()
    again = Launcher(state_dir, base)
    again.wait_for("The portal is ready")
    assert "filling the town with people" not in again.says()
    assert (state_dir / "secrets" / "portal_secret").read_text() == secret
    assert again.interrupt() == 0


@pytest.mark.parametrize(
    ("target", "sign"),
    [("make", signal.SIGTERM), ("make", signal.SIGKILL), ("launcher", signal.SIGTERM), ("terminal", signal.SIGHUP)],
)
def test_whoever_is_told_to_end_nothing_remains(state_dir: Path, base: int, target: str, sign: signal.Signals) -> None:
    make = Launcher(state_dir, base, ("make", "up", "only=servers"), MAKEFLAGS="", PYTHON=sys.executable)
    try:
        make.wait_for("nothing else")
        (launcher,) = children_of(make.process.pid)
        servers = descendants(launcher)
        assert len(servers) > 3
        if target == "terminal":
            os.killpg(make.process.pid, sign)
        else:
            os.kill(make.process.pid if target == "make" else launcher, sign)
        make.process.wait(STOP_SECONDS_MAX)
        assert wait_until(lambda: not remaining([launcher, *servers]), STOP_SECONDS_MAX), remaining(servers)
        assert "stopped; `make up` continues with the same data" in make.says()
    finally:
        make.process.kill()
        make.process.wait()


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and those that they started."""
    return [descendant for child in children_of(pid) for descendant in (child, *descendants(child))]


def remaining(pids: list[int]) -> list[int]:
    """Those that still run one of the portal's programs."""
    return [pid for pid in pids if any(runs(pid, program) for program in PROGRAMS)]
