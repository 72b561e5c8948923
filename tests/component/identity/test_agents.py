"""Agents: created by the town's tools alone, at once with a password or invited; and accounts as agents see them."""

from uuid import uuid4

import pytest

from contracts.types import Role
from tests.component.identity.walk import Walk, field_codes, guardian, problem
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

AGENT = {"email": "camille@ville.example", "username": "camille.agent", "roles": ["director", "front_desk"]}
PASSWORD = "guichet-ouvert-1"


async def test_an_agent_with_a_password_is_active_at_once(walk: Walk, service: RunningService) -> None:
    answer = await service.client.post("/agents", json={**AGENT, "password": PASSWORD}, headers=service.as_system())
    assert answer.status_code == 201, answer.text
    assert (answer.json()["status"], answer.json()["invitation_expires_at"]) == ("active", None)
    session = await walk.session(await walk.signed_in("camille@ville.example", PASSWORD))
    assert set(session.roles) == {Role.DIRECTOR, Role.FRONT_DESK}
    await service.run_job("issue_credentials")
    assert await walk.credentials() == []


async def test_an_agent_without_one_is_invited(walk: Walk, service: RunningService) -> None:
    answer = await service.client.post("/agents", json=AGENT, headers=service.as_system())
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "invited"
    mailed = await walk.issued()
    await walk.activate(mailed.activation_token)
    token = await walk.signed_in(mailed.username, mailed.temporary_password)
    answer = await walk.choose(token, username=mailed.username)
    assert answer.json()["stage"] == "ready"


async def test_only_the_town_s_tools_create_agents(service: RunningService) -> None:
    body = {**AGENT, "password": PASSWORD}
    for headers in (service.as_agent(*Role), service.as_parent(uuid4())):
        assert problem(await service.client.post("/agents", json=body, headers=headers), 403) == "forbidden"
    assert problem(await service.client.post("/agents", json=body), 401) == "unauthenticated"
    assert await service.db.fetchval("select count(*) from accounts") == 0


async def test_a_user_name_is_given_once(service: RunningService) -> None:
    for name, status in (("camille.agent", 201), ("Camille.Agent", 409)):
        body = {**AGENT, "username": name, "password": PASSWORD}
        answer = await service.client.post("/agents", json=body, headers=service.as_system())
        assert answer.status_code == status
    assert problem(answer, 409) == "username_taken"


async def test_agents_keep_the_policy_too(service: RunningService) -> None:
    body = {**AGENT, "username": "x", "password": "azerty123"}
    answer = await service.client.post("/agents", json=body, headers=service.as_system())
    assert field_codes(answer) == {"/username": "username_too_short", "/password": "password_too_common"}


async def test_the_front_desk_sees_where_an_account_stands(walk: Walk, service: RunningService) -> None:
    person = guardian()
    headers = service.as_agent(Role.FRONT_DESK)
    path = f"/accounts?guardian_id={person.guardian_id}"
    assert (await service.client.get(path, headers=headers)).json() == {"items": [], "next_cursor": None}
    await walk.invited(person)
    (seen,) = (await service.client.get(path, headers=headers)).json()["items"]
    assert (seen["status"], seen["email"], seen["last_sign_in_at"]) == ("invited", person.email, None)
    assert seen["invitation_expires_at"] is not None
    assert not [name for name in seen if "password" in name or "hash" in name]


async def test_accounts_come_page_by_page(walk: Walk, service: RunningService) -> None:
    await service.deliver(*(walk.household(guardian(f"parent{number}@famille.example")) for number in range(5)))
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        path = f"/accounts?limit=2&cursor={cursor}" if cursor else "/accounts?limit=2"
        page = (await service.client.get(path, headers=service.as_agent(Role.DIRECTOR))).json()
        assert len(page["items"]) <= 2
        seen += [item["account_id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 5


async def test_who_may_not_see_accounts(service: RunningService) -> None:
    for headers in (service.as_agent(Role.SITE), service.as_agent(Role.FINANCE), service.as_parent(uuid4())):
        assert problem(await service.client.get("/accounts", headers=headers), 403) == "forbidden"
    assert problem(await service.client.get("/accounts"), 401) == "unauthenticated"
