"""Step-up: what a town asks a proof for, the code that is mailed to give one, and how long it holds."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chassis.actor import read_actor
from contracts.identity.events import StepUpCodeIssued
from contracts.types import ActorKind, StepUp
from services.identity.settings import DEFAULT_STEP_UP
from tests.component.identity.agent import PASSWORD, agent_of, enrolled
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, field_codes, problem, town_file
from tests.support.applications import Applications
from tests.support.roles import Role, agent_body
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

OF_FAMILIES = frozenset(step_up for step_up in StepUp if ActorKind.PARENT in step_up.asked_of)
OF_AGENTS = frozenset(step_up for step_up in StepUp if ActorKind.AGENT in step_up.asked_of)


def wrong(code: str) -> str:
    """Another code than this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_reading_paying_and_booking_are_open_and_the_rest_waits_for_a_proof(walk: Walk) -> None:
    token = await walk.ready()
    assert await walk.opened(token) == {"invoices", "payments", "bookings"}
    proved = await walk.prove(token, await walk.mailed_code(token))
    assert proved.status_code == 200, proved.text
    assert proved.json()["proof_ends_at"]
    assert await walk.opened(token) == OF_FAMILIES


async def test_an_agent_is_asked_for_what_agents_do(walk: Walk, service: RunningService) -> None:
    body = agent_body("camille", Role.DIRECTOR, password=PERSONAL_PASSWORD)
    created = await service.client.post("/agents", json=body, headers=service.as_system() | service.key())
    assert created.status_code == 201, created.text
    token = await walk.signed_in("camille", PERSONAL_PASSWORD)
    assert await walk.opened(token) == OF_AGENTS - DEFAULT_STEP_UP
    assert (await walk.prove(token, await walk.mailed_code(token))).status_code == 200
    assert await walk.opened(token) == OF_AGENTS


@pytest.mark.parametrize("asks", [[], ["invoices", "payments"]])
async def test_a_town_says_what_it_asks_a_proof_for(
    applications: Applications, tmp_path: Path, secrets_dir: Path, asks: list[str]
) -> None:
    file = town_file(tmp_path, step_up={"asks": asks})
    async with applications.lend("identity", town_file=file) as service:
        walk = Walk(service, secrets_dir)
        token = await walk.ready()
        assert await walk.opened(token) == OF_FAMILIES - set(asks)
        state = (await service.client.get("/me/step-up", headers={"X-Session": token})).json()
        assert (state["asks"], state["proof_ends_at"]) == (asks, None)


async def test_a_proof_ends_by_the_clock_of_the_town_and_no_token_outlives_it(
    walk: Walk, service: RunningService
) -> None:
    token = await walk.ready()
    assert (await walk.prove(token, await walk.mailed_code(token))).status_code == 200
    service.advance(minutes=14, seconds=30)
    session = await walk.session(token)
    assert session.actor_token_expires_at is not None
    assert "address" in read_actor(str(session.actor_token), service.actor_key).opened
    assert session.actor_token_expires_at - datetime.now(UTC) < timedelta(seconds=31)
    service.advance(seconds=31)
    assert await walk.opened(token) == {"invoices", "payments", "bookings"}


async def test_a_proof_is_of_one_session_and_ends_with_it(walk: Walk, service: RunningService) -> None:
    token = await walk.ready()
    other = await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    assert (await walk.prove(token, await walk.mailed_code(token))).status_code == 200
    assert "address" not in await walk.opened(other)
    await service.client.delete("/sessions/current", headers={"X-Session": token})
    assert await service.db.fetchval("select count(*) from session_proofs") == 0


async def test_a_code_of_another_session_is_wrong_in_this_one(walk: Walk) -> None:
    """Also where this one asked for none, of the same account or of another."""
    token = await walk.ready()
    other, idle = [await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD) for _ in range(2)]
    own, foreign = await walk.mailed_code(token), await walk.mailed_code(other)
    assert own != foreign
    assert field_codes(await walk.prove(token, foreign)) == {"/code": "step_up_code_wrong"}
    assert field_codes(await walk.prove(idle, foreign)) == {"/code": "step_up_code_expired"}
    assert (await walk.prove(token, own)).status_code == 200


