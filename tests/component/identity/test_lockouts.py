"""An agent whom wrong codes of the second factor locked out: how long, what is no way around it, and what a manager can do."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from contracts.types import SessionStage
from services.identity.attempts.domain import ACCOUNT_RULE
from tests.component.identity.agent import PASSWORD, Agent, agent_of
from tests.component.identity.walk import Walk, field_codes, problem, town_file
from tests.support.applications import Applications
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["optional", "required"])
async def service(
    applications: Applications, tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[RunningService]:
    """A town that lets agents have a second factor, and one that wants it of all."""
    file = town_file(tmp_path, second_factor={"agents": request.param})
    async with applications.lend("identity", town_file=file) as running:
        yield running


async def locked_out(walk: Walk) -> Agent:
    """An agent with a telephone, after five wrong codes."""
    agent = await agent_of(walk)
    await agent.sign_in()
    assert (await agent.enroll()).status_code == 201
    await agent.sign_in()
    for _ in range(ACCOUNT_RULE.free_failures + 1):
        assert field_codes(await agent.enter(agent.phone.wrong())) == {"/code": "code_wrong"}
    return agent


async def test_whoever_is_locked_out_waits_a_minute_and_two_hours_at_most(walk: Walk, service: RunningService) -> None:
    agent = await locked_out(walk)
    waits = []
    for _ in range(9):
        refused = await agent.enter(agent.phone.code(1))
        assert problem(refused, 429) == "too_many_codes"
        waits.append(refused.json()["params"]["retry_after_seconds"])
        service.advance(seconds=waits[-1])
        await agent.sign_in()
        assert field_codes(await agent.enter(agent.phone.wrong())) == {"/code": "code_wrong"}
    assert waits[0] <= 60 < waits[1] <= 120
    assert max(waits) <= 7200
    assert waits[-1] > 7100
    service.advance(hours=2)
    await agent.sign_in()
    assert (await agent.enter(agent.phone.code(1))).status_code == 201, "the right one ends it"


async def test_a_new_password_by_mail_is_no_way_around_it(walk: Walk, service: RunningService) -> None:
    agent = await locked_out(walk)
    email = await service.db.fetchval("select email from accounts")
    await service.client.post("/password-resets", json={"email": email}, headers=walk.browser)
    mailed = await walk.issued()
    assert (await walk.activate(mailed.activation_token)).status_code == 201
    assert await agent.sign_in(mailed.temporary_password) is SessionStage.ENTER_SECOND_FACTOR
    assert problem(await agent.enter(agent.phone.code(1)), 429) == "too_many_codes"


async def test_a_manager_lets_them_in_at_once_with_another_telephone(walk: Walk, service: RunningService) -> None:
    agent = await locked_out(walk)
    account_id = (await walk.session(agent.token)).account_id
    removed = await service.client.delete(
        f"/agents/{account_id}/second-factor", headers=service.as_agent(Role.DIRECTOR)
    )
    assert removed.status_code == 204, removed.text
    assert await agent.sign_in(PASSWORD) in (SessionStage.READY, SessionStage.ENROLL_SECOND_FACTOR)
    assert (await agent.enroll()).json()["session"]["stage"] == "ready"
    await agent.sign_in()
    assert (await agent.enter(agent.phone.code(1))).status_code == 201, "no wrong code of before counts"


async def test_the_others_of_the_office_are_let_in(walk: Walk, service: RunningService) -> None:
    """Behind the address of the town hall, whose bucket five wrong codes do not fill."""
    await locked_out(walk)
    colleague = await agent_of(walk, "autre.agent")
    await colleague.sign_in()
    assert (await colleague.enroll()).status_code == 201
    await colleague.sign_in()
    assert (await colleague.enter(colleague.phone.code(1))).status_code == 201
