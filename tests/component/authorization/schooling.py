"""School sectors and derogations as the matrix needs them: a segment to take out, a plan that changed, a request that waits."""

from base64 import b64encode
from typing import Any, Final
from uuid import uuid4

from tests.component.authorization import schools
from tests.component.authorization.child_files import school_year
from tests.component.authorization.matrix import SITE, Cell
from tests.component.authorization.world import World

LINES: Final = "École;Du niveau;Au niveau;Commune;Voie\nmaison;CP;CM2;Valmont;Rue des Tilleuls\n"
FILE: Final = {"content": b64encode(LINES.encode()).decode()}


def _segment(world: World) -> dict[str, Any]:
    """A street of its own each time."""
    street = f"Rue du {next(world.endings)} mai"
    return {"school": "maison", "first_level": "cp", "last_level": "cm2", "city": "Valmont", "street": street}


async def _add(world: World) -> str:
    family, body = world.town.services["family"], _segment(world)
    path = f"/sectors/{school_year(await family.db.today())}/segments"
    answer = await family.client.post(path, json=body, headers=family.as_system() | family.key())
    assert answer.status_code == 201, answer.text
    return str(next(item["segment_id"] for item in answer.json()["segments"] if item["street"] == body["street"]))


async def segment(world: World) -> str:
    """A segment of the plan."""
    return await _add(world)


async def new_segment(world: World, _cell: Cell, _named: str | None) -> Any:
    return _segment(world)


async def changed_plan(world: World, _cell: Cell, _named: str | None) -> None:
    """A plan that is not the one that counts: there is something to publish. The request has no body."""
    await _add(world)


async def one_for(world: World, name: str) -> str:
    """A request for the child of a household that waits, and nothing else that does."""
    family, child_id = world.town.services["family"], world.owned[name]["child"]
    await _settle(world, child_id)
    body = await new_derogation(world, None, child_id)
    path = f"/children/{child_id}/derogations"
    answer = await family.client.post(path, json=body, headers=family.as_system() | family.key())
    return str(answer.json()["derogation_id"]) if answer.is_success else uuid4().hex


async def _settle(world: World, child_id: str) -> None:
    family = world.town.services["family"]
    known = await family.client.get(f"/children/{child_id}/derogations", headers=family.as_system())
    for item in known.json()["items"] if known.is_success else ():
        if item["status"] == "waiting":
            path = f"/derogations/{item['derogation_id']}/withdrawal"
            await family.client.post(path, headers=family.as_system())


async def new_derogation(world: World, _cell: Cell | None, named: str | None) -> Any:
    """A request for a child for whom none waits."""
    today = await world.town.services["family"].db.today()
    await _settle(world, str(named))
    year = int(school_year(today))
    await schools.call(world.town, "PUT", f"/schools/{SITE}", {"label": f"École {SITE}", "levels": ["ce1"]})
    return {"school_year": year, "school": SITE, "reason": "sibling", "asked_on": str(today)}


async def _address(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"street": "12 rue des Tilleuls", "postal_code": "14000", "city": "Valmont"}


async def _decision(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"is_granted": True}


async def _file(_world: World, _cell: Cell, _named: str | None) -> Any:
    return FILE


BODIES: Final = {
    "match_address": _address,
    "add_segment": new_segment,
    "publish_sectors": changed_plan,
    "replace_sectors": _file,
    "record_derogation": new_derogation,
    "decide_derogation": _decision,
}
