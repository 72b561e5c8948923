"""Rounds of faults, a few at a time, each with targets drawn from a seed of its own; `DOSE` are those of every change."""

from collections.abc import Sequence
from random import Random

from tools.chaos.campaign import run_round
from tools.chaos.faults import FAULTS
from tools.chaos.ledger import Attempt
from tools.chaos.scene import Scene

ROUNDS = {
    "processes": ("kill-one-of-each", "kill-relay-before-removal", "commit-late", "deliver-twice"),
    "the month": ("kill-billing", "kill-edge", "kill-consumer-before-commit", "cut-connections"),
    "servers": ("kill-postgres", "kill-relay-before-publish", "trouble-payments", "trouble-mail"),
    "messages": ("poison", "replay-topic", "kill-job-holder", "cut-database"),
    "silence": ("freeze-service", "freeze-broker", "rebuild-replica", "kill-all-replicas"),
    "roles": ("kill-workers", "start-without-broker", "kill-broker", "rebuild-by-command", "kill-service"),
}
DOSE = ("the month", "messages")


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
