"""Where PostgreSQL may stand when root runs it for `nobody`: what is closed is replaced, what is lost is removed."""

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


def test_binaries_in_a_closed_home_are_copied_once(as_root: None, tmp_path: Path, open_folder: Path) -> None:
    tmp_path.chmod(0o700)
    packaged = tmp_path / "package"
    (packaged / "bin").mkdir(parents=True)
    (packaged / "bin" / "postgres").write_text("first")
    copy = reach._open_copy(packaged)
    assert (copy / "bin" / "postgres").read_text() == "first"
    (packaged / "bin" / "postgres").write_text("second")
    assert reach._open_copy(packaged) == copy
    assert (copy / "bin" / "postgres").read_text() == "first"
