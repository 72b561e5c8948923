"""What gives somebody more of what is guarded waits for a second person: who decides, until when, and what the agent may do meanwhile."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.component.identity.agents import PASSWORD, acting, actions, changed, created, decided, seen
from tests.component.identity.walk import Walk, problem, town_file
from tests.support.applications import Applications
from tests.support.locks import as_far_as_it_can
from tests.support.roles import Role, agent_body
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

MANAGE = "identity.agents.manage"


@pytest.fixture
async def asker(service: RunningService) -> dict[str, Any]:
    """An agent who manages accounts."""
    return await created(service, Role.DIRECTOR)


@pytest.fixture
async def second(service: RunningService) -> dict[str, Any]:
    """Another one."""
    return await created(service, Role.DIRECTOR)


async def asked(service: RunningService, asker: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An agent of the front desk for whom the role that manages accounts was asked."""
    agent = await created(service, Role.FRONT_DESK)
    roles = {"roles": [Role.FRONT_DESK, Role.DIRECTOR], **fields}
    answer = await changed(service, agent, acting(service, asker), **roles)
    assert answer.status_code == 200, answer.text
    return {**agent, "awaited": answer.json()["awaited"]}


async def may_manage(walk: Walk, agent: dict[str, Any]) -> bool:
    """Whether an agent may manage accounts after signing in now."""
    return MANAGE in (await walk.session(await walk.signed_in(agent["username"], PASSWORD))).permissions


async def test_a_role_that_manages_accounts_waits_for_a_second_person(
    walk: Walk, service: RunningService, asker: dict[str, Any], second: dict[str, Any]
) -> None:
    agent = await asked(service, asker, last_name="Martin")
    assert not await may_manage(walk, agent)
    waiting = await seen(service, agent)
    assert (waiting["roles"], waiting["last_name"]) == ([Role.FRONT_DESK], "Marchand")
    assert waiting["awaited"]["roles"] == [Role.FRONT_DESK, Role.DIRECTOR]
    assert waiting["awaited"]["asked_by"] == asker["account_id"]
    listed = (await service.client.get("/agent-changes", headers=acting(service, second))).json()["items"]
    assert [change["change_id"] for change in listed] == [agent["awaited"]["change_id"]]
    for _ in range(2):  # an answer that was lost is asked for again
        answer = await decided(service, agent["awaited"], acting(service, second))
        assert answer.status_code == 200, answer.text
    confirmed = answer.json()
    assert (confirmed["roles"], confirmed["last_name"]) == ([Role.FRONT_DESK, Role.DIRECTOR], "Martin")
    assert confirmed["awaited"] is None
    assert await may_manage(walk, agent)
    assert [action for action, _ in await actions(service, agent)][:2] == [
        "agent_change_confirmed",
        "agent_change_asked",
    ]


async def test_neither_who_asked_nor_whom_it_is_about_decides(
    service: RunningService, asker: dict[str, Any], second: dict[str, Any]
) -> None:
    agent = await asked(service, asker)
    for is_confirmed in (True, False):
        own = await decided(service, agent["awaited"], acting(service, asker), is_confirmed=is_confirmed)
        assert problem(own, 403) == "same_person"
        concerned = await decided(service, agent["awaited"], acting(service, agent), is_confirmed=is_confirmed)
        assert problem(concerned, 403) == "own_rights"
    reader = await decided(service, agent["awaited"], acting(service, second, Role.FRONT_DESK))
    assert problem(reader, 403) == "forbidden"
    assert (await seen(service, agent))["roles"] == [Role.FRONT_DESK]


async def test_a_refusal_leaves_the_agent_as_before(
    service: RunningService, asker: dict[str, Any], second: dict[str, Any]
) -> None:
    agent = await asked(service, asker)
    answer = await decided(service, agent["awaited"], acting(service, second), is_confirmed=False)
    assert (answer.status_code, answer.json()["roles"], answer.json()["awaited"]) == (200, [Role.FRONT_DESK], None)
    late = await decided(service, agent["awaited"], acting(service, second))
    assert problem(late, 409) == "agent_change_decided"
    assert (await actions(service, agent))[0][0] == "agent_change_refused"


