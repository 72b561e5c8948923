"""Every cell of the authorization matrix, performed on the running services; and the check sees a check that is missing."""

from collections.abc import Iterable
from typing import Any

import pytest

from services.booking.bookings.domain import BookingFacts
from tests.component.authorization.calls import answer_to, outcome
from tests.component.authorization.matrix import AGENTS, APPLICATIONS, DOCUMENT, SYSTEM, Cell, cells
from tests.component.authorization.world import World

pytestmark = pytest.mark.anyio


async def violations(world: World, wanted: Iterable[Cell]) -> list[str]:
    """The cells whose answer is not the expected one, or names people with whom the caller has nothing to do."""
    faults = []
    for cell in wanted:
        response = await answer_to(world, cell)
        what = f"{cell.operation.name}, {cell.actor}, {cell.about}"
        if (seen := outcome(response)) != cell.expected:
            faults.append(f"{what}: {seen} instead of {cell.expected}: {response.text[-500:]}")
        is_for_agents = response.is_success and cell.actor in (*AGENTS, SYSTEM)
        if not is_for_agents and any(name in response.text for name in world.strangers(cell.actor)):
            faults.append(f"{what}: names a stranger")
    return faults


@pytest.mark.parametrize("application", APPLICATIONS)
async def test_everybody_gets_what_the_matrix_says_and_nothing_else(world: World, application: str) -> None:
    wanted = [cell for cell in cells(DOCUMENT.read_text()) if cell.operation.application == application]
    assert wanted
    faults = await violations(world, wanted)
    assert not faults, "\n".join(faults)


async def test_a_missing_check_of_ownership_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def anybody(*_arguments: Any) -> bool:
        return True

    wanted = [
        cell
        for cell in cells(DOCUMENT.read_text())
        if (cell.operation.name, cell.names, cell.actor, cell.about)
        == ("change_bookings", "booking", "other_parent", "other")
    ]
    assert await violations(world, wanted) == []
    monkeypatch.setattr(BookingFacts, "is_for", anybody)
    assert len(await violations(world, wanted)) == 1
