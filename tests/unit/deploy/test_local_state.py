"""The state folder: one launcher at a time, of the right version, on a disk with room; and what a reset forgets."""

from pathlib import Path

import pytest

from deploy.local.child import LauncherError
from deploy.local.state import check_space, check_town, check_version, forget, locked


def test_a_second_launcher_is_told_that_the_first_one_runs(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(LauncherError, match="already runs"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_a_state_of_another_version_is_refused_and_ours_continued(tmp_path: Path) -> None:
    check_version(tmp_path)
    check_version(tmp_path)
    (tmp_path / "version").write_text("0")
    with pytest.raises(LauncherError, match="make reset"):
        check_version(tmp_path)


def test_the_data_of_another_town_is_refused_and_ours_continued(tmp_path: Path) -> None:
    check_town(tmp_path, "velizy")
    check_town(tmp_path, "velizy")
    with pytest.raises(LauncherError, match="of the town velizy: `make reset` forgets it, then `TOWN=demo make up`"):
        check_town(tmp_path, "demo")


def test_a_full_disk_is_said_before_anything_starts(tmp_path: Path) -> None:
    check_space(tmp_path, minimum_bytes=1)
    with pytest.raises(LauncherError, match=r"is full: \d+ MB left"):
        check_space(tmp_path, minimum_bytes=10**18)


def test_a_reset_forgets_everything_but_the_downloads(tmp_path: Path) -> None:
    for name in ("cache/kafka-jars/a.jar", "kafka/meta.properties", "secrets/portal_secret", "seeded"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    with locked(tmp_path):
        forget(tmp_path)
    assert sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()) == [
        "cache/kafka-jars/a.jar",
        "lock",
    ]


def test_a_reset_removes_the_cluster_that_a_link_leads_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state, elsewhere = tmp_path / "state", tmp_path / "elsewhere"
    monkeypatch.setattr("deploy.local.reach.OPEN_FOLDER", elsewhere)
    cluster = elsewhere / "1f" / "postgres"
    cluster.mkdir(parents=True)
    state.mkdir()
    (state / "postgres").symlink_to(cluster)
    (elsewhere / "1f" / "link").write_text(str(state / "postgres"))
    forget(state)
    assert list(elsewhere.iterdir()) == []
    assert list(state.iterdir()) == []
