"""`python -m tools.bench [P1 P2 P4 P10] [--rounds 5] [--quick]`: run scenarios, keep their rounds, print the table.

It is a measure, not a test: the exit code is 0 whatever the verdicts, and 1 when an invariant broke.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import uvloop

from .bookings import HotSlot, HttpBookings
from .footprint import Footprint
from .harness import InvariantBroken, Round, Scenario, Setting, run_rounds
from .replica import CommitToReplica
from .results import FOLDER, ResultFile, load_average, now, table

SCENARIOS: Mapping[str, Callable[[], Scenario]] = {
    each.id: each for each in (HttpBookings, HotSlot, CommitToReplica, Footprint)
}


def main(arguments: list[str]) -> int:
    """Run what is asked for, one scenario after the other."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("scenarios", nargs="*", choices=SCENARIOS, metavar="/".join(SCENARIOS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="a fifth of the work, to see that it runs")
    parser.add_argument("--results", type=Path, help="folder of the raw results")
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # servers are stopped and folders removed all the same
    folder = asked.results or (None if asked.quick else FOLDER)
    results = []
    for name in asked.scenarios or SCENARIOS:
        chosen = SCENARIOS[name]()
        print(f"{name}  {chosen.title}", flush=True)
        try:
            with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
                Path(temporary).chmod(0o755)  # PostgreSQL may have to run under another account
                setting = Setting(Path(temporary), asked.quick)
                results.append((chosen, uvloop.run(_run(chosen, asked.rounds, setting, folder))))
        except InvariantBroken as broken:
            print(f"{name}: invariant broken: {broken}", file=sys.stderr)
            return 1
    print(table(results))
    return 0


async def _run(scenario: Scenario, rounds: int, setting: Setting, folder: Path | None) -> Sequence[Round]:
    file = ResultFile(folder, scenario, now()) if folder else None

    def keep(done: Round) -> None:
        if file is not None:
            file.keep(done)
        told = "  ".join(f"{goal.figure} {done.value(goal):.3g}" for goal in scenario.goals)
        print(f"{scenario.id}  round {done.number}, {done.first} first, load {done.load_average}:  {told}", flush=True)

    async with scenario.prepare(setting) as sides:
        return await run_rounds(sides, rounds, load_average, keep)


sys.exit(main(sys.argv[1:]))
