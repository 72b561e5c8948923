"""`python -m tools.chaos --seed 7 --injections 100 --faults kill-service,kill-broker`; exit code 1 on a violation."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from random import Random

from deploy.local.child import ROOT
from deploy.local.stack import Stack

from .campaign import rounds_of_town, schedule
from .faults import FAULTS
from .invariants import INVARIANTS
from .keeping import keep
from .ledger import Ledger, Standing
from .load import Load
from .scene import Fault
from .town import open_town, running_stack

INJECTIONS = 500
VIOLATED_TOWNS_MAX = 5
DRAWN_MAX = 2


class Campaign:
    """A campaign with its ledger: `--injections` faults of one seed, over as many runs and towns as they take."""

    def __init__(self, folder: Path, names: list[str], seed: int | None, injections: int) -> None:
        self.folder = folder
        self.ledger = Ledger(folder / "ledger.jsonl")
        self.faults = [FAULTS[name] for name in names]
        self.injections = injections
        self._suffix = "" if len(names) == len(FAULTS) else f" {','.join(names)}"
        self.seed = unfinished_seed(self.ledger, self._suffix, injections) if seed is None else seed

    @property
    def name(self) -> str:
        """How the ledger calls it."""
        return f"{self.seed}{self._suffix}"

    @property
    def standing(self) -> Standing:
        """How far it is."""
        return self.ledger.standing(self.name)

    @property
    def is_over(self) -> bool:
        """Whether everything was injected, or so much missed that it never will be."""
        standing = self.standing
        return standing.injected >= self.injections or standing.drawn >= DRAWN_MAX * self.injections

    def run(self) -> None:
        """Open town after town, until everything was injected or too many towns were violated."""
        violated = 0
        while not self.is_over and violated < VIOLATED_TOWNS_MAX:
            with tempfile.TemporaryDirectory(prefix="chaos-") as folder, running_stack(Path(folder)) as (stack, now):
                violated += asyncio.run(self._live(stack, now))

    async def _live(self, stack: Stack, now: datetime) -> bool:
        """The rounds of one town; whether it was violated."""
        done_before = self.standing.drawn
        planned: Iterator[tuple[Fault, Random]] = islice(schedule(self.faults, self.seed), done_before, None)
        async with open_town(stack, now) as town:
            load = Load(town, self.seed + done_before)
            async for done in rounds_of_town(town, load, planned, _say):
                place = f"evidence/{self.seed}-{self.standing.drawn}" if done.violations else ""
                if place:
                    await keep(self.folder / place, town, load.journal, done.violations)
                    _say(f"rows, records and logs are in {self.folder / place}")
                self.ledger.add(self.name, replace(done, evidence=place))
                _say(f"seed {self.seed}: {self.standing.injected} of {self.injections}")
                if done.violations or self.is_over:
                    return bool(done.violations)
        return False


def unfinished_seed(ledger: Ledger, suffix: str, injections: int) -> int:
    """The seed of the campaign that went on last, if it is not through; a new one otherwise."""
    for name, standing in reversed(ledger.standings().items()):
        seed, _, faults = name.partition(" ")
        if faults == suffix.strip():
            return int(seed) if standing.injected < injections else int(time.time())
    return int(time.time())


def main() -> int:
    """Run a campaign, or list what there is."""
    options = _options()
    if options.list:
        for fault in FAULTS.values():
            print(f"{fault.name:30}{fault.description}")
        for invariant in INVARIANTS:
            print(f"{invariant.code:30}{invariant.statement}")
        return 0
    names = options.faults.split(",") if options.faults else list(FAULTS)
    if unknown := [name for name in names if name not in FAULTS]:
        print(f"unknown faults: {', '.join(unknown)}; --list shows them", file=sys.stderr)
        return 2
    campaign = Campaign(Path(options.folder), names, options.seed, options.injections)
    _say(f"seed {campaign.seed}, {len(names)} faults; before this run {campaign.standing}")
    try:
        campaign.run()
    except KeyboardInterrupt:
        _say("interrupted; the same command goes on from here")
    standing = campaign.standing
    for violation in standing.violations:
        _say(f"violation: {violation}")
    _say(f"seed {campaign.seed}: {standing}")
    return 1 if standing.violations or standing.injected < options.injections else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.chaos", description="Faults under load, and the invariants.")
    parser.add_argument(
        "--seed", type=int, help="what everything is drawn from; an unfinished one without it, or a new one"
    )
    parser.add_argument(
        "--injections", type=int, default=INJECTIONS, help="faults to inject, over all runs of the seed"
    )
    parser.add_argument("--faults", default="", help="names, separated by commas; all without it")
    parser.add_argument(
        "--folder", default=ROOT / ".run" / "campaign", help="where the ledger and the evidence are kept"
    )
    parser.add_argument("--list", action="store_true", help="list the faults and the invariants")
    return parser.parse_args()


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
