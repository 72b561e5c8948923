"""What tests of agents' accounts ask of the identity service."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx2

from tests.support.roles import Role, agent_body, agent_of
from tests.support.services import RunningService

PASSWORD = "guichet-ouvert-1"
DETAILS = ("first_name", "last_name", "service", "roles", "sites", "has_every_site", "version")


async def created(service: RunningService, *roles: Role, **fields: Any) -> dict[str, Any]:
    """A new agent with these roles, whom the town's tools make active at once."""
    body = agent_body(f"agent-{uuid4().hex[:10]}", *roles, password=PASSWORD, **fields)
    answer = await service.client.post("/agents", json=body, headers=service.as_system() | service.key())
    assert answer.status_code == 201, answer.text
    agent: dict[str, Any] = answer.json()
    return agent


def acting(service: RunningService, agent: dict[str, Any], *roles: Role) -> dict[str, str]:
    """The headers of an agent; as a director unless told otherwise."""
    actor = replace(agent_of(*(roles or (Role.DIRECTOR,))), account_id=UUID(agent["account_id"]))
    return service.as_actor(actor)


def change_of(agent: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """What an agent is to be, as the form of a change says it that was made from these values."""
    return {**{name: agent[name] for name in DETAILS}, **fields}


async def changed(
    service: RunningService, agent: dict[str, Any], headers: dict[str, str], **fields: Any
) -> httpx2.Response:
    """Ask for a change of an agent."""
    return await service.client.put(f"/agents/{agent['account_id']}", json=change_of(agent, **fields), headers=headers)


async def seen(service: RunningService, agent: dict[str, Any]) -> dict[str, Any]:
    """An agent as they stand now."""
    answer = await service.client.get(f"/agents/{agent['account_id']}", headers=service.as_agent(Role.DIRECTOR))
    assert answer.status_code == 200, answer.text
    found_agent: dict[str, Any] = answer.json()
    return found_agent


async def decided(
    service: RunningService, change: dict[str, Any], headers: dict[str, str], *, is_confirmed: bool = True
) -> httpx2.Response:
    """Decide a change."""
    path = f"/agent-changes/{change['change_id']}/decision"
    return await service.client.post(path, json={"is_confirmed": is_confirmed}, headers=headers)


async def actions(service: RunningService, agent: dict[str, Any]) -> list[tuple[str, str]]:
    """What was done with an agent's account, the newest first: the action and which way."""
    path = f"/agents/{agent['account_id']}/history"
    answer = await service.client.get(path, headers=service.as_agent(Role.DIRECTOR))
    assert answer.status_code == 200, answer.text
    return [(entry["action"], entry["channel"]) for entry in answer.json()["items"]]
