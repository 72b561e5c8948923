"""Roles that nobody uses lapse: when, for whom not, what is left to whoever comes back, and how they are given back."""

from pathlib import Path
from typing import Any

import pytest

from tests.component.identity.agents import PASSWORD, acting, actions, changed, created, decided, seen
from tests.component.identity.walk import Walk, problem, town_file
from tests.support.applications import Applications
from tests.support.roles import ROLES, Role, agent_body
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def rights(service: RunningService, token: str) -> dict[str, Any]:
    """What whoever is signed in may do."""
    answer = await service.client.get("/me/rights", headers={"X-Session": token})
    assert answer.status_code == 200, answer.text
    own: dict[str, Any] = answer.json()
    return own


async def lapsed(service: RunningService, *roles: Role, **fields: Any) -> dict[str, Any]:
    """An agent whose roles lapsed, in a town where somebody manages the accounts."""
    agent = await created(service, *roles, **fields)
    service.advance(days=57)
    await created(service, Role.DIRECTOR, last_name="Autre")
    await service.run_job("lapses")
    return await seen(service, agent)


async def give_back(service: RunningService, agent: dict[str, Any], headers: dict[str, str]) -> Any:
    """Ask for the roles of an agent to be given back."""
    path = f"/agents/{agent['account_id']}/roles"
    return await service.client.post(path, json={"version": agent["version"]}, headers=headers)


async def test_roles_lapse_when_nobody_signed_in_for_56_days(walk: Walk, service: RunningService) -> None:
    agent = await created(service, Role.FRONT_DESK)
    service.advance(days=30)
    await walk.signed_in(agent["username"], PASSWORD)
    service.advance(days=55, hours=23)
    await service.run_job("lapses")
    assert (await seen(service, agent))["roles_lapsed_at"] is None
    service.advance(hours=1)
    for _ in range(2):
        await service.run_job("lapses")
    seen_agent = await seen(service, agent)
    assert seen_agent["roles_lapsed_at"] is not None
    assert (seen_agent["roles"], seen_agent["lapses_at"]) == ([Role.FRONT_DESK], None)
    assert [row for row in await actions(service, agent) if row[0] == "agent_roles_lapsed"] == [
        ("agent_roles_lapsed", "job")
    ]


async def test_whoever_comes_back_may_do_nothing_and_learns_why(walk: Walk, service: RunningService) -> None:
    agent = await lapsed(service, Role.FRONT_DESK)
    token = await walk.signed_in(agent["username"], PASSWORD)
    session = await walk.session(token)
    assert (session.stage, session.permissions) == ("ready", ())
    own = await rights(service, token)
    assert (own["roles"], own["managers_to_ask"]) == (["Accueil des familles"], ["Camille Autre"])
    assert own["roles_lapsed_at"] == agent["roles_lapsed_at"]
    answer = await service.client.get(
        "/accounts", headers={"Authorization": f"Bearer {session.actor_token}", "X-Session": token}
    )
    assert problem(answer, 403) == "forbidden"


async def test_a_manager_gives_them_back_with_one_act(walk: Walk, service: RunningService) -> None:
    agent = await lapsed(service, Role.FRONT_DESK)
    director = service.as_agent(Role.DIRECTOR)
    assert problem(await give_back(service, agent, service.as_agent(Role.FRONT_DESK)), 403) == "forbidden"
    for _ in range(2):
        answer = await give_back(service, agent, director)
        assert (answer.status_code, answer.json()["roles_lapsed_at"]) == (200, None)
    session = await walk.session(await walk.signed_in(agent["username"], PASSWORD))
    assert set(session.permissions) == ROLES["front_desk"].permissions
    assert (await actions(service, agent))[0][0] == "agent_roles_returned"
    service.advance(days=55)
    await service.run_job("lapses")
    assert (await seen(service, agent))["roles_lapsed_at"] is None


