"""A campaign: faults after faults under load, drawn from a seed; after every few of them the invariants are checked.

The seed gives the order of faults, their targets, what people do and the keys of their requests. How it all interleaves is
the machine's doing, so a seed that failed repeats the same attack, not the same microseconds.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from .evidence import gathered, settle
from .invariants import violations
from .load import Load
from .month import Month
from .scene import Fault, Scene
from .town import Town

FAULTS_PER_ROUND: Final = 3
MONTH_ROUND: Final = 1
WARM_SECONDS: Final = 2.0

Say = Callable[[str], None]


@dataclass(slots=True)
class Verdict:
    """How a campaign ended."""

    injected: int = 0
    rounds: int = 0
    slowest_seconds: float = 0.0
    violations: list[str] = field(default_factory=list)


def schedule(faults: Sequence[Fault], seed: int) -> Iterator[tuple[Fault, Random]]:
    """Faults without end, each with its own choices: all of them once in a drawn order, then all of them again."""
    order = Random(seed)
    number = 0
    while True:
        for fault in order.sample(faults, len(faults)):
            number += 1
            yield fault, Random(f"{seed} {number}")


async def run_campaign(town: Town, faults: Sequence[Fault], seed: int, seconds: float, say: Say) -> Verdict:
    """Inject faults for so many seconds, and check; it ends at the first violation."""
    load = Load(town, seed)
    await load.prepare()
    scene = Scene(town, load, Random(seed))
    verdict = Verdict()
    planned = schedule(faults, seed)
    began = time.monotonic()
    while time.monotonic() - began < seconds and not verdict.violations:
        chosen = [next(planned) for _ in range(FAULTS_PER_ROUND)]
        await run_round(scene, chosen, verdict, say, with_month=verdict.rounds == MONTH_ROUND)
    return verdict


async def run_round(
    scene: Scene, faults: Sequence[tuple[Fault, Random]], verdict: Verdict, say: Say, *, with_month: bool = False
) -> None:
    """A few faults under load, one after the other, then the way back to quiet and every invariant.

    `with_month` has the month invoiced and paid meanwhile, which a town does once.
    """
    town, load = scene.town, scene.load
    month: asyncio.Task[None] | None = None
    async with load.running():
        await asyncio.sleep(WARM_SECONDS)
        if with_month:
            month = asyncio.create_task(whole_month(load))
        for fault, chance in faults:
            scene.chance = chance
            at = time.strftime("%H:%M:%S")
            done = await fault.inject(scene)
            verdict.injected += 1
            say(f"{at}  {fault.name}: {done}")
        if month:
            await month
    verdict.rounds += 1
    quiet = await settle(town)
    verdict.slowest_seconds = max(verdict.slowest_seconds, quiet)
    async with gathered(town, load.journal, scene.poison) as evidence:
        verdict.violations += await violations(evidence)
        counts = load.journal.counts()
        say(
            f"{time.strftime('%H:%M:%S')}  quiet after {quiet:.1f} s; {counts['accepted']} accepted,"
            f" {counts['refused']} refused, {len(evidence.records)} records: {verdict.violations or 'no violation'}"
        )


async def whole_month(load: Load) -> None:
    """Attendance, draft, issue, and the payments of half the families."""
    month = Month(load)
    await month.take_attendance()
    await month.issue(await month.open_run())
    await month.pay(limit=len(load.families) // 2)
