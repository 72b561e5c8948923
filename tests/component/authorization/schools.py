"""A school at the site where everything stands, as the matrix needs it: a class, pupils of two households, and a change of classes."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from services.family.schools.domain import school_year_of
from tests.component.authorization.matrix import SITE, Cell
from tests.component.gateway.town import Town

if TYPE_CHECKING:
    from tests.component.authorization.world import World

LAST_DAY: Final = date(2051, 8, 31)
"""Of the year of which an end is told: each time a day sooner."""
FRESH: Final = ("prepare_class_change", "confirm_class_change", "undo_class_change")
"""What is done of a school's year once."""


async def opened(town: Town, child_ids: list[str]) -> dict[str, str]:
    """The school's code, its class with these children, and its change of classes that nobody started."""
    year = school_year_of(await town.booking.today())
    class_id = await _school(town, SITE, year)
    for child_id in child_ids:
        for starts_on, place in ((date(year, 9, 1), class_id), (date(2050, 9, 1), None)):
            body = {"starts_on": str(starts_on), "level": "ce1", "school_code": SITE, "class_id": place}
            await _call(town, "PUT", f"/children/{child_id}/schooling", body)
    return {"school": SITE, "school_class": class_id, "class_change": await _prepared(town, SITE, year)}


async def one_for(world: "World", cell: Cell) -> str:
    """What a cell names: for what is done once, a thing of its own."""
    town, year = world.town, school_year_of(await world.town.booking.today())
    if cell.operation.name == "close_class" and cell.expected == "ok":
        return await _class(town, SITE, year)
    if cell.operation.name in FRESH and cell.expected == "ok":
        code = f"ecole-{uuid4().hex[:8]}"
        await _school(town, code, year)
        if cell.names == "school":
            return code
        run_id = await _prepared(town, code, year)
        if cell.operation.name == "undo_class_change":
            await _call(town, "POST", f"/class-changes/{run_id}/confirmation")
            await town.services["family"].run_job("class_changes")
        return run_id
    return world.shared[cell.names]


async def _school(town: Town, code: str, year: int) -> str:
    await _call(town, "PUT", f"/schools/{code}", {"label": f"École {code}", "levels": ["ce1"]})
    return await _class(town, code, year)


async def _class(town: Town, code: str, year: int) -> str:
    body = {"school_year": year, "label": f"CE1 {uuid4().hex[:8]}", "levels": ["ce1"]}
    return str((await _call(town, "POST", f"/schools/{code}/classes", body))["class_id"])


async def _prepared(town: Town, code: str, year: int) -> str:
    answer = await _call(town, "POST", f"/schools/{code}/class-changes", {"school_year": year})
    return str(answer["run_id"])


async def _call(town: Town, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    family = town.services["family"]
    answer = await family.client.request(method, path, json=body, headers=family.as_system() | family.key())
    assert answer.is_success, answer.text
    return answer.json()


async def _named(_world: "World", _cell: Cell, _thing: str | None) -> Any:
    return {"label": f"CE1 {uuid4().hex[:8]}", "levels": ["ce1"]}


async def _new_class(world: "World", cell: Cell, thing: str | None) -> Any:
    return await _named(world, cell, thing) | await _year(world, cell, thing)


async def _year(world: "World", _cell: Cell, _thing: str | None) -> Any:
    return {"school_year": school_year_of(await world.town.booking.today())}


async def _schooling(world: "World", _cell: Cell, _child_id: str | None) -> Any:
    day = date(2060, 8, 31) - timedelta(days=next(world.endings))
    return {"starts_on": str(day), "level": "ce1", "elsewhere": "École de Fontaine"}


async def _end(world: "World", _cell: Cell, _child_id: str | None) -> Any:
    return {"ends_on": str(LAST_DAY - timedelta(days=next(world.endings) + 1))}


async def _steps(world: "World", _cell: Cell, _run_id: str | None) -> Any:
    return {"steps": [{"class_id": world.shared["school_class"], "level": "ce1", "kind": "undecided"}]}


async def _pupil(_world: "World", _cell: Cell, _run_id: str | None) -> Any:
    return {"kind": "leaves"}


BODIES: Final[Mapping[str, Callable[["World", Cell, str | None], Awaitable[Any]]]] = {
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
OBJECTS: Final = ("school", "school_class", "class_change")
