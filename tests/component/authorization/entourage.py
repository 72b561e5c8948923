"""The people around children whom the matrix is about."""

from base64 import b64encode
from typing import Any, Final
from uuid import UUID, uuid4

from services.family.entourage import store
from tests.component.authorization.matrix import Cell
from tests.component.authorization.world import World
from tests.component.family.papers import jpeg


async def _add(world: World, child_id: str) -> str | None:
    """Somebody new whom to call for a child; None where there is no such child any more."""
    return await _added(world, child_id, "emergency")


async def _added(world: World, child_id: str, kind: str) -> str | None:
    family = world.town.services["family"]
    body = {**_person(world), "kind": kind, "child_ids": [child_id]}
    answer = await family.client.post("/entourage", json=body, headers=family.as_system() | family.key())
    return str(answer.json()["contact_id"]) if answer.is_success else None


def _person(world: World) -> dict[str, Any]:
    """Another telephone number each time."""
    phone = f"06 00 00 {next(world.endings) % 10000:04}"
    return {"first_name": "Odile", "last_name": "Martin", "relation": "Voisine", "phone": phone}


async def _people(world: World, child_id: str) -> list[Any]:
    family = world.town.services["family"]
    answer = await family.client.get(f"/children/{child_id}/entourage", headers=family.as_system())
    return list(answer.json()["people"]) if answer.is_success else []


async def one_for(world: World, name: str) -> str:
    """Somebody around the child of a household, who may collect it and is known by a picture, and nobody else around it."""
    family, child_id = world.town.services["family"], world.owned[name]["child"]
    for person in await _people(world, child_id):
        path, body = f"/entourage/{person['contact_id']}/end", {"version": person["version"]}
        await family.client.post(path, json=body, headers=family.as_system())
    contact_id = await _added(world, child_id, "pickup")
    if contact_id is None:
        return uuid4().hex
    async with family.db.transaction() as tx:
        await store.save_portrait(tx, UUID(contact_id), jpeg())
    return contact_id


async def on_sheet(world: World, parameter: str) -> str:
    """A child of the sheet of the day, or who may collect it, of whom the sheet has a picture."""
    family, owned = world.town.services["family"], world.owned["first"]
    if "portrait" not in owned:
        owned["portrait"] = await one_for(world, "first")
        path, body = f"/entourage/{owned['portrait']}/portrait", await portrait(world, None, None)
        answer = await family.client.put(path, json=body, headers=family.as_system())
        assert answer.status_code == 204, answer.text
        await world.town.settle()
    return owned["child" if parameter == "child_id" else "portrait"]


async def portrait(_world: World, _cell: Cell | None, _named: str | None) -> Any:
    """A picture, which is not the one that is there."""
    return {"content": b64encode(jpeg()).decode()}


async def _known(world: World, named: str | None) -> Any:
    """Somebody as they are known, and the child that they are around."""
    for owned in world.owned.values():
        for person in await _people(world, owned["child"]):
            if person["contact_id"].replace("-", "") == str(named).replace("-", ""):
                return person
    return {"child_ids": [uuid4().hex], "version": "none"}


async def new(world: World, _cell: Cell, named: str | None) -> Any:
    return {**_person(world), "kind": "pickup", "child_ids": [named]}


async def change(world: World, _cell: Cell, named: str | None) -> Any:
    known = await _known(world, named)
    return {**_person(world), "child_ids": known["child_ids"], "version": known["version"]}


async def end(world: World, _cell: Cell, named: str | None) -> Any:
    return {"version": (await _known(world, named))["version"]}


async def order(world: World, _cell: Cell, named: str | None) -> Any:
    """The other way round: there is something to change."""
    known = [person for person in await _people(world, str(named)) if person["kind"] == "emergency"]
    for _ in range(2 - len(known)):
        await _add(world, str(named))
    people = [person for person in await _people(world, str(named)) if person["kind"] == "emergency"]
    return {"contact_ids": [person["contact_id"] for person in reversed(people)]}


BODIES: Final = {
    "add_to_entourage": new,
    "change_entourage": change,
    "end_entourage": end,
    "order_entourage": order,
    "keep_portrait": portrait,
}