async def test_they_are_not_given_back_from_a_page_that_grew_old_nor_to_oneself(service: RunningService) -> None:
    agent = await lapsed(service, Role.FRONT_DESK)
    assert problem(await give_back(service, agent, acting(service, agent)), 403) == "own_rights"
    assert (await changed(service, agent, service.as_agent(Role.DIRECTOR), roles=[Role.FINANCE])).status_code == 200
    assert problem(await give_back(service, agent, service.as_agent(Role.DIRECTOR)), 409) == "agent_outdated"
    seen_agent = await seen(service, agent)
    assert (seen_agent["roles"], seen_agent["roles_lapsed_at"] is None) == ([Role.FINANCE], False)


async def test_those_that_manage_accounts_are_given_back_by_two_persons(walk: Walk, service: RunningService) -> None:
    agent = await lapsed(service, Role.DIRECTOR)
    asker, second = await created(service, Role.DIRECTOR), await created(service, Role.DIRECTOR)
    for _ in range(2):
        answer = await give_back(service, agent, acting(service, asker))
        assert (answer.status_code, answer.json()["roles_lapsed_at"] is None) == (200, False), answer.text
    assert answer.json()["awaited"]["is_roles_return"] is True
    confirmed = await decided(service, answer.json()["awaited"], acting(service, second))
    assert (confirmed.status_code, confirmed.json()["roles_lapsed_at"]) == (200, None)
    session = await walk.session(await walk.signed_in(agent["username"], PASSWORD))
    assert set(session.permissions) == ROLES["director"].permissions
    assert [action for action, _ in await actions(service, agent)].count("agent_roles_return_asked") == 1


async def test_whoever_alone_manages_the_accounts_keeps_their_roles(service: RunningService) -> None:
    """Of several who were away, the one who came last; and they lapse once somebody else manages the accounts."""
    first = await created(service, Role.DIRECTOR)
    service.advance(days=1)
    last = await created(service, Role.DIRECTOR)
    desk = await created(service, Role.FRONT_DESK)
    service.advance(days=60)
    await service.run_job("lapses")
    assert [(await seen(service, agent))["roles_lapsed_at"] is None for agent in (first, last, desk)] == [
        False,
        True,
        False,
    ]
    assert (await seen(service, last))["lapses_at"] is not None
    await created(service, Role.DIRECTOR)
    await service.run_job("lapses")
    assert (await seen(service, last))["roles_lapsed_at"] is not None


async def test_an_account_that_nobody_opened_counts_from_its_creation(service: RunningService) -> None:
    body = agent_body("jamais", Role.SITE)
    answer = await service.client.post("/agents", json=body, headers=service.as_system() | service.key())
    service.advance(days=56)
    await service.run_job("lapses")
    assert (await seen(service, answer.json()))["roles_lapsed_at"] is not None


async def test_roles_that_are_given_and_accounts_that_are_opened_again_count_from_then(
    service: RunningService,
) -> None:
    director = service.as_agent(Role.DIRECTOR)
    given, closed = await created(service, Role.SITE), await created(service, Role.SITE)
    answer = await changed(service, closed, director, is_disabled=True)
    service.advance(days=50)
    assert (await changed(service, given, director, roles=[Role.SITE, Role.FINANCE])).status_code == 200
    service.advance(days=50)
    await service.run_job("lapses")
    assert (await seen(service, closed))["roles_lapsed_at"] is None
    assert (await changed(service, answer.json(), director)).json()["state"] == "active"
    await service.run_job("lapses")
    assert [(await seen(service, agent))["roles_lapsed_at"] for agent in (given, closed)] == [None, None]
    service.advance(days=6)
    await service.run_job("lapses")
    assert (await seen(service, given))["roles_lapsed_at"] is not None


async def test_a_town_says_after_how_many_days(applications: Applications, tmp_path: Path) -> None:
    async with applications.lend("identity", town_file=town_file(tmp_path, agents={"lapse_days": 10})) as service:
        agent = await created(service, Role.SITE)
        service.advance(days=10)
        await service.run_job("lapses")
        assert (await seen(service, agent))["roles_lapsed_at"] is not None
