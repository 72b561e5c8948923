"""The import borders of `pyproject.toml` hold, and each of them is seen to break on a tree that crosses them all."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from contracts.types import SERVICES
from tests.tidy.tree import REPOSITORY

LINT = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]
BORDERS = [
    contract["name"]
    for contract in tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
]
CROSSINGS = {
    "services/booking/crossing.py": "import services.billing.app\nimport portal.spaces",
    "gateway/auth.py": "import portal.spaces",
    "portal/kit/crossing.py": "import portal.family",
    "chassis/crossing.py": "import services.booking.app\nimport tools.contracts.evolve",
    "contracts/types.py": "import chassis.clock",
    "gateway/app.py": "import services.family.app",
    "simulators/crossing.py": "import contracts.registry",
}
GATEWAY = (
    "__main__",
    "app",
    "limits",
    "admission",
    "auth",
    "calls",
    "composing",
    "connections",
    "last_resort",
    "security",
    "settings",
)
PACKAGES = (
    "contracts",
    "chassis",
    "gateway",
    "gateway/api",
    "portal",
    *(f"portal/{name}" for name in ("agents", "family", "account", "public", "frame", "kit")),
    "simulators",
    "deploy",
    "tools",
    "tools/contracts",
    *(f"services/{name}" for name in SERVICES),
)
MODULES = (
    "tools/contracts/evolve.py",
    "contracts/registry.py",
    "chassis/clock.py",
    "portal/spaces.py",
    *(f"gateway/{name}.py" for name in GATEWAY),
)


def lint(folder: Path) -> dict[str, str]:
    """The verdict on each border of the tree in a folder."""
    shown = subprocess.run(
        LINT, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": "."}
    ).stdout
    return dict(re.findall(r"^(.*?) (KEPT|BROKEN)\b", shown, re.MULTILINE))


def test_borders_are_kept() -> None:
    assert lint(REPOSITORY) == dict.fromkeys(BORDERS, "KEPT")


def test_every_border_is_seen_to_break(tmp_path: Path) -> None:
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        (tmp_path / package).mkdir(parents=True)
        (tmp_path / package / "__init__.py").touch()
    for module in (*MODULES, *(f"services/{name}/app.py" for name in SERVICES)):
        (tmp_path / module).touch()
    for module, source in CROSSINGS.items():
        (tmp_path / module).write_text(source)
    assert lint(tmp_path) == dict.fromkeys(BORDERS, "BROKEN")
