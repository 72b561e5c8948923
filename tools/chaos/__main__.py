"""`python -m tools.chaos --seed 7 --duration 120 --faults kill-service,kill-broker`; exit code 1 on a violation."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from deploy.local.stack import Stack

from .campaign import Verdict, run_campaign
from .faults import FAULTS
from .invariants import INVARIANTS
from .scene import Fault
from .town import NotInTime, open_town, running_stack


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
    folder = Path(options.state_dir or tempfile.mkdtemp(prefix="chaos-"))
    _say(f"seed {options.seed}, {options.duration} s, {len(names)} faults; state and logs in {folder}")
    with running_stack(folder) as (stack, now):
        try:
            verdict = asyncio.run(_campaign(stack, now, [FAULTS[name] for name in names], options))
        except NotInTime as error:
            _say(f"violation: {error}")
            return 1
    for violation in verdict.violations:
        _say(f"violation: {violation}")
    _say(
        f"seed {options.seed}: {verdict.injected} faults in {verdict.rounds} rounds, quiet again after"
        f" {verdict.slowest_seconds:.1f} s at most, {len(verdict.violations)} violations"
    )
    return 1 if verdict.violations else 0


async def _campaign(stack: Stack, now: datetime, faults: Sequence[Fault], options: argparse.Namespace) -> Verdict:
    async with open_town(stack, now) as town:
        return await run_campaign(town, faults, options.seed, options.duration, _say)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.chaos", description="Faults under load, and the invariants.")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="what everything is drawn from")
    parser.add_argument("--duration", type=float, default=120, help="seconds during which faults are injected")
    parser.add_argument("--faults", default="", help="names, separated by commas; all without it")
    parser.add_argument("--state-dir", default="", help="where data and logs are kept; a temporary folder without it")
    parser.add_argument("--list", action="store_true", help="list the faults and the invariants")
    return parser.parse_args()


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