async def test_a_code_is_read_with_spaces_and_is_used_once(walk: Walk) -> None:
    token = await walk.ready()
    code = await walk.mailed_code(token)
    for typed in ("", "12345", "abcdef", "١٢٣٤٥٦", f"{code}7"):
        assert field_codes(await walk.prove(token, typed)) == {"/code": "step_up_code_malformed"}, typed
    assert (await walk.prove(token, f" {code[:3]}\u00a0{code[3:]} ")).status_code == 200
    assert field_codes(await walk.prove(token, code)) == {"/code": "step_up_code_expired"}


async def test_a_code_works_for_ten_minutes(walk: Walk, service: RunningService) -> None:
    token = await walk.ready()
    code = await walk.mailed_code(token)
    service.advance(minutes=10)
    assert field_codes(await walk.prove(token, code)) == {"/code": "step_up_code_expired"}


async def test_five_wrong_tries_end_a_code_also_in_parallel(walk: Walk, service: RunningService) -> None:
    """The right one is of no use after them, and each try that was left was said."""
    token = await walk.ready()
    code = await walk.mailed_code(token)
    answers = await asyncio.gather(*(walk.prove(token, wrong(code)) for _ in range(12)))
    codes = sorted(answer.json()["errors"][0]["code"] for answer in answers)
    assert codes == ["step_up_code_spent"] * 8 + ["step_up_code_wrong"] * 4
    left = sorted(answer.json()["errors"][0]["params"].get("count", 0) for answer in answers)
    assert left == [0] * 8 + [1, 2, 3, 4]
    assert field_codes(await walk.prove(token, code)) == {"/code": "step_up_code_spent"}
    assert "address" not in await walk.opened(token)


