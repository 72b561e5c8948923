"""A server that every process of a test run shares: the first that needs it starts it, and stops it when the last is done.

Locks of files, which end with the process that holds them, say who is there: nothing is left behind by a run that was killed.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path


@contextmanager
def shared(folder: Path, name: str, start: Callable[[], AbstractContextManager[str]]) -> Iterator[str]:
    """The words that describe a shared server: those of whoever started it, or those of `start` when nobody has.

    Whoever started it waits at the end for the others.
    """
    place = folder / name
    with _locked(folder / f"{name}.users", fcntl.LOCK_SH) as users:
        with _locked(folder / f"{name}.start", fcntl.LOCK_EX):
            started = None if place.exists() else start()
            if started is not None:
                place.write_text(started.__enter__())
            words = place.read_text()
        try:
            yield words
        finally:
            if started is not None:
                with _locked(folder / f"{name}.start", fcntl.LOCK_EX):
                    place.unlink()
                fcntl.flock(users, fcntl.LOCK_EX)
                started.__exit__(None, None, None)


@contextmanager
def _locked(file: Path, kind: int) -> Iterator[int]:
    with file.open("a") as opened:
        fcntl.flock(opened, kind)
        yield opened.fileno()
