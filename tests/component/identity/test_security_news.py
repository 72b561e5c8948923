"""What the holder of an account is told when a way into it changes, and the end of all its sessions at the counter."""

import json
from uuid import UUID, uuid4

import httpx2
import pytest

from contracts.identity.events import SecurityChanged
from tests.component.identity.agent import PASSWORD, Agent, enrolled
from tests.component.identity.test_delegates import delegate, ready
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, problem
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

LOST = "Téléphone perdu, signalé au guichet."


async def news(service: RunningService) -> list[str]:
    return [event.change for event in await service.outbox() if isinstance(event, SecurityChanged)]


async def only_family(service: RunningService) -> UUID:
    account_id: UUID = await service.db.fetchval("select account_id from accounts where kind = 'parent'")
    return account_id


async def end(
    service: RunningService, account_id: UUID, role: Role = Role.FRONT_DESK, reason: str = LOST
) -> httpx2.Response:
    path = f"/accounts/{account_id}/sessions-end"
    return await service.client.post(path, json={"reason": reason}, headers=service.as_agent(role))


async def test_each_step_of_a_second_factor_is_told_once(walk: Walk, service: RunningService) -> None:
    agent = await enrolled(walk)
    assert await news(service) == ["second_factor_set"]
    await agent.sign_in()
    assert (await agent.enter(agent.phone.code(1))).status_code == 201
    assert await news(service) == ["second_factor_set"], "an ordinary sign-in is no news"
    await agent.sign_in()
    assert (await agent.enter(agent.phone.wrong())).status_code == 422
    assert (await agent.enter(recovery_code=agent.phone.recovery_codes[0])).status_code == 201
    await agent.forget_steps()
    renewal = {"code": agent.phone.code(), "current_password": PASSWORD}
    assert (await agent.post("/me/recovery-codes", **renewal)).status_code == 201
    await agent.forget_steps()
    assert (await agent.enroll(current_code=agent.phone.code())).status_code == 201
    (account_id,) = [row["account_id"] for row in await service.db.fetch("select account_id from second_factors")]
    removed = await service.client.delete(f"/agents/{account_id}/second-factor", headers=service.as_system())
    assert removed.status_code == 204, removed.text
    assert (await news(service))[1:] == [
        "recovery_code_used",
        "recovery_codes_renewed",
        "second_factor_replaced",
        "second_factor_removed",
    ]


async def test_what_is_told_holds_no_secret(walk: Walk, service: RunningService) -> None:
    agent = await enrolled(walk)
    (event,) = [event for event in await service.outbox() if isinstance(event, SecurityChanged)]
    assert set(json.loads(event.model_dump_json())) == {"account_id", "change", "changed_at"}
    assert agent.phone.secret not in event.model_dump_json()


async def test_the_sessions_of_a_lost_telephone_end_at_once_and_nobody_elses(
    walk: Walk, service: RunningService
) -> None:
    tokens = [await walk.ready()]
    tokens.append(await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD))
    agent = await enrolled(walk)
    before = await news(service)
    assert (await end(service, await only_family(service))).status_code == 204
    for token in tokens:
        assert (await service.client.get("/sessions/current", headers={"X-Session": token})).status_code == 401
    await walk.session(agent.token)
    assert (await news(service))[len(before) :] == ["sessions_ended"]
    # The password is what it was, and the holder's history says why.
    token = (await walk.session(await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD))).actor_token
    history = await service.client.get("/history", headers={"Authorization": f"Bearer {token}"})
    (entry,) = [entry for entry in history.json()["items"] if entry["action"] == "sessions_ended"]
    assert (entry["actor_kind"], entry["after"]) == ("agent", {"reason": LOST})


async def test_the_device_that_was_lost_counts_for_nothing_any_more(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    count = "select count(*) from devices where account_id = $1"
    account_id = await only_family(service)
    assert await service.db.fetchval(count, account_id) > 0
    assert (await end(service, account_id)).status_code == 204
    assert await service.db.fetchval(count, account_id) == 0


@pytest.mark.parametrize("reason", ["", "   ", "a" * 2001])
async def test_without_a_reason_nothing_ends(walk: Walk, service: RunningService, reason: str) -> None:
    token = await walk.ready()
    assert (await end(service, await only_family(service), reason=reason)).status_code == 422
    await walk.session(token)
    assert await news(service) == []


async def test_agents_and_strangers_are_no_family(walk: Walk, service: RunningService) -> None:
    agent: Agent = await enrolled(walk)
    account_id = (await walk.session(agent.token)).account_id
    assert problem(await end(service, account_id, Role.DIRECTOR), 404)
    assert problem(await end(service, uuid4()), 404)
    await walk.session(agent.token)
    await walk.ready()
    assert problem(await end(service, await only_family(service), Role.FINANCE), 403)


async def test_whom_families_let_act_may_lose_a_telephone_too(walk: Walk, service: RunningService) -> None:
    await service.deliver(delegate())
    token = await ready(walk)
    account_id = (await walk.session(token)).account_id
    assert (await end(service, account_id)).status_code == 204
    assert (await service.client.get("/sessions/current", headers={"X-Session": token})).status_code == 401
