"""The ledger of campaigns: what was injected, missed and violated, round by round, in a file that survives an interruption.

A line is written when a round has been checked. A round that was cut short is not in it, and is done again.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Attempt:
    """One fault: what it did, or which instant it did not meet."""

    fault: str
    words: str
    is_missed: bool = False


@dataclass(frozen=True, slots=True)
class Round:
    """A few faults under load, and what was wrong once the portal was quiet again. `evidence` is the folder that keeps it."""

    attempts: Sequence[Attempt]
    violations: Sequence[str] = ()
    quiet_seconds: float = 0.0
    evidence: str = ""

    @property
    def missed(self) -> list[str]:
        """The faults that did not meet their instant."""
        return [attempt.fault for attempt in self.attempts if attempt.is_missed]

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        """A round as a line of the ledger holds it."""
        return cls(**{**stored, "attempts": [Attempt(**attempt) for attempt in stored["attempts"]]})


@dataclass(slots=True)
class Standing:
    """How far a campaign is, over all of its runs. `drawn` faults of its schedule are done, missed ones among them."""

    rounds: int = 0
    drawn: int = 0
    missed: int = 0
    slowest_seconds: float = 0.0
    violations: list[str] = field(default_factory=list)

    @property
    def injected(self) -> int:
        """The faults that met their instant."""
        return self.drawn - self.missed

    def add(self, done: Round) -> None:
        """Count a round."""
        self.rounds += 1
        self.drawn += len(done.attempts)
        self.missed += len(done.missed)
        self.slowest_seconds = max(self.slowest_seconds, done.quiet_seconds)
        self.violations += done.violations

    def __str__(self) -> str:
        return (
            f"{self.injected} faults injected in {self.rounds} rounds, {self.missed} missed their instant, quiet again"
            f" after {self.slowest_seconds:.1f} s at most, {len(self.violations)} violations"
        )


class Ledger:
    """Every round of every campaign. A campaign is named by its seed, and by its faults when it has not all of them."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def add(self, campaign: str, done: Round) -> None:
        """Note a round; when this returns it is on the disk."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"campaign": campaign, **asdict(done)}, ensure_ascii=False)
        with self._file.open("ab+") as file:
            # A line that a crash cut short stays alone.
            size = file.seek(0, os.SEEK_END)
            is_cut = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
            file.write(("\n" * is_cut + line + "\n").encode())
            file.flush()
            os.fsync(file.fileno())

    def standing(self, campaign: str) -> Standing:
        """How far a campaign is."""
        standing = Standing()
        for name, done in self._rounds():
            if name == campaign:
                standing.add(done)
        return standing

    def standings(self) -> dict[str, Standing]:
        """How far each campaign is, the one that went on last at the end."""
        standings: dict[str, Standing] = {}
        for name, done in self._rounds():
            standings[name] = standings.pop(name, Standing())
            standings[name].add(done)
        return standings

    def _rounds(self) -> Iterator[tuple[str, Round]]:
        lines = self._file.read_bytes().splitlines() if self._file.exists() else []
        for line in lines:
            try:
                stored = json.loads(line)
            except ValueError:
                continue
            yield stored.pop("campaign"), Round.of(stored)
