"""Looks every pinned package up in a public list of known vulnerabilities: `python -m tools.audit`, or `make audit`.

Exits with 1 when one is vulnerable, and with 2 when some could not be looked up. The list is a service of its own that not every network
reaches: with `--where-reachable`, as in CI, it is no error when none at all could be looked up, and the last line says so.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

LOCK: Final = Path(__file__).parents[1] / "requirements.lock"
COMMAND: Final = (
    *(sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--require-hashes", "--disable-pip"),
    *("--progress-spinner", "off", "--format", "json"),
)
LOOK_UP_SECONDS_MAX = 300


class Vulnerability(BaseModel):
    """Something that is known against a version; `fix_versions` do not have it."""

    id: str
    fix_versions: list[str] = []


class Package(BaseModel):
    """A pinned package: what is known against it, or why it was not looked up."""

    name: str
    version: str = ""
    vulns: list[Vulnerability] = []
    skip_reason: str | None = None


class Report(BaseModel):
    """What pip-audit writes as JSON."""

    dependencies: list[Package] = []


def look_up(command: Sequence[str] = COMMAND, seconds_max: float = LOOK_UP_SECONDS_MAX) -> Report:
    """The report of a run of pip-audit; an empty one when it ended without, or did not end in time."""
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds_max)
        return Report.model_validate_json(ended.stdout)
    except (subprocess.TimeoutExpired, ValidationError):
        return Report()


def verdict(report: Report, is_needed: bool = True) -> tuple[int, list[str]]:
    """The exit status, and what to say; `is_needed` is whether it is an error when no package could be looked up."""
    vulnerable = [
        f"{package.name} {package.version}: {vulnerability.id}, mended in {', '.join(vulnerability.fix_versions) or 'no version yet'}"
        for package in report.dependencies
        for vulnerability in package.vulns
    ]
    missed = [package.name for package in report.dependencies if package.skip_reason is not None]
    looked_up = len(report.dependencies) - len(missed)
    if vulnerable:
        return 1, vulnerable
    if looked_up == 0:
        return 2 if is_needed else 0, ["not audited: the list of known vulnerabilities cannot be reached from here"]
    if missed:
        return 2, [f"not in the list of known vulnerabilities: {', '.join(missed)}"]
    return 0, [f"nothing is known against any of {looked_up} packages"]


def main(arguments: list[str]) -> int:
    """Look up and say; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.audit", description=__doc__)
    parser.add_argument(
        "--where-reachable", action="store_true", help="no error where the list cannot be reached at all"
    )
    options = parser.parse_args(arguments)
    status, lines = verdict(look_up(), is_needed=not options.where_reachable)
    print(*lines, sep="\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
