"""The state folder of the local portal (`.run`): one launcher at a time, of the version that wrote it, with room on the
disk; and how all of it but the downloads is forgotten."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .child import LauncherError
from .reach import remove_lost

# Raised when an older state cannot be continued: another PostgreSQL major version, other names of databases or topics.
STATE_VERSION = "1"
FREE_BYTES_MIN = 500_000_000
KEPT_BY_RESET = {"cache", "lock"}


@contextmanager
def locked(state_dir: Path) -> Iterator[None]:
    """Hold the folder for one launcher; the lock ends with the process that holds it, however it ends.

    Raises LauncherError when another launcher holds it.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LauncherError(
                f"the portal already runs on {state_dir}: stop that `make up` with Ctrl-C first"
            ) from None
        yield


def check_version(state_dir: Path) -> None:
    """Refuse a state that this version cannot continue; a new folder is marked as ours."""
    marker = state_dir / "version"
    if not marker.exists():
        marker.write_text(STATE_VERSION)
    elif marker.read_text() != STATE_VERSION:
        raise LauncherError(
            f"the state in {state_dir} was made by another version of the portal: `make reset` forgets it, then `make up`"
        )


def check_town(state_dir: Path, town: str) -> None:
    """Refuse the data of another town; a new folder is marked as this one's."""
    marker = state_dir / "town"
    if not marker.exists():
        marker.write_text(town)
    elif (other := marker.read_text()) != town:
        raise LauncherError(
            f"the data in {state_dir} is of the town {other}: `make reset` forgets it, then `TOWN={town} make up`"
        )


def free_bytes(state_dir: Path) -> int:
    """What is left on the disk of the state folder."""
    return shutil.disk_usage(state_dir).free


def check_space(state_dir: Path, minimum_bytes: int = FREE_BYTES_MIN) -> None:
    """Refuse to start on a disk that would soon be full."""
    if (left := free_bytes(state_dir)) < minimum_bytes:
        raise LauncherError(
            f"the disk of {state_dir} is full: {left / 1e6:.0f} MB left, {minimum_bytes / 1e6:.0f} MB needed; free some space"
        )


def forget(state_dir: Path) -> None:
    """Remove everything but the downloads, the cluster that stands elsewhere because of a closed home included."""
    cluster = state_dir / "postgres"
    if cluster.is_symlink():
        cluster.unlink()
        remove_lost()
    for entry in state_dir.iterdir():
        if entry.name in KEPT_BY_RESET:
            continue
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def keep_previous_logs(logs: Path) -> None:
    """Logs are those of one run; the run before stays readable in `previous`, older ones go."""
    current = [entry for entry in logs.glob("*.log") if entry.is_file()]
    if not current:
        return
    previous = logs / "previous"
    shutil.rmtree(previous, ignore_errors=True)
    previous.mkdir()
    for entry in current:
        entry.rename(previous / entry.name)