async def test_a_change_waits_seven_days(
    service: RunningService, asker: dict[str, Any], second: dict[str, Any]
) -> None:
    agent = await asked(service, asker)
    service.advance(days=6, hours=23)
    await service.run_job("lapses")
    assert (await seen(service, agent))["awaited"] is not None
    service.advance(hours=1)
    assert (await seen(service, agent))["awaited"] is None
    late = await decided(service, agent["awaited"], acting(service, second))
    assert problem(late, 409) == "agent_change_expired"
    for _ in range(2):
        await service.run_job("lapses")
    assert [row for row in await actions(service, agent) if row[0] == "agent_change_expired"] == [
        ("agent_change_expired", "job")
    ]
    assert problem(await decided(service, agent["awaited"], acting(service, second)), 409) == "agent_change_decided"
    again = await changed(service, await seen(service, agent), acting(service, asker), roles=[Role.DIRECTOR])
    assert again.json()["awaited"]["roles"] == [Role.DIRECTOR]


async def test_what_time_ends_at_the_same_moment_is_not_confirmed(
    service: RunningService, asker: dict[str, Any], second: dict[str, Any]
) -> None:
    agent = await asked(service, asker)
    async with service.db.transaction() as ending:
        await ending.execute("update agent_changes set outcome = 'expired'")
        deciding = asyncio.create_task(decided(service, agent["awaited"], acting(service, second)))
        await as_far_as_it_can(service.db, deciding)
    assert problem(await deciding, 409) == "agent_change_decided"
    assert (await seen(service, agent))["roles"] == [Role.FRONT_DESK]


async def test_an_agent_who_changed_meanwhile_makes_it_stale(
    service: RunningService, asker: dict[str, Any], second: dict[str, Any]
) -> None:
    agent = await asked(service, asker)
    less = await changed(service, agent, acting(service, second), sites=["centre"], has_every_site=False)
    assert less.json()["awaited"]["is_outdated"] is True
    stale = await decided(service, agent["awaited"], acting(service, second))
    assert problem(stale, 409) == "agent_change_outdated"
    assert (await seen(service, agent))["roles"] == [Role.FRONT_DESK]
    assert (await decided(service, agent["awaited"], acting(service, second), is_confirmed=False)).status_code == 200


async def test_what_is_asked_anew_takes_the_place_of_what_waits(
    service: RunningService, asker: dict[str, Any], second: dict[str, Any]
) -> None:
    """Whoever reads one request confirms that one, and no other that came in its place."""
    agent = await asked(service, asker)
    same = await changed(service, agent, acting(service, asker), roles=[Role.FRONT_DESK, Role.DIRECTOR])
    assert same.json()["awaited"]["change_id"] == agent["awaited"]["change_id"]
    wider = await changed(service, agent, acting(service, asker), roles=[Role.DIRECTOR, Role.FINANCE])
    assert wider.json()["awaited"]["change_id"] != agent["awaited"]["change_id"]
    assert problem(await decided(service, agent["awaited"], acting(service, second)), 409) == "agent_change_decided"
    assert (await decided(service, wider.json()["awaited"], acting(service, second))).json()["roles"] == [
        Role.DIRECTOR,
        Role.FINANCE,
    ]


async def test_a_new_manager_begins_with_what_one_person_gives(
    service: RunningService, asker: dict[str, Any], second: dict[str, Any]
) -> None:
    body = agent_body("nouvelle", Role.DIRECTOR, Role.SITE)
    answer = await service.client.post("/agents", json=body, headers=acting(service, asker) | service.key())
    assert answer.status_code == 201, answer.text
    agent = answer.json()
    assert (agent["roles"], agent["state"], agent["awaited"]["roles"]) == (
        [Role.SITE],
        "invited",
        [Role.DIRECTOR, Role.SITE],
    )
    assert (await decided(service, agent["awaited"], acting(service, second))).json()["roles"] == [
        Role.DIRECTOR,
        Role.SITE,
    ]


