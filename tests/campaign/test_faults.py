"""The rounds of faults that `make test` leaves out: afterwards the portal gets quiet within its limit, and every invariant holds."""

import pytest

from tests.chaos.rounds import DOSE, ROUNDS, survive
from tools.chaos.scene import Scene

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("name", [name for name in ROUNDS if name not in DOSE])
async def test_portal_survives(scene: Scene, name: str) -> None:
    await survive(scene, name, ROUNDS[name])
