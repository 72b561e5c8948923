"""An operator's command runs with the variables of one of the portal's processes, and with nothing of the launcher's."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import environment
from deploy.local.child import ROOT, LauncherError

VARIABLES = {"booking": {"DATABASE_URL": "postgresql://booking@127.0.0.1/booking", "TOPIC_PREFIX": "t."}}


def test_a_command_is_given_the_variables_and_answers_for_itself(tmp_path: Path) -> None:
    environment.keep(tmp_path, VARIABLES)
    words = "import os, sys; print(os.environ['DATABASE_URL'], os.environ['TOPIC_PREFIX']); sys.exit(3)"
    ended = subprocess.run(
        [sys.executable, "-m", "deploy.local", "exec", "booking", "python", "-c", words],
        cwd=ROOT,
        env={**os.environ, "STATE_DIR": str(tmp_path), "DATABASE_URL": "postgresql://admin@db/postgres"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (3, "postgresql://booking@127.0.0.1/booking t.\n")


def test_the_variables_are_for_their_owner_alone_and_end_with_the_portal(tmp_path: Path) -> None:
    environment.keep(tmp_path, VARIABLES)
    environment.keep(tmp_path, VARIABLES)
    assert stat.S_IMODE((tmp_path / environment.FILE_NAME).stat().st_mode) == 0o600
    environment.forget(tmp_path)
    with pytest.raises(LauncherError, match="the portal does not run on"):
        environment.variables_of(tmp_path, "booking")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "exec needs a process and a command"),
        (["booking"], "exec needs a process and a command"),
        (["canteen", "true"], "no process canteen: one of booking"),
        (["booking", "no-such-command"], "no command no-such-command"),
    ],
)
def test_what_cannot_run_is_said_in_one_line(tmp_path: Path, arguments: list[str], line: str) -> None:
    environment.keep(tmp_path, VARIABLES)
    with pytest.raises(LauncherError, match=line):
        environment.execute(tmp_path, arguments)
