"""Agents about whom the others ask, and what is asked for them."""

from typing import Final
from uuid import UUID, uuid4

from tests.component.gateway.town import Town
from tests.support.roles import Role, agent_body

LAPSE_SQL: Final = "update agents set roles_lapsed_at = now() where account_id = $1"


async def somebody(town: Town) -> str:
    """A new agent of a site."""
    identity = town.services["identity"]
    headers = identity.as_system() | identity.key()
    body = agent_body(f"somebody-{uuid4().hex[:8]}", Role.SITE)
    answer = await identity.client.post("/agents", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["account_id"])


async def lapsed(town: Town) -> str:
    """A new agent whose roles lapsed."""
    account_id = await somebody(town)
    await town.services["identity"].db.execute(LAPSE_SQL, UUID(account_id))
    return account_id


async def version(town: Town, account_id: str | None) -> str:
    """What is known of an agent, as a change names it."""
    identity = town.services["identity"]
    answer = await identity.client.get(f"/agents/{account_id}", headers=identity.as_system())
    return str(answer.json()["version"]) if answer.is_success else "unknown"


async def change(town: Town) -> str:
    """A change of a new agent that waits for a second person."""
    identity, account_id = town.services["identity"], await somebody(town)
    body = agent_body("agent", Role.DIRECTOR) | {"version": await version(town, account_id)}
    body = {name: value for name, value in body.items() if name not in ("email", "username")}
    headers = identity.as_agent(Role.DIRECTOR)
    answer = await identity.client.put(f"/agents/{account_id}", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["awaited"]["change_id"])
