"""A process of the launcher: ready, ended, started again, given up, and kept apart from the launcher's own settings."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.child import LauncherError, free_ports, wait_until
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


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[ManagedProcess]:
    """A process that is ready at once and does what its module says."""
    make_module(tmp_path, "")
    (port,) = free_ports(1)
    process = ManagedProcess(
        "fake", "fake_service", port, {"HTTP_PORT": str(port), "PYTHONPATH": str(tmp_path)}, tmp_path / "fake.log"
    )
    yield process
    process.kill()


def test_a_process_that_dies_again_and_again_is_given_up_after_three_deaths(
    fake: ManagedProcess, tmp_path: Path
) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append)
    fake.launch()
    fake.wait_ready()
    supervisor.add(fake)
    make_module(tmp_path, "sys.exit('the disk is full')")
    fake.kill()

    def gives_up() -> bool:
        try:
            supervisor.watch()
        except LauncherError as error:
            said.append(str(error))
            return True
        return False

    assert wait_until(gives_up, 20)
    assert "fake died (signal SIGKILL" in said[0]
    assert "fake died (exit code 1" in said[1]
    assert "fake died 3 times in a minute (exit code 1" in said[2]
    assert "ends with: the disk is full" in said[2]
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
