"""Bodies of what is entered about a child's two homes."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

from tests.component.authorization.matrix import Cell
from tests.component.authorization.world import World


async def _residence(world: World, cell: Cell, _named: str | None) -> Any:
    household = {"other": "second", "erased": "erased"}.get(cell.about, "first")
    return {
        "pattern": "single",
        "household_ids": [world.owned[household]["household"]],
        "evidence": f"Jugement n° {next(world.endings)}",
        "starts_on": str(await world.town.booking.today()),
    }


async def _home_days(world: World, cell: Cell, _named: str | None) -> Any:
    """A day of its own each time: there is something to change."""
    day = str(await world.town.booking.day(next(world.endings) % 90))
    household = "second" if cell.about == "other" else "first"
    return {"household_id": world.owned[household]["household"], "starts_on": day, "ends_on": day}


async def _move(world: World, _cell: Cell, _named: str | None) -> Any:
    """To a household that the child does not belong to: what happens to one that it does, is for test_moves.py of booking."""
    day = str(await world.town.booking.day(1))
    return {"household_id": str(UUID(int=0)), "from_on": day, "reason": "Changement de foyer."}


async def _days(world: World, _cell: Cell, _named: str | None) -> Any:
    """To a household that is there, for children who are somebody's."""
    day = str(await world.town.booking.day(1))
    third = world.owned["left"]["household"] if "left" in world.owned else world.owned["second"]["household"]
    return {"household_id": third, "child_ids": [world.owned["first"]["child"]], "from_on": day}


async def _days_moved(world: World, cell: Cell, named: str | None) -> Any:
    """To a household that nobody knows: what happens to one that is known, is for test_days_moves.py of booking."""
    asked = {"household_id": str(UUID(int=0)), "reason": "Changement de foyer.", "fingerprint": "0" * 64}
    return await _days(world, cell, named) | asked


BODIES: Final[Mapping[str, Callable[[World, Cell, str | None], Awaitable[Any]]]] = {
    "change_residence": _residence,
    "change_home_days": _home_days,
    "move_enrollment": _move,
    "preview_days_move": _days,
    "move_days": _days_moved,
}
