"""Agents: created by those who keep accounts, given roles and sites, closed; and accounts as agents see them."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.actor import read_actor
from contracts.types import Strength
from tests.component.identity.walk import Walk, field_codes, guardian, problem, town_file
from tests.support.applications import Applications
from tests.support.roles import ROLES, Role, agent_body, agent_of
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

AGENT = agent_body("camille.agent", "director", "front_desk", email="camille@ville.example")
PASSWORD = "guichet-ouvert-1"


async def test_an_agent_with_a_password_is_active_at_once(walk: Walk, service: RunningService) -> None:
    answer = await service.client.post(
        "/agents", json={**AGENT, "password": PASSWORD}, headers=service.as_system() | service.key()
    )
    assert answer.status_code == 201, answer.text
    assert (answer.json()["state"], answer.json()["invitation_expires_at"]) == ("active", None)
    session = await walk.session(await walk.signed_in("camille@ville.example", PASSWORD))
    assert session.name == "Camille Marchand"
    assert set(session.permissions) == ROLES["director"].permissions | ROLES["front_desk"].permissions
    await service.run_job("issue_credentials")
    assert await walk.credentials() == []


async def test_an_agent_without_one_is_invited(walk: Walk, service: RunningService) -> None:
    answer = await service.client.post("/agents", json=AGENT, headers=service.as_system() | service.key())
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "invited"
    mailed = await walk.issued()
    await walk.activate(mailed.activation_token)
    token = await walk.signed_in(mailed.username, mailed.temporary_password)
    answer = await walk.choose(token, username=mailed.username)
    assert answer.json()["stage"] == "ready"


async def test_agents_are_created_by_those_who_keep_accounts(service: RunningService) -> None:
    for headers in (service.as_agent(Role.FRONT_DESK, Role.SITE, Role.FINANCE), service.as_parent(uuid4())):
        answer = await service.client.post("/agents", json=AGENT, headers=headers | service.key())
        assert problem(answer, 403) == "forbidden"
    assert problem(await service.client.post("/agents", json=AGENT, headers=service.key()), 401) == "unauthenticated"
    assert await service.db.fetchval("select count(*) from accounts") == 0
    director = service.as_agent(Role.DIRECTOR) | service.key()
    plain = AGENT | {"roles": ["front_desk"]}
    assert (await service.client.post("/agents", json=plain, headers=director)).status_code == 201


async def test_only_the_town_s_tools_choose_a_password(service: RunningService) -> None:
    headers = service.as_agent(Role.DIRECTOR) | service.key()
    answer = await service.client.post("/agents", json={**AGENT, "password": PASSWORD}, headers=headers)
    assert problem(answer, 403) == "forbidden"


async def test_the_same_key_creates_an_agent_once(service: RunningService) -> None:
    headers = service.as_system() | service.key()
    answers = [await service.client.post("/agents", json=AGENT, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


async def created(service: RunningService, **fields: Any) -> dict[str, Any]:
    """A new agent, active at once."""
    body = {**AGENT, "password": PASSWORD, **fields}
    answer = await service.client.post("/agents", json=body, headers=service.as_system() | service.key())
    assert answer.status_code == 201, answer.text
    agent: dict[str, Any] = answer.json()
    return agent


def change(agent: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """What an agent is to be, as the form of a change says it that was made from these values."""
    names = ("first_name", "last_name", "service", "roles", "sites", "has_every_site", "version")
    return {**{name: agent[name] for name in names}, **fields}


async def test_roles_and_sites_of_an_agent_are_in_their_next_token(walk: Walk, service: RunningService) -> None:
    agent = await created(service)
    token = await walk.signed_in("camille.agent", PASSWORD)
    body = change(agent, roles=["site"], sites=["plateau", "centre", "plateau"], has_every_site=False)
    path = f"/agents/{agent['account_id']}"
    for _ in range(2):
        answer = await service.client.put(path, json=body, headers=service.as_agent(Role.DIRECTOR))
        assert answer.status_code == 200, answer.text
        assert (answer.json()["roles"], answer.json()["sites"]) == (["site"], ["centre", "plateau"])
    session = await walk.session(token)
    actor = read_actor(str(session.actor_token), service.actor_key)
    assert (actor.permissions, actor.sites) == (ROLES["site"].permissions, {"centre", "plateau"})
    assert actor.strength is Strength.BASIC


async def test_a_closed_account_is_signed_out_and_may_be_opened_again(walk: Walk, service: RunningService) -> None:
    agent = await created(service, roles=["front_desk"])
    token = await walk.signed_in("camille.agent", PASSWORD)
    path, headers = f"/agents/{agent['account_id']}", service.as_agent(Role.DIRECTOR)
    closed = await service.client.put(path, json=change(agent, is_disabled=True), headers=headers)
    assert closed.json()["state"] == "closed"
    answer = await service.client.get("/sessions/current", headers={"X-Session": token})
    assert problem(answer, 401) == "session_ended"
    assert problem(await walk.sign_in("camille.agent", PASSWORD), 403) == "account_disabled"
    opened = await service.client.put(path, json=change(closed.json()), headers=headers)
    assert opened.json()["state"] == "active"
    assert await walk.signed_in("camille.agent", PASSWORD)


@pytest.mark.parametrize("taken", [{"is_disabled": True}, {"roles": ["front_desk"]}, {"service": "Régie"}])
async def test_a_change_made_from_stale_values_gives_nothing_back(
    service: RunningService, taken: dict[str, Any]
) -> None:
    """A form that was open since before opened a closed account again, and brought back roles that were taken away."""
    agent = await created(service)
    path, headers = f"/agents/{agent['account_id']}", service.as_agent(Role.DIRECTOR)
    for _ in range(2):  # a lost answer that is asked for again is no quarrel
        answer = await service.client.put(path, json=change(agent, **taken), headers=headers)
        assert answer.status_code == 200, answer.text
    stale = await service.client.put(path, json=change(agent, last_name="Martin"), headers=headers)
    assert problem(stale, 409) == "agent_outdated"
    kept = (await service.client.get(path, headers=headers)).json()
    assert (kept["last_name"], kept["version"]) == ("Marchand", answer.json()["version"])
    again = await service.client.put(path, json=change(kept, **taken, last_name="Martin"), headers=headers)
    assert (again.status_code, again.json()["state"]) == (200, answer.json()["state"])


async def test_nobody_changes_their_own_rights(service: RunningService) -> None:
    agent = await created(service)
    itself = service.as_actor(replace(agent_of(Role.DIRECTOR), account_id=UUID(agent["account_id"])))
    path = f"/agents/{agent['account_id']}"
    for fields in ({"roles": ["finance"]}, {"sites": ["centre"], "has_every_site": False}, {"is_disabled": True}):
        answer = await service.client.put(path, json=change(agent, **fields), headers=itself)
        assert problem(answer, 403) == "own_rights"
    renamed = await service.client.put(path, json=change(agent, last_name="Martin"), headers=itself)
    assert renamed.json()["last_name"] == "Martin"


async def test_roles_that_the_town_does_not_have_are_refused(service: RunningService) -> None:
    agent = await created(service)
    path = f"/agents/{agent['account_id']}"
    answer = await service.client.put(path, json=change(agent, roles=["site", "mayor"]), headers=service.as_system())
    assert field_codes(answer) == {"/roles/1": "role_unknown"}
    answer = await service.client.put(path, json=change(agent, sites=["centre"]), headers=service.as_system())
    assert field_codes(answer) == {"/sites": "sites_and_every_site"}


async def test_an_account_of_a_family_is_no_agent(walk: Walk, service: RunningService) -> None:
    person = guardian()
    await walk.invited(person)
    accounts = await service.client.get("/accounts", headers=service.as_system())
    path = f"/agents/{accounts.json()['items'][0]['account_id']}"
    body = change({**AGENT, "sites": [], "version": "unknown"})
    assert problem(await service.client.put(path, json=body, headers=service.as_system()), 404) == "not_found"
    listed = (await service.client.get("/agents", headers=service.as_system())).json()
    assert listed["items"] == []


async def test_agents_and_roles_are_listed_for_those_who_keep_accounts(service: RunningService) -> None:
    await created(service)
    director = service.as_agent(Role.DIRECTOR)
    (agent,) = (await service.client.get("/agents", headers=director)).json()["items"]
    assert (agent["first_name"], agent["last_name"], agent["service"]) == ("Camille", "Marchand", "Service enfance")
    roles = (await service.client.get("/roles", headers=director)).json()["items"]
    assert {role["name"] for role in roles} == set(Role)
    for path in ("/agents", "/roles"):
        for headers in (service.as_agent(Role.FRONT_DESK), service.as_parent(uuid4())):
            assert problem(await service.client.get(path, headers=headers), 403) == "forbidden"


@pytest.mark.parametrize(
    ("roles", "sites", "status"),
    [
        ((Role.SITE,), ("maison",), 201),
        ((Role.SITE,), ("maison", "bassin"), 403),
        ((Role.SITE,), (), 201),
        ((Role.SITE,), None, 403),
        ((Role.FINANCE,), ("maison",), 403),
    ],
)
async def test_who_works_at_a_site_gives_no_more_than_they_have(
    service: RunningService, roles: tuple[Role, ...], sites: tuple[str, ...] | None, status: int
) -> None:
    """A director of one site makes no accomplice with every site, or with rights of another service; nor takes from one who has them."""
    own = service.as_agent(Role.DIRECTOR, Role.SITE, sites=frozenset({"maison"}))
    body = agent_body("complice", *roles) | {"sites": sites or (), "has_every_site": sites is None}
    answer = await service.client.post("/agents", json=body, headers=own | service.key())
    assert answer.status_code == status, answer.text
    above = service.as_agent(Role.DIRECTOR)
    if status == 403:
        assert problem(answer, 403) == "beyond_own_rights"
        answer = await service.client.post("/agents", json=body, headers=above | service.key())
    path = f"/agents/{answer.json()['account_id']}"
    less = change(answer.json(), roles=[Role.SITE], sites=["maison"], has_every_site=False)
    lessened = await service.client.put(path, json=less, headers=own)
    assert lessened.status_code == (200 if status == 201 else 403), lessened.text


@pytest.mark.parametrize(("naming", "shown"), [("service", "Service enfance"), ("name", "Camille Marchand")])
async def test_families_know_an_agent_as_the_town_prefers(
    applications: Applications, tmp_path: Path, naming: str, shown: str
) -> None:
    town = town_file(tmp_path, agents={"families_see": naming})
    async with applications.lend("identity", town_file=town) as service:
        agent = await created(service)
        body = {"account_ids": [agent["account_id"], str(uuid4())]}
        expected = {service.as_parent(uuid4())["Authorization"]: shown}
        expected |= {service.as_agent(Role.SITE)["Authorization"]: "Camille Marchand"}
        for authorization, name in expected.items():
            headers = {"Authorization": authorization}
            answer = await service.client.post("/agents/names", json=body, headers=headers)
            assert answer.json()["items"] == [{"account_id": agent["account_id"], "name": name}]


async def test_a_user_name_is_given_once(service: RunningService) -> None:
    for name, status in (("camille.agent", 201), ("Camille.Agent", 409)):
        body = {**AGENT, "username": name, "password": PASSWORD}
        answer = await service.client.post("/agents", json=body, headers=service.as_system() | service.key())
        assert answer.status_code == status
    assert problem(answer, 409) == "username_taken"


async def test_agents_keep_the_policy_too(service: RunningService) -> None:
    body = {**AGENT, "username": "x", "password": "azerty123"}
    answer = await service.client.post("/agents", json=body, headers=service.as_system() | service.key())
    assert field_codes(answer) == {"/username": "username_too_short", "/password": "password_too_common"}


async def test_the_front_desk_sees_where_an_account_stands(walk: Walk, service: RunningService) -> None:
    person = guardian()
    headers = service.as_agent(Role.FRONT_DESK)
    path = f"/accounts?guardian_id={person.adult_id}"
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
