"""Which browser the tests get: the one that is named, else one that is installed and really runs."""

from pathlib import Path

import pytest

from deploy.local.browser import find_browser
from deploy.local.child import LauncherError


def make_browser(folder: Path, name: str, exit_code: int) -> Path:
    browser = folder / name
    browser.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    browser.chmod(0o755)
    return browser


def test_the_named_browser_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_browser(tmp_path, "chromium", 0)
    named = make_browser(tmp_path, "mine", 0)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CHROMIUM", str(named))
    assert find_browser(print) == named


def test_a_named_browser_that_does_not_run_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", str(make_browser(tmp_path, "broken", 1)))
    with pytest.raises(LauncherError, match=r"CHROMIUM names no browser that runs: .*broken"):
        find_browser(print)


def test_a_stand_in_that_only_gives_advice_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_browser(tmp_path, "chromium-browser", 1)
    real = make_browser(tmp_path, "google-chrome", 0)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    messages: list[str] = []
    assert find_browser(messages.append) == real
    assert messages == []
