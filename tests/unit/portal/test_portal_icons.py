"""Every icon that a template, a page or a town asks for is in the sprite; a name that is not there would show a blank."""

import re
from pathlib import Path

from portal.kit import STATIC

ROOT = Path(__file__).parents[3]
SPRITE = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "img" / "icons.svg").read_text("utf-8")))
ASKED = re.compile(r"""(?:icon\(|icon_name=|icon = |icon: str = |tile\([^"]*"[^"]*"\), "[^"]*", )"([a-z-]+)\"""")


def asked() -> dict[str, str]:
    """The names of icons in the portal and the town profiles, each with a file that asks for it."""
    files = [*ROOT.glob("portal/**/*.j2"), *ROOT.glob("portal/**/*.py"), *ROOT.glob("deploy/towns/**/*.toml")]
    return {name: str(path) for path in files for name in ASKED.findall(path.read_text("utf-8"))}


def test_every_icon_asked_for_exists() -> None:
    names = asked()
    assert {"home", "activity", "invoice"} <= set(names)
    assert {name: path for name, path in names.items() if name not in SPRITE} == {}
