"""The protected addresses that the matrix is about."""

from typing import Any, Final

from tests.component.authorization.matrix import Cell
from tests.component.authorization.world import World


async def asked_for(world: World) -> str:
    """A request for protection that waits."""
    family = world.town.services["family"]
    household = world.households["first"]
    parent = family.as_parent(household.adults[0].adult_id)
    body = {"message": "Appelez-moi le matin.", "household_id": str(household.household_id)}
    answer = await family.client.post("/me/protection-requests", json=body, headers=parent)
    assert answer.is_success, answer.text
    listed = await family.client.get("/protection-requests", headers=family.as_system())
    return str(listed.json()["items"][-1]["request_id"])


NEEDED: Final = frozenset({"list_protected", "end_protection", "show_address"})
"""Operations about a household whose address is protected."""


async def protected(world: World, name: str) -> None:
    """Protect the address of a household."""
    family = world.town.services["family"]
    path = f"/households/{world.owned[name]['household']}/protection"
    body = {"reason": "Ordonnance de protection", "starts_on": "2026-01-05"}
    answer = await family.client.put(path, json=body, headers=family.as_system())
    assert answer.status_code == 200, answer.text


async def protection(world: World, _cell: Cell, _named: str | None) -> Any:
    """Another reason each time: there is something to change."""
    return {"reason": f"Ordonnance {next(world.endings)}", "starts_on": "2026-01-05"}


async def end(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"reason": "Levée à la demande de la famille"}


async def asking(world: World, _cell: Cell, named: str | None) -> Any:
    return {"message": "Appelez-moi le matin.", "household_id": named}


BODIES: Final = {
    "protect_address": protection,
    "end_protection": end,
    "ask_protection": asking,
    "close_protection_request": end,
}
