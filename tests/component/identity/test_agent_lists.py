"""Agents in lists, by what they are looked for; and inviting one again."""

from uuid import uuid4

import pytest

from tests.component.identity.agents import PASSWORD
from tests.component.identity.walk import Walk, problem
from tests.support.roles import Role, agent_body
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


def tools(service: RunningService) -> dict[str, str]:
    """The headers of the town's own tools."""
    return service.as_system() | service.key()


async def test_agents_are_found_by_name_role_site_and_state(service: RunningService) -> None:
    director = service.as_agent(Role.DIRECTOR)
    people = {
        "Éloïse De Bœuf": {"roles": ["site"], "sites": ["centre"], "has_every_site": False},
        "Bruno Zéphyr": {"roles": ["finance"]},
        "Ana Abadie": {"roles": ["site"], "sites": ["plateau"], "has_every_site": False, "is_disabled": True},
    }
    for number, (name, fields) in enumerate(people.items()):
        first_name, _, last_name = name.partition(" ")
        body = agent_body(f"x.y{number}") | {**fields, "first_name": first_name, "last_name": last_name}
        answer = await service.client.post("/agents", json=body | {"password": PASSWORD}, headers=tools(service))
        assert answer.status_code == 201, answer.text

    async def names(**query: object) -> list[str]:
        answer = await service.client.get("/agents", params={**query}, headers=director)
        assert answer.status_code == 200, answer.text
        return [agent["last_name"] for agent in answer.json()["items"]]

    assert await names() == ["Abadie", "De Bœuf", "Zéphyr"]
    assert await names(search="boeuf elo") == await names(search="BŒUF") == await names(search="y0") == ["De Bœuf"]
    assert await names(search="oise") == await names(search="- !") == []
    assert await names(role="site") == ["Abadie", "De Bœuf"]
    assert await names(site="centre") == ["De Bœuf", "Zéphyr"]
    assert await names(state="closed") == ["Abadie"]
    assert await names(state="active", role="site") == ["De Bœuf"]


async def test_agents_are_found_by_their_last_sign_in(walk: Walk, service: RunningService) -> None:
    """Five filters beside the cursor; whoever never signed in is neither recent nor long gone."""
    for name in ("jamais", "ancien"):
        body = agent_body(f"{name}.agent", Role.SITE) | {"last_name": name.title(), "password": PASSWORD}
        assert (await service.client.post("/agents", json=body, headers=tools(service))).status_code == 201
    await walk.signed_in("ancien.agent", PASSWORD)

    async def names(**query: str) -> list[str]:
        answer = await service.client.get("/agents", params=query, headers=service.as_agent(Role.DIRECTOR))
        assert answer.status_code == 200, answer.text
        return [agent["last_name"] for agent in answer.json()["items"]]

    assert await names(last_sign_in="never") == ["Jamais"]
    assert await names(last_sign_in="within_30_days", role="site", state="active", site="centre") == ["Ancien"]
    assert await names(last_sign_in="over_30_days") == []
    service.advance(days=181)
    assert await names(last_sign_in="over_30_days") == await names(last_sign_in="over_180_days") == ["Ancien"]
    assert await names(last_sign_in="within_30_days") == await names(last_sign_in="over_365_days") == []
    assert await names(last_sign_in="never") == ["Jamais"]


async def test_agents_come_page_by_page(service: RunningService) -> None:
    for number in range(27):
        body = agent_body(f"agent{number:02}", Role.SITE) | {"last_name": f"Nom {chr(97 + number % 9)}"}
        assert (await service.client.post("/agents", json=body, headers=tools(service))).status_code == 201
    seen: list[tuple[str, str]] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"cursor": cursor} if cursor else {}
        page = (await service.client.get("/agents", params=query, headers=service.as_agent(Role.DIRECTOR))).json()
        assert len(page["items"]) <= 25
        seen += [(agent["last_name"], agent["account_id"]) for agent in page["items"]]
        cursor = page["next_cursor"]
    assert len(set(seen)) == len(seen) == 27
    assert seen == sorted(seen)


async def test_an_agent_is_invited_again_by_those_who_keep_accounts(walk: Walk, service: RunningService) -> None:
    """Not by the front desk, which invites families: a link to an agent's account is worth what the agent may do."""
    answer = await service.client.post(
        "/agents", json=agent_body("camille.agent", Role.DIRECTOR), headers=tools(service)
    )
    account_id, former = answer.json()["account_id"], await walk.issued()
    desk = await service.client.post(f"/accounts/{account_id}/invitation", headers=service.as_agent(Role.FRONT_DESK))
    assert problem(desk, 404) == "not_found"
    path = f"/agents/{account_id}/invitation"
    assert problem(await service.client.post(path, headers=service.as_agent(Role.FRONT_DESK)), 403) == "forbidden"
    invited = await service.client.post(path, headers=service.as_agent(Role.DIRECTOR))
    assert invited.status_code == 201, invited.text
    assert problem(await walk.activate(former.activation_token), 409) == "activation_link_replaced"
    assert (await walk.activate((await walk.issued()).activation_token)).status_code == 201
    near = service.as_agent(Role.DIRECTOR, sites=frozenset({"centre"}))
    assert problem(await service.client.post(path, headers=near), 403) == "beyond_own_rights"
    unknown = await service.client.post(f"/agents/{uuid4()}/invitation", headers=service.as_agent(Role.DIRECTOR))
    assert problem(unknown, 404) == "not_found"
