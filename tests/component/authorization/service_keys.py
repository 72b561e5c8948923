"""What is posted of the keys with which families open the services of their town, and of those that they do without."""

from typing import Any, Final

from tests.component.authorization.matrix import FAMILIES, Cell
from tests.component.authorization.world import World
from tests.support.roles import Role

KEYED_SERVICE: Final = "action_sociale"
"""The service of the town that is opened with a key."""


async def entry(world: World, cell: Cell, _named: str | None) -> Any:
    """A family's own key, given a moment ago."""
    if cell.expected != "ok" or cell.actor not in FAMILIES:
        return {"keys": []}
    return {"keys": [{"service": KEYED_SERVICE, "key": await issued_key(world, cell.actor)}]}


async def request(_world: World, _cell: Cell, _named: str | None) -> Any:
    return {"service": KEYED_SERVICE}


async def sought(world: World, _cell: Cell, _named: str | None) -> Any:
    """The key of a family, as an agent types it."""
    return {"key": await issued_key(world, "parent")}


async def issued_key(world: World, holder: str) -> str:
    """The key of a service that somebody's account was given a moment ago."""
    identity, account_id = world.town.services["identity"], world.people[holder].actor.account_id
    path, headers = f"/accounts/{account_id}/service-keys", identity.as_agent(Role.DIRECTOR)
    answer = await identity.client.post(path, json={"service": KEYED_SERVICE}, headers=headers)
    return str(answer.json()["key"])


async def choice(_world: World, cell: Cell, _named: str | None) -> Any:
    """What somebody does without, which each of them did not before."""
    return {"declined": ["booking"] if cell.actor in FAMILIES else []}


BODIES: Final = {
    "enter_service_keys": entry,
    "issue_service_key": request,
    "find_key_holder": sought,
    "choose_online_services": choice,
}
