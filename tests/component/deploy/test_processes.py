"""A process of the launcher: ready, ended, started again, given up, and kept apart from the launcher's own settings."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.child import LauncherError, free_ports, wait_until
from deploy.local.fork_server import ForkServer
from deploy.local.processes import ManagedProcess, Supervisor

PROGRAM = """
import http.server, os, sys
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *arguments):
        print("asked")
{body}
http.server.HTTPServer(("127.0.0.1", int(os.environ["HTTP_PORT"])), Ready).serve_forever()
"""


def make_module(folder: Path, body: str) -> None:
    (folder / "fake_service.py").write_text(PROGRAM.format(body=body))


@pytest.fixture(scope="module")
def fork_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    """A fork server for all tests of this file: it imports what real processes share."""
    fork_server = ForkServer(tmp_path_factory.mktemp("fork_server") / "fork_server.log")
    fork_server.start()
    yield fork_server
    fork_server.stop()


@pytest.fixture(params=["started", "forked"])
def fake(request: pytest.FixtureRequest, fork_server: ForkServer, tmp_path: Path) -> Iterator[ManagedProcess]:
    """A process that is ready at once and does what its module says."""
    make_module(tmp_path, "")
    (port,) = free_ports(1)
    env = {"HTTP_PORT": str(port), "PYTHONPATH": str(tmp_path)}
    parent = fork_server if request.param == "forked" else None
    process = ManagedProcess("fake", "fake_service", port, env, tmp_path / "fake.log", parent)
    yield process
    process.kill()


def test_a_process_that_dies_again_and_again_is_given_up_after_three_deaths(
    fake: ManagedProcess, tmp_path: Path
) -> None:
    messages: list[str] = []
    supervisor = Supervisor(messages.append)
    fake.launch()
    fake.wait_ready()
    supervisor.add(fake)
    make_module(tmp_path, "sys.exit('the disk is full')")
    fake.kill()

    def gives_up() -> bool:
        try:
            supervisor.watch()
        except LauncherError as error:
            messages.append(str(error))
            return True
        return False

    assert wait_until(gives_up, 20)
    assert "fake died (signal SIGKILL" in messages[0]
    assert "fake died (exit code 1" in messages[1]
    assert "fake died 3 times in a minute (exit code 1" in messages[2]
    assert "ends with: the disk is full" in messages[2]
    assert not fake.is_running()


def test_a_process_that_ignores_the_request_to_stop_is_ended_after_the_limit(
    fake: ManagedProcess, tmp_path: Path
) -> None:
    make_module(tmp_path, "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    fake.launch()
    fake.wait_ready()
    fake.stop(limit_seconds=0.2)
    assert fake.exit_code == -signal.SIGKILL


def test_the_administrators_variables_do_not_reach_a_process(
    fake: ManagedProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://admin:secret@db/postgres")
    make_module(tmp_path, "print(sorted(os.environ), flush=True)")
    fake.launch()
    fake.wait_ready()
    assert "HTTP_PORT" in fake.log.read_text()
    assert "DATABASE_URL" not in fake.log.read_text()


def test_a_forked_process_is_one_of_its_own(fork_server: ForkServer, tmp_path: Path) -> None:
    """Identifiers, random numbers and variables are not what its fellows have, whatever the fork_server did before."""
    (tmp_path / "told.py").write_text(
        "import json, os, random, sys\n"
        "from chassis.identifiers import new_id\n"
        "about = {'leads': os.getpgrp() == os.getpid(), 'environ': dict(os.environ), 'argv': sys.argv}\n"
        "print(json.dumps([new_id().hex[-12:], random.random(), os.getsid(0), about]))"
    )
    reports = []
    for number in range(2):
        log = tmp_path / f"told-{number}.log"
        child = fork_server.fork("told", {"PYTHONPATH": str(tmp_path), "NUMBER": str(number)}, log)
        assert child.wait(20) == 0
        reports.append(json.loads(log.read_text()))
    (first_id, first_number, first_session, first), (second_id, second_number, second_session, second) = reports
    assert first_id != second_id
    assert first_number != second_number
    assert first_session == second_session != os.getsid(0), "a terminal's signals would reach it"
    assert first == {
        "leads": True,
        "environ": {"PYTHONPATH": str(tmp_path), "NUMBER": "0"},
        "argv": [str(tmp_path / "told.py")],
    }
    assert second["environ"]["NUMBER"] == "1"


def test_forked_processes_end_with_their_server_and_the_launcher_says_so(tmp_path: Path) -> None:
    (tmp_path / "sleeper.py").write_text("import time\ntime.sleep(60)")
    fork_server = ForkServer(tmp_path / "fork_server.log")
    fork_server.start()
    child = fork_server.fork("sleeper", {"PYTHONPATH": str(tmp_path)}, tmp_path / "sleeper.log")
    assert child.poll() is None
    fork_server.stop()
    assert wait_until(lambda: child.poll() is not None, 10)
    assert child.returncode == -signal.SIGTERM
    with pytest.raises(LauncherError, match="the process that starts the others died"):
        fork_server.fork("sleeper", {}, tmp_path / "sleeper.log")