async def test_the_right_code_sent_twice_at_once_is_used_once(walk: Walk, service: RunningService) -> None:
    token = await walk.ready()
    code = await walk.mailed_code(token)
    answers = await asyncio.gather(*(walk.prove(token, code) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    assert await service.db.fetchval("select count(*) from history where action = 'identity_proved'") == 1


async def test_another_code_waits_a_minute_and_ends_the_former_one(walk: Walk, service: RunningService) -> None:
    token = await walk.ready()
    former = await walk.mailed_code(token)
    early = await walk.send_code(token)
    assert problem(early, 429) == "step_up_code_too_soon"
    assert 0 < early.json()["params"]["retry_after_seconds"] <= 61
    service.advance(minutes=1)
    latter = await walk.mailed_code(token)
    if former != latter:
        assert field_codes(await walk.prove(token, former)) == {"/code": "step_up_code_wrong"}
    assert (await walk.prove(token, latter)).status_code == 200


async def test_an_account_that_asks_for_many_codes_waits_whichever_its_sessions(
    walk: Walk, service: RunningService
) -> None:
    token = await walk.ready()
    other = await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    for session in (token, other, token, other, token, other):
        await walk.mailed_code(session)
        service.advance(minutes=1)
    assert problem(await walk.send_code(token), 429) == "step_up_code_too_soon"
    service.advance(minutes=4)
    code = await walk.mailed_code(token)
    assert (await walk.prove(token, code)).status_code == 200
    service.advance(minutes=1)
    assert (await walk.send_code(other)).status_code == 201


async def test_a_code_goes_on_with_a_session_that_is_renewed(walk: Walk) -> None:
    """A choice of credentials gives the session another token: what was mailed for it is right there, once, and nowhere else."""
    token = await walk.ready()
    code = await walk.mailed_code(token)
    changed = await walk.choose(
        token, password="velo-vert-44", password_confirmation="velo-vert-44", current_password=PERSONAL_PASSWORD
    )
    renewed = changed.json()["session_token"]
    assert problem(await walk.prove(token, code), 401) == "session_ended"
    assert "address" not in await walk.opened(renewed)
    assert (await walk.prove(renewed, code)).status_code == 200
    assert "address" in await walk.opened(renewed)
    assert field_codes(await walk.prove(renewed, code)) == {"/code": "step_up_code_expired"}


async def test_a_code_ends_with_the_session_that_another_sign_in_takes_the_place_of(walk: Walk) -> None:
    token = await walk.ready()
    code = await walk.mailed_code(token)
    body = {"login": PERSONAL_USERNAME, "password": PERSONAL_PASSWORD}
    answer = await walk.service.client.post("/sessions", json=body, headers={**walk.browser, "X-Session": token})
    other = answer.json()["session_token"]
    assert field_codes(await walk.prove(other, code)) == {"/code": "step_up_code_expired"}


async def test_a_code_goes_on_after_the_second_step_of_an_agent(walk: Walk, service: RunningService) -> None:
    """The second step proves more than the code; once it is too old for that, the code of before is still right."""
    agent = await agent_of(walk)
    await agent.sign_in()
    code = await walk.mailed_code(agent.token)
    assert (await agent.enroll()).status_code == 201
    await service.db.execute("update second_factors set counts_from = enrolled_at")
    await agent.forget_steps()
    assert (await agent.enroll(current_code=agent.phone.code())).status_code == 201
    assert "agents" in await walk.opened(agent.token)
    await service.db.execute("update session_proofs set proved_at = proved_at - interval '1 day'")
    assert "agents" not in await walk.opened(agent.token)
    assert (await walk.prove(agent.token, code)).status_code == 200
    assert "agents" in await walk.opened(agent.token)


async def test_a_first_application_is_set_up_with_a_password_and_proves_nothing(walk: Walk) -> None:
    """Whoever found an open session and knows its password has an application of their own, and opens nothing with it."""
    agent = await agent_of(walk)
    await agent.sign_in()
    assert (await agent.enroll()).status_code == 201
    assert await walk.opened(agent.token) == OF_AGENTS - DEFAULT_STEP_UP
    renewed = await agent.post("/me/recovery-codes", code=agent.phone.code(1), current_password=PASSWORD)
    assert renewed.status_code == 201, renewed.text
    assert await walk.opened(agent.token) == OF_AGENTS - DEFAULT_STEP_UP


async def test_the_second_step_of_a_sign_in_is_a_proof(walk: Walk) -> None:
    agent = await enrolled(walk)
    await agent.forget_steps()
    await agent.sign_in()
    assert (await agent.enter(agent.phone.code())).status_code == 201
    assert await walk.opened(agent.token) == OF_AGENTS
    await agent.sign_in()
    assert (await agent.enter(recovery_code=agent.phone.recovery_codes[0])).status_code == 201
    assert await walk.opened(agent.token) == OF_AGENTS


async def test_a_code_stands_nowhere_in_clear(walk: Walk, service: RunningService) -> None:
    """Neither in a row, nor in an event, nor in the history; what is mailed is sealed."""
    token = await walk.ready()
    code = await walk.mailed_code(token)
    state = (await service.client.get("/me/step-up", headers={"X-Session": token})).json()
    assert state["mailed_to"] == "d…@famille.example"
    assert state["code"]["expires_at"] > state["code"]["resend_at"] > state["code"]["sent_at"]
    assert (await walk.prove(token, code)).status_code == 200
    rows = [
        *await service.db.fetch("select to_jsonb(o) - 'id' as row from outbox o where event_type like '%step_up%'"),
        *await service.db.fetch("select to_jsonb(h) as row from history h where action = 'identity_proved'"),
        *await service.db.fetch("select to_jsonb(t) as row from throttles t"),
    ]
    assert len(rows) >= 2
    assert not [row for row in rows if re.search(rf"\b{code}\b", str(row["row"]))]
    (issued,) = [event for event in await service.outbox() if isinstance(event, StepUpCodeIssued)]
    assert issued.topic == "identity.credentials"


async def test_nobody_proves_anything_without_a_session(walk: Walk, service: RunningService) -> None:
    assert problem(await walk.send_code("nobody-0123456789"), 401) == "session_ended"
    assert problem(await walk.prove("nobody-0123456789", "123456"), 401) == "session_ended"
