"""Where PostgreSQL may stand when root runs it for `nobody`: what is closed is replaced, what is lost is removed."""

import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from deploy.local import reach


@pytest.fixture
def open_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "open"
    monkeypatch.setattr(reach, "OPEN_FOLDER", folder)
    return folder


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decide as root would, whoever runs the tests; no process is started."""
    monkeypatch.setattr(reach, "ACCOUNT", "nobody")


def test_only_a_folder_that_anybody_may_enter_is_reachable(as_root: None, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert not reach.is_reachable(closed / "postgres")
    assert reach.is_reachable(Path("/tmp/postgres"))


def test_data_under_a_closed_folder_gets_a_place_outside_and_a_link(
    as_root: None, tmp_path: Path, open_folder: Path
) -> None:
    link = tmp_path / "postgres"
    tmp_path.chmod(0o700)
    place = reach.place_for(link)
    assert place.is_relative_to(open_folder)
    assert link.readlink() == place


def test_without_root_data_stands_where_it_is_asked_for(
    tmp_path: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "ACCOUNT", None)
    assert reach.place_for(tmp_path / "postgres") == tmp_path / "postgres"
    assert not open_folder.exists()


def test_the_place_of_a_state_that_was_removed_by_hand_is_removed_with_the_next_one(
    as_root: None, tmp_path: Path, open_folder: Path
) -> None:
    tmp_path.chmod(0o700)
    lost, kept = tmp_path / "lost", tmp_path / "kept"
    for state in (lost, kept):
        state.mkdir()
        reach.place_for(state / "postgres").mkdir()
    (lost / "postgres").unlink()
    reach.place_for(tmp_path / "postgres")
    assert (kept / "postgres").exists()
    assert len(list(open_folder.iterdir())) == 2


def test_binaries_in_a_closed_home_are_copied_once_with_the_libraries_they_need(
    as_root: None, tmp_path: Path, open_folder: Path
) -> None:
    package = find_spec(reach.PACKAGE)
    assert package is not None
    assert package.origin is not None
    site = Path(package.origin).parents[1]
    copy = reach._open_copy(site)
    assert copy.is_relative_to(open_folder)
    for program in ("initdb", "postgres"):
        run = subprocess.run([copy / reach.PACKAGED / program, "--version"], capture_output=True, text=True, check=True)
        assert run.stdout.startswith(f"{program} (PostgreSQL) 18")
    modes = {path.stat().st_mode & 0o005 for path in copy.rglob("*") if not path.is_symlink()}
    assert modes <= {0o004, 0o005}
    assert reach._open_copy(tmp_path / "gone") == copy
