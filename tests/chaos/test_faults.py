"""Faults under load, a few at a time: afterwards the portal gets quiet within its limit, and every invariant holds.

The month is taken, invoiced and paid while billing dies. The other rounds are in `tests/campaign`.
"""

import pytest

from tests.chaos.rounds import DOSE, ROUNDS, survive
from tools.chaos.campaign import schedule
from tools.chaos.faults import FAULTS
from tools.chaos.scene import Scene

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("name", DOSE)
async def test_portal_survives(scene: Scene, name: str) -> None:
    await survive(scene, name, ROUNDS[name])


def test_every_fault_is_in_a_round() -> None:
    assert {fault for round_faults in ROUNDS.values() for fault in round_faults} == set(FAULTS)


def test_a_seed_gives_the_same_schedule_again() -> None:
    first, again = (schedule(list(FAULTS.values()), 7) for _ in range(2))
    for _ in range(2 * len(FAULTS)):
        (fault, chance), (fault_again, chance_again) = next(first), next(again)
        assert (fault, chance.random()) == (fault_again, chance_again.random())
