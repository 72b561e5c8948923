"""What is posted to create and change agents, and to give them what they had back."""

from typing import Any
from uuid import uuid4

from tests.component.authorization import agents
from tests.component.authorization.matrix import Cell
from tests.component.authorization.world import World
from tests.support.roles import Role, agent_body


async def agent(_world: World, _cell: Cell, _named: str | None) -> Any:
    """A new agent of a site."""
    return agent_body(f"agent-{uuid4().hex[:12]}", Role.SITE)


async def agent_change(world: World, _cell: Cell, named: str | None) -> Any:
    """Another name for an agent, made from what is known of them."""
    names = ("first_name", "last_name", "service", "roles", "has_every_site")
    body = {name: agent_body("agent", Role.SITE)[name] for name in names}
    return body | {"last_name": uuid4().hex, "version": await agents.version(world.town, named)}


async def names(_world: World, _cell: Cell, named: str | None) -> Any:
    """Whose names are asked for."""
    return {"account_ids": [named]}


async def roles_return(world: World, _cell: Cell, named: str | None) -> Any:
    """The version of the agent to whom roles are given back."""
    return {"version": await agents.version(world.town, named)}
