"""A campaign: faults after faults under load, drawn from a seed; after every few of them the invariants are checked.

The seed gives the order of faults, their targets, what people do and the keys of their requests. How it all interleaves is
the machine's doing, so a seed that failed repeats the same attack, not the same microseconds. A campaign lives through several
towns: each is opened anew, works for so many rounds, and ends with its first violation.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from random import Random
from typing import Final

from .evidence import gathered, settle
from .invariants import violations
from .ledger import Attempt, Round
from .load import Load
from .month import Month
from .scene import Fault, Scene
from .town import MissedInstant, Town

FAULTS_PER_ROUND: Final = 3
# Repeated topics double their records: a town does not live through too many of those.
ROUNDS_PER_TOWN: Final = 15
MONTH_ROUND: Final = 1
WARM_SECONDS: Final = 2.0

Say = Callable[[str], None]


def schedule(faults: Sequence[Fault], seed: int) -> Iterator[tuple[Fault, Random]]:
    """Faults without end, each with its own choices: all of them once in a drawn order, then all of them again."""
    order = Random(seed)
    number = 0
    while True:
        for fault in order.sample(faults, len(faults)):
            number += 1
            yield fault, Random(f"{seed} {number}")


async def rounds_of_town(
    town: Town, load: Load, planned: Iterator[tuple[Fault, Random]], say: Say
) -> AsyncIterator[Round]:
    """The rounds of one town under a load that is prepared here, up to its last, or to its first violation."""
    await load.prepare()
    scene = Scene(town, load, Random(0))
    for number in range(ROUNDS_PER_TOWN):
        chosen = [next(planned) for _ in range(FAULTS_PER_ROUND)]
        done = await run_round(scene, chosen, say, with_month=number == MONTH_ROUND)
        yield done
        if done.violations:
            return


async def run_round(
    scene: Scene, faults: Sequence[tuple[Fault, Random]], say: Say, *, with_month: bool = False
) -> Round:
    """A few faults under load, one after the other, then the way back to quiet and every invariant.

    `with_month` has the month invoiced and paid meanwhile, which a town does once. Whatever stops the round is a violation: a
    portal that does not come back, or a fault that could not be carried out.
    """
    attempts: list[Attempt] = []
    try:
        await _under_load(scene, faults, attempts, say, with_month=with_month)
        quiet = await settle(scene.town)
        async with gathered(scene.town, scene.load.journal, scene.poison) as evidence:
            findings = await violations(evidence)
            counts, records = scene.load.journal.counts(), len(evidence.records)
    except Exception as error:
        say(f"{_now()}  {type(error).__name__}: {error}")
        return Round(attempts, [f"{type(error).__name__}: {error}"])
    say(
        f"{_now()}  quiet after {quiet:.1f} s; {counts['accepted']} accepted, {counts['refused']} refused,"
        f" {records} records: {findings or 'no violation'}"
    )
    return Round(attempts, findings, quiet)


async def _under_load(
    scene: Scene, faults: Sequence[tuple[Fault, Random]], attempts: list[Attempt], say: Say, *, with_month: bool
) -> None:
    month: asyncio.Task[None] | None = None
    async with scene.load.running():
        await asyncio.sleep(WARM_SECONDS)
        try:
            if with_month:
                month = asyncio.create_task(whole_month(scene.load))
            for fault, chance in faults:
                at = _now()
                attempts.append(await attempt(scene, fault, chance))
                say(f"{at}  {fault.name}: {attempts[-1].words}")
            if month:
                await month
        finally:
            if month:
                month.cancel()


async def attempt(scene: Scene, fault: Fault, chance: Random) -> Attempt:
    """Inject one fault; one that misses its instant is no error, and counts apart."""
    scene.chance = chance
    try:
        return Attempt(fault.name, await fault.inject(scene))
    except MissedInstant as missed:
        return Attempt(fault.name, f"missed its instant: {missed}", is_missed=True)


async def whole_month(load: Load) -> None:
    """Attendance, draft, issue, and the payments of half the families."""
    month = Month(load)
    await month.take_attendance()
    await month.issue(await month.open_run())
    await month.pay(limit=len(load.families) // 2)


def _now() -> str:
    return time.strftime("%H:%M:%S")
