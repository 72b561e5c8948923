"""The browser of the tests: one that is named or installed, else the distribution's Chromium when we may install it,
else the one that Playwright downloads."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from .child import LauncherError

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
INSTALL_SECONDS_MAX = 900
ANSWER_SECONDS_MAX = 30


def find_browser(say: Callable[[str], None]) -> Path:
    """The path of a Chromium that runs: CHROMIUM, an installed one, else one installed now.

    Raises LauncherError when none can be had.
    """
    if chosen := os.environ.get("CHROMIUM"):
        if not _works(Path(chosen)):
            raise LauncherError(f"CHROMIUM names no browser that runs: {chosen}")
        return Path(chosen)
    for attempt in (_nothing, _install_package, _install_with_playwright):
        attempt(say)
        for candidate in _candidates():
            if _works(candidate):
                return candidate
    raise LauncherError("no browser for the tests: install Chromium, or set CHROMIUM to the path of one")


def _candidates() -> Iterator[Path]:
    yield from (Path(place) for command in COMMANDS if (place := shutil.which(command)))
    yield from (Path(application) for application in APPLICATIONS)
    from playwright.sync_api import sync_playwright  # slow to import, and needed only where no browser is installed

    with sync_playwright() as playwright:
        yield Path(playwright.chromium.executable_path)


def _works(browser: Path) -> bool:
    """Some distributions install a stand-in that only tells how to get the browser: it must say its version."""
    if not browser.exists():
        return False
    try:
        asked = subprocess.run(
            [browser, "--version"],
            capture_output=True,
            check=False,
            timeout=ANSWER_SECONDS_MAX,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def _nothing(_say: Callable[[str], None]) -> None:
    """The first look is at what is installed already."""


def _install_package(say: Callable[[str], None]) -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    say("installing Chromium from the distribution's packages")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        _run(["apt-get", *command], quiet)


def _install_with_playwright(say: Callable[[str], None]) -> None:
    say("downloading Chromium with Playwright")
    _run([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))


def _run(command: list[str], env: dict[str, str]) -> None:
    """A step that fails is only said: the next look decides."""
    made = subprocess.run(
        command,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=INSTALL_SECONDS_MAX,
        stdin=subprocess.DEVNULL,
    )
    if made.returncode != 0:
        print("".join(made.stderr.splitlines(keepends=True)[-3:]), file=sys.stderr, end="", flush=True)
