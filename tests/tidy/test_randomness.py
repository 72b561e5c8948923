"""Nothing that anybody may not guess comes of a generator that can be guessed."""

import ast
from pathlib import Path
from typing import Final

from deploy.local.child import ROOT

PARTS: Final = ("services", "gateway", "portal", "chassis", "contracts")
ALLOWED: Final = {"chassis/telemetry.py": "ids of spans, which open nothing"}
GUESSABLE: Final = frozenset({"random", "numpy.random"})


def _guessable(source: str) -> bool:
    """Whether a module imports a generator that can be guessed, or makes ids of clock and machine."""
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
        if module in GUESSABLE or "uuid1" in names or (isinstance(node, ast.Import) and GUESSABLE & set(names)):
            return True
    return False


def test_secrets_come_from_the_generator_of_the_operating_system() -> None:
    files = [path for part in PARTS for path in sorted((ROOT / part).rglob("*.py"))]
    importing = {str(path.relative_to(ROOT)) for path in files if _guessable(Path(path).read_text("utf-8"))}
    assert importing == set(ALLOWED)


def test_a_generator_that_can_be_guessed_is_seen() -> None:
    assert all(map(_guessable, ("import random", "from random import choice", "from uuid import uuid1")))
    assert not _guessable("import secrets\nfrom uuid import uuid4")
