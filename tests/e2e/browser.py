"""The browser of the end-to-end tests: how it is launched, and what axe finds on a page."""

import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # the package has no types
from playwright.sync_api import Browser, Page, Playwright

from deploy.local.browser import find_browser

WIDTHS: Final = (320, 360, 768, 1280)
HEIGHT: Final = 800
TIMEOUT_MS: Final = 10_000
POLLING_MS: Final = 50
_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


_FONTS: Final = Path(__file__).parents[1] / "support" / "fonts"
_FONTCONFIG: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


@cache
def _installed() -> Path:
    return find_browser(print)


@cache
def _font_settings() -> "tempfile.TemporaryDirectory[str]":
    """Settings under which a browser finds one typeface and no other: pages are the same on every machine, and where the
    portal's own typeface is missing everything is a quarter wider. It is Figtree (OFL), stretched; Chromium starts with none."""
    folder = tempfile.TemporaryDirectory(prefix="fonts-")
    (Path(folder.name) / "fonts.conf").write_text(_FONTCONFIG.format(fonts=_FONTS, cache=folder.name))
    return folder


def launch(playwright: Playwright) -> Browser:
    """A headless Chromium; the caller closes it."""
    env: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": f"{_font_settings().name}/fonts.conf"}
    return playwright.chromium.launch(executable_path=_installed(), args=list(_FLAGS), timeout=60_000, env=env)


def open_page(browser: Browser, width: int = 360, **context: Any) -> Page:
    """A page in a context of its own; `context` takes Playwright's options (`java_script_enabled`, `forced_colors`...)."""
    page = browser.new_context(viewport={"width": width, "height": HEIGHT}, locale="fr-FR", **context).new_page()
    page.set_default_timeout(TIMEOUT_MS)
    return page


def axe_violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its good practices: one line for each rule, with the nodes at fault."""
    page.wait_for_load_state()
    rules = Axe().run(page).response["violations"]
    return [f"{rule['id']} ({rule['impact']}): " + " | ".join(_node(node) for node in rule["nodes"]) for rule in rules]


_WIDER: Final = """() => {
  const root = document.documentElement;
  return root && document.readyState === "complete" && { pixels: root.scrollWidth - root.clientWidth };
}"""


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window: more than 0 means that one must scroll sideways. A page that is still
    coming, or on its way to the next one, is waited for: it is asked again and again, and not at each frame, as a page at rest draws none."""
    return int(page.wait_for_function(_WIDER, polling=POLLING_MS).json_value()["pixels"])


def repeated_ids(page: Page) -> list[str]:
    """Ids that more than one element of the page has: labels, hints and scripts would find the first alone."""
    ids: list[str] = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    return sorted({name for name in ids if ids.count(name) > 1})


def _node(node: dict[str, Any]) -> str:
    reasons = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
    return f"{node['target']} {'; '.join(reasons)}"
