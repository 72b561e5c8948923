"""What is posted about schools and their classes, and what each cell about them names."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from itertools import count
from typing import Any, Final
from uuid import uuid4

from services.family.schools.domain import school_year_of
from tests.component.authorization import circulars, schools
from tests.component.authorization.matrix import SITE, Cell
from tests.component.authorization.world import World

LAST_DAY: Final = date(2051, 8, 31)
"""Of the year of which an end is told: each time a day sooner."""
SOONER: Final = count(1)
FRESH: Final = ("prepare_class_change", "confirm_class_change", "undo_class_change")
"""What is done of a school's year once."""


async def one_for(world: World, cell: Cell) -> str:
    """What a cell names: for what is done once, a thing of its own."""
    if cell.names == "circular":
        return await circulars.one(world, cell)
    town, year = world.town, school_year_of(await world.town.booking.today())
    if cell.operation.name == "close_class" and cell.expected == "ok":
        return await schools.school_class(town, SITE, year)
    if cell.operation.name in FRESH and cell.expected == "ok":
        code = f"ecole-{uuid4().hex[:8]}"
        await schools.school(town, code, year)
        if cell.names == "school":
            return code
        run_id = await schools.prepared(town, code, year)
        if cell.operation.name == "undo_class_change":
            await schools.call(town, "POST", f"/class-changes/{run_id}/confirmation")
            # The job waits while too much waits to be published.
            await town.services["family"].db.execute("delete from outbox")
            await town.services["family"].run_job("class_changes")
        return run_id
    return world.shared[cell.names]


async def _named(_world: World, _cell: Cell, _thing: str | None) -> Any:
    return {"label": f"CE1 {uuid4().hex[:8]}", "levels": ["ce1"]}


async def _new_class(world: World, cell: Cell, thing: str | None) -> Any:
    return await _named(world, cell, thing) | await _year(world, cell, thing)


async def _year(world: World, _cell: Cell, _thing: str | None) -> Any:
    return {"school_year": school_year_of(await world.town.booking.today())}


async def _schooling(world: World, _cell: Cell, _child_id: str | None) -> Any:
    day = date(2060, 8, 31) - timedelta(days=next(world.endings))
    return {"starts_on": str(day), "level": "ce1", "elsewhere": "École de Fontaine"}


async def _end(_world: World, _cell: Cell, _child_id: str | None) -> Any:
    return {"ends_on": str(LAST_DAY - timedelta(days=next(SOONER)))}


async def _steps(world: World, _cell: Cell, _run_id: str | None) -> Any:
    return {"steps": [{"class_id": world.shared["school_class"], "level": "ce1", "kind": "undecided"}]}


async def _pupil(_world: World, _cell: Cell, _run_id: str | None) -> Any:
    return {"kind": "leaves"}


BODIES: Final[Mapping[str, Callable[[World, Cell, str | None], Awaitable[Any]]]] = {
    "save_school": _named,
    "create_class": _new_class,
    "copy_classes": _year,
    "change_class": _named,
    "change_schooling": _schooling,
    "end_schooling": _end,
    "prepare_class_change": _year,
    "set_class_steps": _steps,
    "set_pupil_step": _pupil,
}
OBJECTS: Final = ("school", "school_class", "class_change", "circular")
