"""What a run leaves: raw rounds as JSON lines, the host they were measured on, and a table of ratios with their range."""

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.local.child import ROOT
from deploy.local.jars import read_lock
from deploy.local.reach import binaries

from .compare import Duel
from .harness import Goal, Round, Scenario

FOLDER = Path(__file__).parent / "results"
HEADINGS = ("", "figure", "ours", "peer", "ratio (range)", "here", "", "product", "")


@dataclass(frozen=True, slots=True)
class Summary:
    """A goal after its rounds: medians of both sides, and median, minimum and maximum of the ratio."""

    goal: Goal
    ours: float
    peer: float | None
    median: float
    low: float
    high: float

    @classmethod
    def of(cls, goal: Goal, rounds: Sequence[Round]) -> "Summary":
        """Sum rounds up. The ratio is the median of the rounds' ratios, not the ratio of the medians."""
        values = [done.value(goal) for done in rounds]
        peers = [done.peer.figures[goal.figure] for done in rounds if goal.figure in done.peer.figures]
        return cls(
            goal,
            statistics.median(done.ours.figures[goal.figure] for done in rounds),
            statistics.median(peers) if peers else None,
            statistics.median(values),
            min(values),
            max(values),
        )

    def cells(self, scenario: str) -> tuple[str, ...]:
        """The row of the table."""
        goal, unit = self.goal, self.goal.unit
        spread = f"{_short(self.median)} ({_short(self.low)}-{_short(self.high)})"
        verdicts = [
            cell
            for target in (goal.release, goal.product)
            for cell in (_target(goal, target), _verdict(goal.judge(self.median, target)))
        ]
        peer = "-" if self.peer is None else f"{_short(self.peer)} {unit}"
        return (scenario, goal.figure.replace("_", " "), f"{_short(self.ours)} {unit}", peer, spread, *verdicts)


def table(results: Sequence[tuple[Scenario, Sequence[Round]]]) -> str:
    """Every goal of every scenario that ran, as aligned text."""
    rows: list[tuple[str, ...]] = [HEADINGS]
    for scenario, rounds in results:
        rows += [Summary.of(goal, rounds).cells(scenario.id) for goal in scenario.goals]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


class ResultFile:
    """The raw results of one scenario: a line for the host, then one for each round, written as they come."""

    def __init__(self, folder: Path, scenario: Scenario, began: datetime) -> None:
        self.path = folder / f"{began:%Y-%m-%dT%H%M}-{scenario.id}.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        self.path.write_text("")
        self._append({"scenario": scenario.id, "title": scenario.title, "began": began.isoformat(), **host()})

    def keep(self, done: Round | Duel) -> None:
        """Add a round."""
        self._append(asdict(done))

    def _append(self, line: Mapping[str, Any]) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(line, separators=(", ", ":")) + "\n")


def now() -> datetime:
    """The instant that names a run."""
    return datetime.now(UTC).replace(microsecond=0)


def load_average() -> float:
    """How many tasks wanted a processor over the last minute."""
    return round(os.getloadavg()[0], 2)


def host() -> dict[str, Any]:
    """The machine and the versions that a result depends on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    postgres = _said(str(binaries() / "postgres"), "--version").split()
    kafka = [jar.version for jar in read_lock() if jar.artifact.startswith("kafka_")]
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1e9, 1),
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "postgresql": postgres[2] if len(postgres) > 2 else None,
        "kafka": kafka[0] if kafka else None,
        "commit": _said("git", "rev-parse", "--short", "HEAD") + ("+" if _said("git", "status", "--porcelain") else ""),
        "load_average": load_average(),
    }


def _said(*command: str) -> str:
    """The standard output of a short command, or nothing where it cannot be run."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout.strip()
    except OSError:
        return ""


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _target(goal: Goal, target: float | None) -> str:
    if target is None:
        return "-"
    unit = f" {goal.unit}" if goal.is_absolute else ""
    return f"{'>=' if goal.is_more_better else '<='} {_short(target)}{unit}"


def _verdict(is_met: bool | None) -> str:
    return {True: "met", False: "not met", None: ""}[is_met]
