"""Comparing: this tree and others run the same scenario in alternated turns, each on servers of its own that stay up between the rounds.

    python -m tools.bench P1 P2 --against ../other-checkout --rounds 7
    python -m tools.bench P1 P2 --against without_memory.patch without_pacing.patch --rounds 7 --seconds 6 --no-peer

A round has, for each rival, a turn of this tree right beside one of the rival, and the order is swapped from round to round; then, unless
it is left out, a turn of the peer. A rival is judged by the median of its rounds' ratios, and by their range.
"""

import asyncio
import json
import statistics
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .checkouts import HERE, Checkout
from .harness import Goal, InvariantBroken, Outcome, Scenario

DRIVER = Path(__file__).parent / "driver.py"
LINE_MAX_BYTES = 16_000_000
STOP_SECONDS = 60
RIVALS_AT_ONCE = 4
"""Servers at rest take three hundredths of a processor for each tree."""
GAIN_WANTED = 1.1
HEADINGS = ("", "figure", "here", "other", "", "here / other (range)", "a tenth better", "here / peer", "other / peer")


@dataclass(frozen=True, slots=True)
class Plan:
    """How often, how long (0: as the scenario has it), and whether the peer runs too."""

    rounds: int
    seconds: float = 0
    is_quick: bool = False
    has_peer: bool = True


class Contender(Protocol):
    """A tree that is ready to take turns."""

    @property
    def name(self) -> str: ...

    async def turn(self, side: str) -> Outcome:
        """Run `ours` or `peer` once.

        Raises:
            InvariantBroken: it was fast and wrong.
        """
        ...


@dataclass(frozen=True, slots=True)
class Duel:
    """What a rival did in a round, what this tree did beside it, and what the peer did in that round, if it ran."""

    number: int
    rival: str
    first: str
    here: Outcome
    there: Outcome
    peer: Outcome | None = None

    def ratio(self, goal: Goal) -> float | None:
        """This tree's figure by the rival's; None where the rival's is nothing."""
        divisor = self.there.figures[goal.figure]
        return self.here.figures[goal.figure] / divisor if divisor else None

    def ratios_to_peer(self, goal: Goal) -> tuple[float, float] | None:
        """Both figures by the peer's; None without one."""
        divisor = self.peer.figures.get(goal.figure) if self.peer else None
        return (
            (self.here.figures[goal.figure] / divisor, self.there.figures[goal.figure] / divisor) if divisor else None
        )


@asynccontextmanager
async def driven(checkout: Checkout, scenario: str, plan: Plan) -> AsyncIterator[Contender]:
    """A process that runs the scenario of a checkout, prepared.

    Raises:
        InvariantBroken: it ended instead.
    """
    process = await asyncio.create_subprocess_exec(
        *(checkout.python, "-P", str(DRIVER), scenario, str(plan.seconds), str(int(plan.is_quick))),
        cwd=checkout.folder,
        env=checkout.environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE_MAX_BYTES,
    )
    contender = _Driven(checkout.name, process)
    try:
        await contender.answer()
        yield contender
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


@dataclass(slots=True)
class _Driven:
    name: str
    process: asyncio.subprocess.Process

    async def turn(self, side: str) -> Outcome:
        """As `Contender.turn`."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{side}\n".encode())
        line = await self.answer()
        return Outcome(line["figures"], line["details"])

    async def answer(self) -> dict[str, dict[str, float]]:
        """The next line."""
        assert self.process.stdout is not None
        line = json.loads(await self.process.stdout.readline() or '{"broken": "its process ended"}')
        if "broken" in line:
            raise InvariantBroken(f"{self.name}: {line['broken']}")
        return dict(line)


async def compare(
    scenario: Scenario, rivals: Sequence[Checkout], plan: Plan, keep: Callable[[Duel], None]
) -> Sequence[Duel]:
    """Start the trees, some at once, one after the other, and run the rounds.

    Raises:
        InvariantBroken: a tree was fast and wrong, or its process ended.
    """
    duels: list[Duel] = []
    for start in range(0, len(rivals), RIVALS_AT_ONCE):
        async with AsyncExitStack() as stack:
            here = await stack.enter_async_context(driven(HERE, scenario.id, plan))
            together = rivals[start : start + RIVALS_AT_ONCE]
            others = [await stack.enter_async_context(driven(rival, scenario.id, plan)) for rival in together]
            duels += await run_duels(here, others, plan, keep)
    return duels


async def run_duels(
    here: Contender, rivals: Sequence[Contender], plan: Plan, keep: Callable[[Duel], None]
) -> Sequence[Duel]:
    """The rounds of prepared trees."""
    duels: list[Duel] = []
    for number in range(1, plan.rounds + 1):
        round_duels = []
        for rival in rivals:
            first, second = (here, rival) if number % 2 else (rival, here)
            outcomes = {first.name: await first.turn("ours"), second.name: await second.turn("ours")}
            round_duels.append((rival, first.name, outcomes))
        peer = await here.turn("peer") if plan.has_peer else None
        for rival, first_name, outcomes in round_duels:
            duels.append(Duel(number, rival.name, first_name, outcomes[here.name], outcomes[rival.name], peer))
            keep(duels[-1])
    return duels


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of ratios, with the smallest and the largest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float | None]) -> "Spread | None":
        """None where a ratio is missing."""
        known = [value for value in values if value is not None]
        return cls(statistics.median(known), min(known), max(known)) if known and len(known) == len(values) else None

    def is_a_tenth_better(self, is_more_better: bool) -> bool:
        """Whether this tree gains more than a tenth over the other, and no round says that it gains nothing."""
        if is_more_better:
            return self.median > GAIN_WANTED and self.low > 1
        return self.median < 1 / GAIN_WANTED and self.high < 1

    def __str__(self) -> str:
        return f"{self.median:.3f} ({self.low:.3f}-{self.high:.3f})"


def comparison(results: Sequence[tuple[Scenario, Sequence[Duel]]]) -> str:
    """A line for each scenario, rival and figure, as aligned text."""
    rows: list[tuple[str, ...]] = [HEADINGS]
    for scenario, duels in results:
        for rival in dict.fromkeys(duel.rival for duel in duels):
            own = [duel for duel in duels if duel.rival == rival]
            rows += [_row(scenario.id, rival, goal, own) for goal in scenario.goals]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _row(scenario: str, rival: str, goal: Goal, duels: Sequence[Duel]) -> tuple[str, ...]:
    spread = Spread.of([duel.ratio(goal) for duel in duels])
    to_peer = [duel.ratios_to_peer(goal) for duel in duels]
    by_peer = [Spread.of([pair[side] if pair else None for pair in to_peer]) for side in (0, 1)]
    here = statistics.median(duel.here.figures[goal.figure] for duel in duels)
    there = statistics.median(duel.there.figures[goal.figure] for duel in duels)
    verdict = "" if spread is None else ("yes" if spread.is_a_tenth_better(goal.is_more_better) else "no")
    return (
        scenario,
        goal.figure.replace("_", " "),
        f"{here:.4g} {goal.unit}",
        f"{there:.4g} {goal.unit}",
        rival,
        str(spread or "-"),
        verdict,
        *(str(side_spread or "-") for side_spread in by_peer),
    )