@pytest.mark.parametrize("wider", [{"has_every_site": True, "sites": []}, {"sites": ["centre", "plateau"]}])
async def test_more_sites_of_a_manager_take_two_persons(
    service: RunningService, asker: dict[str, Any], second: dict[str, Any], wider: dict[str, Any]
) -> None:
    agent = await created(service, Role.DIRECTOR, sites=["centre"], has_every_site=False)
    answer = await changed(service, agent, acting(service, asker), **wider)
    assert (answer.json()["sites"], answer.json()["awaited"] is None) == (["centre"], False)
    assert (await decided(service, answer.json()["awaited"], acting(service, second))).status_code == 200
    now = await seen(service, agent)
    fewer = await changed(service, now, acting(service, asker), sites=["centre"], has_every_site=False)
    assert (fewer.json()["sites"], fewer.json()["awaited"]) == (["centre"], None)


async def test_a_closed_manager_is_opened_again_by_two_persons(
    walk: Walk, service: RunningService, asker: dict[str, Any], second: dict[str, Any]
) -> None:
    """One person closes an account at once; opening one that manages accounts gives it back what it managed."""
    agent = await created(service, Role.DIRECTOR)
    closed = await changed(service, agent, acting(service, asker), is_disabled=True)
    assert (closed.json()["state"], closed.json()["awaited"]) == ("closed", None)
    opened = await changed(service, closed.json(), acting(service, asker))
    assert opened.json()["state"] == "closed"
    assert problem(await walk.sign_in(agent["username"], PASSWORD), 403) == "account_disabled"
    confirmed = await decided(service, opened.json()["awaited"], acting(service, second))
    assert confirmed.json()["state"] == "active"
    assert await may_manage(walk, agent)


async def test_without_a_second_manager_nothing_waits(service: RunningService, asker: dict[str, Any]) -> None:
    """Neither who asks nor whom it is about counts, nor an account that is closed; the town's tools make the second one."""
    agent = await created(service, Role.FRONT_DESK)
    gone = await created(service, Role.DIRECTOR)
    assert (await changed(service, gone, acting(service, asker), is_disabled=True)).status_code == 200
    answer = await changed(service, agent, acting(service, asker), roles=[Role.DIRECTOR])
    assert problem(answer, 409) == "no_second_person"
    body = agent_body("nouveau", Role.DIRECTOR)
    answer = await service.client.post("/agents", json=body, headers=acting(service, asker) | service.key())
    assert problem(answer, 409) == "no_second_person"
    assert await service.db.fetchval("select count(*) from accounts where username = 'nouveau'") == 0
    made = await changed(service, agent, service.as_system(), roles=[Role.DIRECTOR])
    assert (made.json()["roles"], made.json()["awaited"]) == ([Role.DIRECTOR], None)


async def test_a_manager_of_one_site_confirms_no_more_than_they_have(
    service: RunningService, asker: dict[str, Any], second: dict[str, Any]
) -> None:
    agent = await asked(service, asker)
    near = service.as_agent(Role.DIRECTOR, sites=frozenset({"centre"}))
    assert problem(await decided(service, agent["awaited"], near), 403) == "beyond_own_rights"


async def test_a_town_guards_other_permissions_too(applications: Applications, tmp_path: Path) -> None:
    town = town_file(tmp_path, agents={"two_person_permissions": [MANAGE, "billing.runs.issue"]})
    async with applications.lend("identity", town_file=town) as service:
        asker, _ = await created(service, Role.DIRECTOR), await created(service, Role.DIRECTOR)
        agent = await created(service, Role.FRONT_DESK)
        answer = await changed(service, agent, acting(service, asker), roles=[Role.FINANCE])
        assert (answer.json()["roles"], answer.json()["awaited"]["roles"]) == ([Role.FRONT_DESK], [Role.FINANCE])
        roles = (await service.client.get("/roles", headers=acting(service, asker))).json()["items"]
        assert {role["name"] for role in roles if role["is_guarded"]} == {Role.DIRECTOR, Role.FINANCE}


async def test_what_a_manager_has_already_is_no_more_of_it(service: RunningService, asker: dict[str, Any]) -> None:
    """Names and other roles of a manager are one person's to change."""
    agent = await created(service, Role.DIRECTOR)
    answer = await changed(service, agent, acting(service, asker), last_name="Martin", roles=[*agent["roles"], "site"])
    assert (answer.json()["last_name"], set(answer.json()["roles"])) == ("Martin", {"director", "site"})
