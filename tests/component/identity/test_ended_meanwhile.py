"""A session that ends while a code is looked at is told to have ended, and nothing is left of it."""

import asyncio

import pytest

from tests.component.identity.agent import agent_of
from tests.component.identity.company import are_waiting
from tests.component.identity.walk import Walk, problem
from tests.support.polling import eventually
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def test_a_second_step_of_a_session_that_ends_meanwhile(walk: Walk, service: RunningService) -> None:
    agent = await agent_of(walk)
    await agent.sign_in()
    await agent.enroll()
    await agent.sign_in()
    await service.db.execute("update second_factors set counts_from = now()")
    await agent.forget_steps()
    async with service.db.transaction() as tx:
        await tx.fetch("select true from accounts for update")
        entering = asyncio.ensure_future(agent.enter(agent.phone.code()))
        await eventually(lambda: are_waiting(service, 1))
        await tx.execute("delete from sessions")
    assert problem(await entering, 401) == "session_ended"
    assert await service.db.fetchval("select count(*) from session_proofs") == 0
