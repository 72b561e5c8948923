"""The trees that a comparison runs: this one, and others that are named by a folder, a commit, or a patch upon this tree's commit."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.child import ROOT, LauncherError
from deploy.local.jars import cache_folder

PATCH = ".patch"


@dataclass(frozen=True, slots=True)
class Checkout:
    """A tree of the product, and what it is called in the table."""

    name: str
    folder: Path

    @property
    def python(self) -> str:
        """Its own interpreter where it has an environment, for its packages may be others; else ours."""
        own = self.folder / ".venv" / "bin" / "python"
        return str(own) if own.exists() else sys.executable

    def environment(self) -> Mapping[str, str]:
        """Its modules come first, and Kafka's jars are those that we have."""
        return os.environ | {"PYTHONPATH": str(self.folder), "KAFKA_JARS_DIR": str(cache_folder())}


HERE = Checkout("here", ROOT)


@contextmanager
def checkout(named: str, folder: Path) -> Iterator[Checkout]:
    """A tree to compare with: `named` is the folder of a checkout, a patch, or anything that git takes for a commit.

    The last two become a worktree under `folder`, which is removed again; a patch is applied to our commit, so that it does not see
    changes which were not committed. Raises LauncherError.
    """
    path = Path(named).resolve()
    if path.is_dir():
        yield Checkout(path.name, path)
        return
    is_patch = path.suffix == PATCH and path.is_file()
    name = path.stem if is_patch else named
    tree = folder / name.replace("/", "-")
    _git("worktree", "add", "--quiet", "--detach", str(tree), "HEAD" if is_patch else named)
    try:
        if is_patch:
            _git("-C", str(tree), "apply", "--3way", str(path))
        yield Checkout(name, tree)
    finally:
        _git("worktree", "remove", "--force", str(tree))


def _git(*words: str) -> None:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LauncherError(f"git {' '.join(words)}: {done.stderr.strip()}")
