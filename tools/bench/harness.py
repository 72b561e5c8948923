"""The frame of every measure: our side and its peer take turns on the same prepared servers, and the order is swapped each round.

A scenario is a class without arguments that satisfies `Scenario`, listed in `tools/bench/__main__.py`:

    class HotSlot:
        id = "P2"
        title = "One hot slot that everybody wants"
        goals = (Goal("decisions_per_second", "1/s", is_more_better=True, release=1.5, product=3.0),)

        @asynccontextmanager
        async def prepare(self, setting: Setting) -> AsyncIterator[Sides]:
            ...                       # start servers under setting.folder, warm both sides up
            try:
                yield Race(...)       # has async ours(), peer() and check()
            finally:
                ...                   # stop what was started

`ours` and `peer` each return one `Outcome`, with a figure for every goal. A machine that is busy slows both sides of a
round, so a round is judged by its ratio ours / peer, and a run by the median of its rounds.
"""

import gc
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum, auto
from pathlib import Path
from typing import Any, Protocol


class InvariantBroken(Exception):
    """A side was fast and wrong: the run stops, and none of its figures counts. The text says what was found."""


class Side(StrEnum):
    """Who runs."""

    OURS = auto()
    PEER = auto()


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that both sides measure, and what is wanted of the ratio ours / peer.

    `release` is the target of this release, `product` the one of the finished product; None where there is none. With
    `is_absolute` the peer need not measure it, and the targets are values of ours, in `unit`.
    """

    figure: str
    unit: str
    is_more_better: bool
    release: float | None
    product: float | None
    is_absolute: bool = False

    def judge(self, value: float, target: float | None) -> bool | None:
        """Whether a ratio (or an absolute value of ours) meets a target; None without a target."""
        if target is None:
            return None
        return value >= target if self.is_more_better else value <= target


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one side measured in one round: a value by figure, and whatever explains it (JSON values)."""

    figures: Mapping[str, float]
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a scenario may write, and whether it is only tried out: `is_quick` asks for about a fifth of the work.

    `households` is the size of the town, where it makes a difference.
    """

    folder: Path
    is_quick: bool
    households: int = 20_000


class Sides(Protocol):
    """Both sides, ready to run. They share servers, and neither leaves work behind for the other."""

    async def ours(self) -> Outcome:
        """Run the product's side once."""
        ...

    async def peer(self) -> Outcome:
        """Run the bare peer once."""
        ...

    async def check(self) -> None:
        """Look at what our side left behind, after each round.

        Raises:
            InvariantBroken: something that must always hold does not.
        """
        ...


class Scenario(Protocol):
    """One measure; see the module's docstring for an example."""

    @property
    def id(self) -> str:
        """Its short name, such as P4."""
        ...

    @property
    def title(self) -> str:
        """One line for the table."""
        ...

    @property
    def goals(self) -> Sequence[Goal]:
        """Its figures, the most telling first."""
        ...

    def prepare(self, setting: Setting) -> AbstractAsyncContextManager[Sides]:
        """Start real servers, fill them, warm both sides up; on leaving, stop and remove everything."""
        ...


@dataclass(frozen=True, slots=True)
class Round:
    """Both outcomes of one round, who went first, and the load average (1 minute) just before."""

    number: int
    first: Side
    load_average: float
    ours: Outcome
    peer: Outcome

    def value(self, goal: Goal) -> float:
        """What the round says about a goal: the ratio ours / peer, or our value where the goal is absolute."""
        ours = self.ours.figures[goal.figure]
        return ours if goal.is_absolute else ours / self.peer.figures[goal.figure]


def order(number: int) -> tuple[Side, Side]:
    """Who runs first and second in a round, counted from 1: we begin, then they, then we again."""
    return (Side.OURS, Side.PEER) if number % 2 else (Side.PEER, Side.OURS)


async def run_rounds(
    sides: Sides, rounds: int, load_average: Callable[[], float], keep: Callable[[Round], None]
) -> Sequence[Round]:
    """Run both sides `rounds` times in alternating order; each round is kept as soon as its check has passed.

    Raises:
        InvariantBroken: the check of a round failed; the rounds before it were kept.
    """
    done: list[Round] = []
    # As a service does before it serves: what a scenario prepared is no work of the collector's while it measures.
    gc.collect()
    gc.freeze()
    for number in range(1, rounds + 1):
        load = load_average()
        outcomes = {side: await (sides.ours() if side is Side.OURS else sides.peer()) for side in order(number)}
        await sides.check()
        done.append(Round(number, order(number)[0], load, outcomes[Side.OURS], outcomes[Side.PEER]))
        keep(done[-1])
    return done
