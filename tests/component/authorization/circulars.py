"""Circulars as the matrix needs them: one to the school where everything stands, whose families were written to yesterday."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

from services.family.schools.domain import school_year_of
from tests.component.authorization import schools
from tests.component.authorization.matrix import SITE, Cell
from tests.component.authorization.world import World

CODE: Final = "autorisations_piscine"
AGED_SQL: Final = "update circulars set mailed_on = mailed_on - 1 where circular_id = $1"


async def one(world: World) -> str:
    """A circular that may be reminded of."""
    sent = await schools.call(world.town, "POST", "/circulars", await _new(world, None, None))
    await world.town.services["family"].db.execute(AGED_SQL, UUID(sent["circular_id"]))
    return str(sent["circular_id"])


async def _new(world: World, _cell: Cell | None, _named: str | None) -> Any:
    today = await world.town.services["family"].db.today()
    days = {"ends_on": str(today), "since_on": str(today)}
    return {"code": CODE, "school_code": SITE, "school_year": school_year_of(today), **days}


BODIES: Final[Mapping[str, Callable[[World, Cell, str | None], Awaitable[Any]]]] = {
    "preview_circular": _new,
    "send_circular": _new,
}
