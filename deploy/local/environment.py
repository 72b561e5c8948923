"""The variables that each process of the running portal was given, kept so that an operator's command can be run with them:
`python -m deploy.local exec booking python -m tools.dead_letters booking list`."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from .child import LauncherError
from .processes import LAUNCHER_VARIABLES

FILE_NAME = "environment.json"


def keep(state_dir: Path, environments: Mapping[str, Mapping[str, str]]) -> None:
    """Write the variables of each process by its name, readable by us alone: addresses of databases hold passwords."""
    file = state_dir / FILE_NAME
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
        json.dump(environments, target, indent=1)


def forget(state_dir: Path) -> None:
    """The portal stopped: its addresses are worth nothing."""
    (state_dir / FILE_NAME).unlink(missing_ok=True)


def variables_of(state_dir: Path, name: str) -> dict[str, str]:
    """Our own variables with those of the process `name` laid over them; `python` is the one that runs the portal.

    Raises LauncherError when the portal does not run, or has no such process.
    """
    file = state_dir / FILE_NAME
    if not file.exists():
        raise LauncherError(f"the portal does not run on {state_dir}: `make up` first")
    environments: dict[str, dict[str, str]] = json.loads(file.read_text())
    if name not in environments:
        raise LauncherError(f"no process {name}: one of {', '.join(environments)}")
    inherited = {key: value for key, value in os.environ.items() if key not in LAUNCHER_VARIABLES}
    path = os.pathsep.join([str(Path(sys.executable).parent), inherited.get("PATH", os.defpath)])
    return inherited | environments[name] | {"PATH": path}


def execute(state_dir: Path, arguments: Sequence[str]) -> None:
    """Become the command of `exec <process> <command> ...`; what it answers is what the launcher answers.

    Raises LauncherError when the words are too few, or the command is not there.
    """
    name, *command = arguments or [""]
    if not command:
        raise LauncherError("exec needs a process and a command: python -m deploy.local exec booking python -m ...")
    variables = variables_of(state_dir, name)
    try:
        os.execvpe(command[0], command, variables)  # noqa: S606 - the operator's own command, without a shell
    except FileNotFoundError:
        raise LauncherError(f"no command {command[0]}") from None
