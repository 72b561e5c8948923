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


BODIES: Final[Mapping[str, Callable[[World, Cell, str | None], Awaitable[Any]]]] = {
    "change_residence": _residence,
    "change_home_days": _home_days,
    "move_enrollment": _move,
}
