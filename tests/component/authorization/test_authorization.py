"""Every cell of the authorization matrix, performed on the running services; and the check sees a check that is missing."""

from collections.abc import Iterable
from typing import Any

import pytest

from services.booking.bookings import commands
from tests.component.authorization.calls import answer_to, outcome
from tests.component.authorization.matrix import AGENTS, APPLICATIONS, DOCUMENT, SYSTEM, Cell, cells, performed
from tests.component.authorization.world import World

pytestmark = pytest.mark.anyio


async def violations(world: World, wanted: Iterable[Cell]) -> list[str]:
    """The cells whose answer is not the expected one, or names people with whom the caller has nothing to do."""
    found = []
    for cell in wanted:
        response = await answer_to(world, cell)
        what = f"{cell.operation.name}, {cell.actor}, {cell.about}"
        if (seen := outcome(response)) != cell.expected:
            found.append(f"{what}: {seen} instead of {cell.expected}: {response.text[:200]}")
        is_for_agents = response.is_success and cell.actor in (*AGENTS, SYSTEM)
        if not is_for_agents and any(name in response.text for name in world.strangers(cell.actor)):
            found.append(f"{what}: names a stranger")
    return found


@pytest.mark.parametrize("application", APPLICATIONS)
async def test_everybody_gets_what_the_matrix_says_and_nothing_else(world: World, application: str) -> None:
    wanted = performed(DOCUMENT.read_text(), application)
    assert wanted
    found = await violations(world, wanted)
    assert not found, "\n".join(found)


async def test_a_missing_check_of_ownership_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def anybody(*_arguments: Any) -> None:
        return None

    wanted = [
        cell
        for cell in cells(DOCUMENT.read_text())
        if (cell.operation.name, cell.actor, cell.about) == ("cancel_booking", "other_parent", "other")
    ]
    assert await violations(world, wanted) == []
    monkeypatch.setattr(commands, "require_access", anybody)
    assert len(await violations(world, wanted)) == 2
