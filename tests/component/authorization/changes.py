"""What families of the matrix ask to be changed."""

from typing import Any, Final
from uuid import uuid4

from contracts.family.editing import EditedForm
from tests.component.authorization.matrix import Cell
from tests.component.authorization.world import HOUSEHOLD_OF, World

REFUSAL: Final = {"is_accepted": False, "reason": "Il manque un justificatif."}


async def _settle(world: World) -> None:
    """Nothing waits any more: one request for each person is open at a time."""
    family = world.town.services["family"]
    listed = await family.client.get("/person-changes", headers=family.as_system())
    for item in listed.json()["items"]:
        path = f"/person-changes/{item['change_id']}/decision"
        await family.client.put(path, json=REFUSAL, headers=family.as_system())


def _child(world: World) -> dict[str, Any]:
    """Another name each time."""
    return {"first_name": f"Nora {next(world.endings)}", "last_name": "Martin", "birth_on": "2022-01-02"}


async def one_for(world: World, cell: Cell, name: str) -> str:
    """A request of a household: of whoever is to withdraw it, where that is their own."""
    await _settle(world)
    family = world.town.services["family"]
    is_own = cell.operation.name == "withdraw_change" and cell.expected == "ok"
    adults = world.households[name].adults
    headers = family.as_actor(world.people[cell.actor].actor) if is_own else family.as_parent(adults[0].adult_id)
    body = _child(world) | {
        "household_id": world.owned[HOUSEHOLD_OF.get(cell.actor, name) if is_own else name]["household"]
    }
    answer = await family.client.post("/wanted-children", json=body, headers=headers | family.key())
    return str(answer.json()["change_id"]) if answer.is_success else uuid4().hex


async def status(world: World, _cell: Cell, named: str | None) -> Any:
    await _settle(world)
    family = world.town.services["family"]
    for household in world.households.values():
        headers = family.as_parent(household.adults[0].adult_id)
        answer = await family.client.get(f"/civil-statuses/{named}", headers=headers)
        if answer.is_success:
            return {"version": answer.json()["version"], "first_name": f"Zoé {next(world.endings)}"}
    return {"version": "none", "first_name": "Zoé"}


async def wanted(world: World, cell: Cell, named: str | None) -> Any:
    """A child of a household, for whom its adults answer where an agent says so."""
    await _settle(world)
    body = _child(world) | {"household_id": named}
    asker = world.people.get(cell.actor)
    if asker is None or asker.actor.guardian_id is not None:
        return body
    files = (household for household in world.households.values() if str(household.household_id) == named)
    return body | {"guardian_ids": [str(adult.adult_id) for file in files for adult in file.adults]}


async def decision(_world: World, _cell: Cell, _named: str | None) -> Any:
    return REFUSAL


async def form(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"form": EditedForm.HEALTH}


BODIES: Final = {
    "change_civil_status": status,
    "ask_child": wanted,
    "decide_change": decision,
    "hold_form": form,
    "release_form": form,
}
