"""`python -m tools.bench [P1 P2 P4 P6 P8 P10 P11 P12 P16 P17] [--rounds 5] [--quick]`: run scenarios, keep their rounds, print the table.

With `--against` other trees run the same scenarios beside this one: see `compare.py`. It is a measure, not a test: the exit code is 0
whatever the verdicts, and 1 when an invariant broke.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import uvloop

from deploy.local.child import LauncherError

from .bookings import HotSlot, HttpBookings
from .checkouts import Checkout, checkout
from .compare import Duel, Plan, compare, comparison
from .footprint import Footprint
from .gateway_calls import Forwarder, Screen
from .harness import InvariantBroken, Round, Scenario, Setting, run_rounds
from .imports import ImportOfTown
from .invoicing import InvoiceRunOfTown
from .replica import CommitToReplica
from .results import FOLDER, ResultFile, load_average, now, table
from .searches import Searches
from .sign_ins import SignInRush

SCENARIOS: Mapping[str, Callable[[], Scenario]] = {
    scenario.id: scenario
    for scenario in (
        HttpBookings,
        HotSlot,
        CommitToReplica,
        InvoiceRunOfTown,
        Screen,
        Footprint,
        Forwarder,
        Searches,
        SignInRush,
        ImportOfTown,
    )
}
USUAL = ("P1", "P2", "P4", "P10")


def main(arguments: list[str]) -> int:
    """Run what is asked for, one scenario after the other."""
    asked = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # servers are stopped and folders removed all the same
    folder = asked.results or (None if asked.quick else FOLDER)
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        Path(temporary).chmod(0o755)  # PostgreSQL may have to run under another account
        try:
            print(
                _compare(asked, Path(temporary), folder) if asked.against else _measure(asked, Path(temporary), folder)
            )
        except InvariantBroken as broken:
            print(f"invariant broken: {broken}", file=sys.stderr)
            return 1
        except LauncherError as failed:
            print(failed, file=sys.stderr)
            return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("scenarios", nargs="*", choices=SCENARIOS, metavar="/".join(SCENARIOS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="a fifth of the work, to see that it runs")
    parser.add_argument("--households", type=int, default=20_000, help="of P6")
    parser.add_argument("--results", type=Path, help="folder of the raw results")
    parser.add_argument("--against", nargs="+", default=(), metavar="TREE", help="checkouts, patches or commits")
    parser.add_argument("--seconds", type=float, default=0, help="with --against: of a turn of P1 or P4")
    parser.add_argument("--no-peer", action="store_true", help="with --against: the trees alone")
    return parser


def _measure(asked: argparse.Namespace, temporary: Path, folder: Path | None) -> str:
    """This tree against the peers."""
    results = []
    for name in asked.scenarios or USUAL:
        chosen = SCENARIOS[name]()
        print(f"{name}  {chosen.title}", flush=True)
        own = temporary / name
        own.mkdir()
        own.chmod(0o755)
        setting = Setting(own, asked.quick, asked.households)
        results.append((chosen, uvloop.run(_run(chosen, asked.rounds, setting, folder))))
    return table(results)


async def _run(scenario: Scenario, rounds: int, setting: Setting, folder: Path | None) -> Sequence[Round]:
    file = ResultFile(folder, scenario, now()) if folder else None

    def keep(done: Round) -> None:
        if file is not None:
            file.keep(done)
        figures = "  ".join(f"{goal.figure} {done.value(goal):.3g}" for goal in scenario.goals)
        print(
            f"{scenario.id}  round {done.number}, {done.first} first, load {done.load_average}:  {figures}", flush=True
        )

    async with scenario.prepare(setting) as sides:
        return await run_rounds(sides, rounds, load_average, keep)


def _compare(asked: argparse.Namespace, temporary: Path, folder: Path | None) -> str:
    """This tree against others."""
    plan = Plan(asked.rounds, asked.seconds, asked.quick, not asked.no_peer)
    results = []
    with ExitStack() as stack:
        rivals = [stack.enter_context(checkout(named, temporary)) for named in asked.against]
        for name in asked.scenarios or USUAL:
            chosen = SCENARIOS[name]()
            print(f"{name}  {chosen.title}", flush=True)
            results.append((chosen, uvloop.run(_duel(chosen, rivals, plan, folder))))
    return comparison(results)


async def _duel(scenario: Scenario, rivals: Sequence[Checkout], plan: Plan, folder: Path | None) -> Sequence[Duel]:
    file = ResultFile(folder, scenario, now()) if folder else None

    def keep(done: Duel) -> None:
        if file is not None:
            file.keep(done)
        figures = "  ".join(f"{goal.figure} {done.ratio(goal) or 0:.3f}" for goal in scenario.goals)
        print(f"{scenario.id}  round {done.number}, {done.rival}, load {load_average()}:  {figures}", flush=True)

    return await compare(scenario, rivals, plan, keep)


sys.exit(main(sys.argv[1:]))
