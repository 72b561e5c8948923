"""The second factor of agents: set up, asked for, used up, lost; as the town wants it."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest

from contracts.types import SessionStage, Strength
from tests.component.identity.agent import PASSWORD, Agent, agent_of, enrolled
from tests.component.identity.walk import Walk, field_codes, guardian, problem, town_file
from tests.support.applications import Applications
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

NEW_PASSWORD = "guichet-ouvert-2"


async def acts(service: RunningService) -> list[str]:
    rows = await service.db.fetch("select action from history order by noted_at, id")
    return [row["action"] for row in rows if "second" in row["action"] or "recovery" in row["action"]]


async def test_a_code_is_asked_for_after_the_password_and_nothing_is_open_before(
    walk: Walk, service: RunningService
) -> None:
    agent = await agent_of(walk)
    assert await agent.sign_in() is SessionStage.READY
    assert (await agent.actor()).strength is Strength.BASIC
    before = agent.token
    assert (await agent.enroll()).status_code == 201
    assert agent.token != before, "another token for a session that is worth more"
    assert (await agent.actor()).strength is Strength.STRONG
    assert await agent.sign_in() is SessionStage.ENTER_SECOND_FACTOR
    half = await walk.session(agent.token)
    assert (half.actor_token, half.name, half.permissions) == (None, None, ())
    for method, path, body in (
        ("GET", "/me/sessions", None),
        ("GET", "/me/second-factor", None),
        ("GET", "/me/second-factor/candidate", None),
        ("DELETE", "/me/other-sessions", None),
        ("POST", "/me/recovery-codes", {"code": "123456", "current_password": PASSWORD}),
        ("POST", "/me/second-factor", {"code": "123456", "current_password": PASSWORD}),
        ("PUT", "/me/credentials", {"password": NEW_PASSWORD, "password_confirmation": NEW_PASSWORD}),
    ):
        answer = await service.client.request(method, path, json=body, headers=agent.headers)
        assert problem(answer, 403) == "second_factor_needed", path
    waiting = agent.token
    typed = agent.phone.code(1)
    assert (await agent.enter(f" {typed[:3]} {typed[3:]}\u00a0")).json()["stage"] == "ready"
    assert agent.token != waiting
    assert (await service.client.get("/sessions/current", headers={"X-Session": waiting})).status_code == 401
    assert (await agent.actor()).strength is Strength.STRONG
    row = await service.db.fetchrow("select strong_by, strong_at from sessions where strong_at is not null limit 1")
    assert row
    assert row["strong_by"] == "totp"


async def test_the_secret_stands_nowhere_in_clear(walk: Walk, service: RunningService) -> None:
    agent = await enrolled(walk)
    for table in ("second_factors", "recovery_codes", "history", "outbox", "sessions"):
        for row in await service.db.fetch(f"select t::text as line from {table} t"):
            assert agent.phone.secret not in row["line"]
            assert not [code for code in agent.phone.recovery_codes if code in row["line"]]


async def test_a_wrong_code_opens_nothing_and_a_right_one_counts_once(walk: Walk) -> None:
    agent = await enrolled(walk)
    await agent.sign_in()
    assert field_codes(await agent.enter("")) == {"/code": "code_required"}
    assert field_codes(await agent.enter(agent.phone.wrong())) == {"/code": "code_wrong"}
    assert field_codes(await agent.enter("abc")) == {"/code": "code_wrong"}
    used = agent.phone.code(1)
    assert (await agent.enter(used)).status_code == 201
    await agent.sign_in()
    assert field_codes(await agent.enter(used)) == {"/code": "code_wrong"}, "replayed"
    assert field_codes(await agent.enter(agent.phone.code())) == {"/code": "code_wrong"}, "of a step before"
    assert (await walk.session(agent.token)).stage is SessionStage.ENTER_SECOND_FACTOR


async def test_a_code_that_set_the_application_up_is_used_up(walk: Walk) -> None:
    agent = await agent_of(walk)
    await agent.sign_in()
    phone = await agent.candidate()
    code = phone.code(1)
    assert (await agent.enroll(code=code)).status_code == 201
    await agent.sign_in()
    assert field_codes(await agent.enter(code)) == {"/code": "code_wrong"}


@pytest.mark.parametrize("typed", ["é23456", "１２３４５６", "k7wp-x3mh-9tqa-c5rz", "12345"])
async def test_what_is_no_code_of_an_application_sets_none_up(walk: Walk, typed: str) -> None:
    agent = await agent_of(walk)
    await agent.sign_in()
    assert field_codes(await agent.enroll(code=typed)) == {"/code": "new_code_wrong"}


async def test_of_two_who_send_the_same_code_at_once_one_gets_in(walk: Walk) -> None:
    agent = await enrolled(walk)
    sessions = [await walk.signed_in(agent.username, PASSWORD) for _ in range(2)]
    code, service = agent.phone.code(1), walk.service
    for body in ({"code": code}, {"recovery_code": agent.phone.recovery_codes[0]}):
        answers = await asyncio.gather(
            *(
                service.client.post(
                    "/me/second-factor/entries", json=body, headers={"X-Session": token, **walk.browser}
                )
                for token in sessions
            )
        )
        assert sorted(answer.status_code for answer in answers) == [201, 422]
        sessions = [await walk.signed_in(agent.username, PASSWORD) for _ in range(2)]


async def test_wrong_codes_are_throttled_by_account_and_the_password_forgets_none(
    walk: Walk, service: RunningService
) -> None:
    agent = await enrolled(walk)
    for number in range(5):
        walk.address = f"192.0.2.{number}"
        await agent.sign_in()
        assert field_codes(await agent.enter(agent.phone.wrong())) == {"/code": "code_wrong"}
    walk.address = "198.51.100.7"
    await agent.sign_in()
    assert problem(await agent.enter(agent.phone.code(1)), 429) == "too_many_codes"
    assert problem(await agent.enter(recovery_code=agent.phone.recovery_codes[0]), 429) == "too_many_codes"
    service.advance(seconds=61)
    assert (await agent.enter(agent.phone.code(1))).status_code == 201
    await agent.sign_in()
    assert field_codes(await agent.enter(agent.phone.wrong())) == {"/code": "code_wrong"}, "all forgotten"


async def test_codes_follow_the_real_time_wherever_the_town_s_clock_stands(walk: Walk, service: RunningService) -> None:
    agent = await enrolled(walk)
    service.advance(days=10)
    await agent.sign_in()
    assert (await agent.enter(agent.phone.code(1))).status_code == 201


async def test_each_recovery_code_works_once(walk: Walk, service: RunningService) -> None:
    agent = await enrolled(walk)
    assert len(set(agent.phone.recovery_codes)) == 10
    code = agent.phone.recovery_codes[0]
    await agent.sign_in()
    assert (await agent.enter(recovery_code=code.upper().replace("-", " "))).status_code == 201
    assert (await agent.get("/me/second-factor")).json()["recovery_codes_left"] == 9
    await agent.sign_in()
    assert field_codes(await agent.enter(recovery_code=code)) == {"/recovery_code": "recovery_code_wrong"}
    assert (await agent.enter(recovery_code=agent.phone.recovery_codes[1])).status_code == 201
    assert (await acts(service)).count("recovery_code_used") == 2


async def test_recovery_codes_are_renewed_with_password_and_code(walk: Walk, service: RunningService) -> None:
    agent = await enrolled(walk)
    path, former = "/me/recovery-codes", agent.phone.recovery_codes[0]
    wrong = await agent.post(path, code=agent.phone.code(1), current_password="faux-faux-1")
    assert field_codes(wrong) == {"/current_password": "current_password_wrong"}
    wrong = await agent.post(path, code=agent.phone.wrong(), current_password=PASSWORD)
    assert field_codes(wrong) == {"/code": "code_wrong"}
    renewed = await agent.post(path, code=agent.phone.code(1), current_password=PASSWORD)
    assert renewed.status_code == 201, renewed.text
    await agent.sign_in()
    assert field_codes(await agent.enter(recovery_code=former)) == {"/recovery_code": "recovery_code_wrong"}
    assert (await agent.enter(recovery_code=renewed.json()["codes"][9])).status_code == 201
    assert (await acts(service))[:2] == ["second_factor_enrolled", "recovery_codes_renewed"]


async def test_an_application_is_set_up_with_a_code_and_the_password(walk: Walk, service: RunningService) -> None:
    agent = await agent_of(walk)
    await agent.sign_in()
    phone = await agent.candidate()
    assert (await agent.candidate()).secret == phone.secret, "the page may be opened again"
    uri = (await agent.get("/me/second-factor/candidate")).json()["uri"]
    assert uri.startswith("otpauth://totp/Valmont")
    assert f"secret={phone.secret}" in uri
    assert field_codes(await agent.enroll(code="")) == {"/code": "new_code_required"}
    assert field_codes(await agent.enroll(code=phone.wrong())) == {"/code": "new_code_wrong"}
    assert field_codes(await agent.enroll(current_password="")) == {"/current_password": "current_password_required"}
    assert field_codes(await agent.enroll(current_password="faux-faux-1")) == {
        "/current_password": "current_password_wrong"
    }
    assert await agent.sign_in() is SessionStage.READY, "nothing is set up yet"
    assert (await agent.candidate()).secret != phone.secret, "another one in every session"
    assert (await agent.enroll(code=phone.code())).status_code == 422


async def test_an_application_is_replaced_with_a_code_of_the_former(walk: Walk, service: RunningService) -> None:
    agent = await enrolled(walk)
    former = agent.phone
    assert field_codes(await agent.enroll()) == {"/current_code": "current_code_required"}
    assert field_codes(await agent.enroll(current_code=former.wrong())) == {"/current_code": "code_wrong"}
    assert (await agent.enroll(current_code=former.code(1))).status_code == 201
    assert agent.phone.secret != former.secret
    await agent.sign_in()
    await agent.forget_steps()
    assert field_codes(await agent.enter(former.code())) == {"/code": "code_wrong"}
    assert field_codes(await agent.enter(recovery_code=former.recovery_codes[0])) == {
        "/recovery_code": "recovery_code_wrong"
    }
    assert (await agent.enter(agent.phone.code())).status_code == 201
    # Whoever lost it is let in by a recovery code, and replaces it with another one.
    spare = agent.phone.recovery_codes[0]
    assert (await agent.enroll(current_code=spare)).status_code == 201
    assert await acts(service) == ["second_factor_enrolled", "second_factor_replaced", "second_factor_replaced"]


async def test_other_sessions_ask_for_the_code_once_there_is_an_application(walk: Walk) -> None:
    agent = await agent_of(walk)
    await agent.sign_in()
    elsewhere = agent.token
    await agent.sign_in()
    assert (await agent.enroll()).status_code == 201
    assert (await walk.session(elsewhere)).stage is SessionStage.ENTER_SECOND_FACTOR
    assert (await walk.session(agent.token)).stage is SessionStage.READY


async def test_new_credentials_keep_the_second_step_of_the_session(walk: Walk) -> None:
    agent = await enrolled(walk)
    changed = await walk.choose(
        agent.token,
        username=agent.username,
        password=NEW_PASSWORD,
        password_confirmation=NEW_PASSWORD,
        current_password=PASSWORD,
    )
    agent.token = changed.json()["session_token"]
    assert (await agent.actor()).strength is Strength.STRONG
    assert await agent.sign_in(NEW_PASSWORD) is SessionStage.ENTER_SECOND_FACTOR


async def test_families_have_none(walk: Walk, service: RunningService) -> None:
    parent = Agent(walk, "", await walk.ready(guardian()))
    assert (await parent.get("/me/second-factor")).json()["is_offered"] is False
    assert problem(await parent.get("/me/second-factor/candidate"), 404) == "not_found"
    assert problem(await parent.enter("123456"), 404) == "not_found"


async def test_a_town_may_want_one_of_every_agent(
    applications: Applications, secrets_dir: Path, tmp_path: Path
) -> None:
    town = town_file(tmp_path, second_factor={"agents": "required"})
    async with applications.lend("identity", town_file=town) as service:
        walk = Walk(service, secrets_dir)
        agent = await agent_of(walk)
        assert await agent.sign_in() is SessionStage.ENROLL_SECOND_FACTOR
        assert (await walk.session(agent.token)).actor_token is None
        assert (await agent.enroll()).json()["session"]["stage"] == "ready"
        assert (await agent.actor()).strength is Strength.STRONG
        assert (await agent.get("/me/second-factor")).json()["is_required"] is True
        parent = await walk.ready(guardian())
        assert (await walk.session(parent)).stage is SessionStage.READY


async def test_a_town_without_asks_nobody(applications: Applications, secrets_dir: Path, tmp_path: Path) -> None:
    town = town_file(tmp_path, second_factor={"agents": "off"})
    async with applications.lend("identity", town_file=town) as service:
        walk = Walk(service, secrets_dir)
        agent = await agent_of(walk)
        assert await agent.sign_in() is SessionStage.READY
        assert problem(await agent.get("/me/second-factor/candidate"), 404) == "not_found"


async def test_a_lost_application_is_taken_off_by_whoever_keeps_agents(walk: Walk, service: RunningService) -> None:
    agent = await enrolled(walk)
    await agent.sign_in()
    assert (await agent.enter(agent.phone.code(1))).status_code == 201
    account_id = (await walk.session(agent.token)).account_id
    path = f"/agents/{account_id}/second-factor"
    for headers, status, code in (
        (service.as_agent(Role.FRONT_DESK), 403, "forbidden"),
        (service.as_agent(Role.DIRECTOR, sites=frozenset({"tilleuls"})), 403, "beyond_own_rights"),
        (await own_headers(agent), 403, "own_second_factor"),
    ):
        assert problem(await service.client.delete(path, headers=headers), status) == code
    assert (await walk.session(agent.token)).stage is SessionStage.READY
    assert (await service.client.delete(path, headers=service.as_agent(Role.DIRECTOR))).status_code == 204
    assert (await service.client.get("/sessions/current", headers=agent.headers)).status_code == 401
    assert await service.db.fetchval("select count(*) from recovery_codes") == 0
    assert await agent.sign_in() is SessionStage.READY
    assert problem(await service.client.delete(path, headers=service.as_agent(Role.DIRECTOR)), 404) == "not_found"
    assert (await acts(service))[-1] == "second_factor_reset"


async def test_a_family_has_no_second_factor_to_take_off(walk: Walk, service: RunningService) -> None:
    account_id: UUID = (await walk.session(await walk.ready(guardian()))).account_id
    answer = await service.client.delete(f"/agents/{account_id}/second-factor", headers=service.as_agent(Role.DIRECTOR))
    assert problem(answer, 404) == "not_found"


async def own_headers(agent: Agent) -> dict[str, str]:
    token = (await agent.walk.session(agent.token)).actor_token
    return {"Authorization": f"Bearer {token}"}
