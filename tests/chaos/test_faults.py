"""Faults under load, a few at a time: afterwards the portal gets quiet within its limit, and every invariant holds.

Each fault draws its targets from a seed of its own. The month is taken, invoiced and paid while billing dies.
"""

from collections.abc import Sequence
from random import Random

import pytest

from tools.chaos.campaign import run_round, schedule
from tools.chaos.faults import FAULTS
from tools.chaos.ledger import Attempt
from tools.chaos.scene import Scene

pytestmark = pytest.mark.anyio

ROUNDS = {
    "processes": ("kill-one-of-each", "kill-relay-before-removal", "commit-late", "deliver-twice"),
    "the month": ("kill-billing", "kill-edge", "kill-consumer-before-commit", "cut-connections"),
    "servers": ("kill-postgres", "kill-relay-before-publish", "trouble-payments", "trouble-mail"),
    "messages": ("poison", "replay-topic", "kill-job-holder", "cut-database"),
    "silence": ("freeze-service", "freeze-broker", "rebuild-replica", "kill-all-replicas"),
    "roles": ("kill-workers", "start-without-broker", "kill-broker", "rebuild-by-command", "kill-service"),
}


@pytest.mark.parametrize("name", ROUNDS)
async def test_portal_survives(scene: Scene, name: str) -> None:
    await survive(scene, name, ROUNDS[name])


async def survive(scene: Scene, name: str, faults: Sequence[str]) -> None:
    """Inject these faults in one round; one that misses its instant is tried once more."""
    lines: list[str] = []
    injected: list[Attempt] = []
    left = list(faults)
    for time in ("", " again"):
        drawn = [(FAULTS[fault], Random(f"{name} {fault}{time}")) for fault in left]
        done = await run_round(scene, drawn, lines.append, with_month=name == "the month" and not time)
        assert done.violations == [], "\n".join(lines)
        injected += [attempt for attempt in done.attempts if not attempt.is_missed]
        left = done.missed
        if not left:
            break
    assert len(injected) == len(faults), "\n".join(lines)


def test_every_fault_is_in_a_round() -> None:
    assert {fault for round_faults in ROUNDS.values() for fault in round_faults} == set(FAULTS)


def test_a_seed_gives_the_same_schedule_again() -> None:
    first, again = (schedule(list(FAULTS.values()), 7) for _ in range(2))
    for _ in range(2 * len(FAULTS)):
        (fault, chance), (fault_again, chance_again) = next(first), next(again)
        assert (fault, chance.random()) == (fault_again, chance_again.random())
