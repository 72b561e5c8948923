"""Circulars as the matrix needs them: one to the school where everything stands, whose families were written to yesterday."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

from services.family.schools.domain import school_year_of
from tests.component.authorization import schools
from tests.component.authorization.matrix import SITE, Cell
from tests.component.authorization.world import World

CODE: Final = "autorisations_piscine"
NOBODY_SQL: Final = "delete from circular_children where circular_id = $1"
AGED_SQL: Final = "update circulars set mailed_on = mailed_on - 1 where circular_id = $1"


async def one(world: World, cell: Cell) -> str:
    """A circular that may be reminded of; one to whoever comes late is of nobody yet."""
    sent = await schools.call(world.town, "POST", "/circulars", await _new(world, None, None))
    await world.town.services["family"].db.execute(AGED_SQL, UUID(sent["circular_id"]))
    if cell.operation.name == "add_latecomers":
        await world.town.services["family"].db.execute(NOBODY_SQL, UUID(sent["circular_id"]))
    return str(sent["circular_id"])


async def _new(world: World, _cell: Cell | None, _named: str | None) -> Any:
    today = await world.town.services["family"].db.today()
    days = {"ends_on": str(today), "since_on": str(today)}
    return {"code": CODE, "school_code": SITE, "school_year": school_year_of(today), **days}


BODIES: Final[Mapping[str, Callable[[World, Cell, str | None], Awaitable[Any]]]] = {
    "preview_circular": _new,
    "send_circular": _new,
}
