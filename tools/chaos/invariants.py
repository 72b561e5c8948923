"""The invariants of the product that a fault must not break: each is a function that gives what is wrong, in sentences.

`INVARIANTS` lists them by their code. They look at `Evidence` of a quiet portal and change nothing. That the portal gets
quiet again (I16) is `evidence.settle`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from . import answers, delivery, money, replicas
from .evidence import Evidence

SHOWN_MAX = 5


@dataclass(frozen=True, slots=True)
class Invariant:
    """What always holds; `find` gives each place where it does not."""

    code: str
    find: Callable[[Evidence], Awaitable[list[str]]]

    @property
    def statement(self) -> str:
        """What it says, in one sentence."""
        return (self.find.__doc__ or "").partition("\n")[0]


INVARIANTS: tuple[Invariant, ...] = (
    Invariant("I1", money.no_oversell),
    Invariant("I2", answers.accepted_exists),
    Invariant("I3", money.one_live_charge),
    Invariant("I4", money.ledger_balances),
    Invariant("I5", delivery.published_and_applied_once),
    Invariant("I5", delivery.told_once),
    Invariant("I6", delivery.in_order),
    Invariant("I8", money.payments_agree),
    Invariant("I9", replicas.replicas_are_folds),
    Invariant("I9", replicas.prices_are_folds),
    Invariant("I10", answers.one_effect_per_key),
    Invariant("I11", delivery.events_are_changes),
    Invariant("I12", delivery.poison_rests),
    Invariant("I13", answers.acknowledged_is_durable),
    Invariant("I14", money.numbers_are_continuous),
    Invariant("I15", answers.nobody_is_named),
    Invariant("I18", delivery.accounts_stand_for_people),
)


async def violations(evidence: Evidence, invariants: Sequence[Invariant] = INVARIANTS) -> list[str]:
    """What is wrong, each with its invariant's code; of each invariant the first few."""
    findings = []
    for invariant in invariants:
        faults = await invariant.find(evidence)
        findings += [f"{invariant.code} {fault}" for fault in faults[:SHOWN_MAX]]
        if len(faults) > SHOWN_MAX:
            findings.append(f"{invariant.code} ... and {len(faults) - SHOWN_MAX} more")
    return findings
