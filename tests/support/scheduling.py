"""Which process of a run gets which tests: a file each time it is free, and files that need the same town together.

A town of nine processes takes half a minute to start: one process of the run has it, and every test that walks in it.
"""

from pathlib import PurePosixPath
from typing import Final

from xdist.scheduler import LoadScopeScheduling

ALONE: Final = frozenset({"test_operations.py", "test_rolling_stop.py"})
"""Files of `e2e` that start a portal of their own."""


TOGETHER: Final = frozenset({"tests/component/authorization", "tests/e2e/towns"})
"""Folders whose files share a town, or one town after the other."""


class TogetherInTown(LoadScopeScheduling):
    """Files to processes, and a town's files to one of them."""

    def _split_scope(self, nodeid: str) -> str:
        return place_of(nodeid)


def place_of(nodeid: str) -> str:
    """What a test is done with: its file, or the town that it shares with other files."""
    file = PurePosixPath(nodeid.partition("::")[0])
    folder = file.parent.as_posix()
    if folder in TOGETHER or (folder == "tests/e2e" and file.name not in ALONE):
        return folder
    return str(file)
