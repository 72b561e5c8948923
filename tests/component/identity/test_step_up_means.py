"""Step-up by what somebody has: the code of an application, or a passkey, beside the mail."""

import asyncio

import pytest

from tests.component.identity.agent import PASSWORD, Agent, agent_of, enrolled
from tests.component.identity.passkeys import Holder
from tests.component.identity.walk import PERSONAL_PASSWORD, Walk, field_codes, problem
from tests.support.passkeys import Manner, SoftAuthenticator
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


async def long_after(service: RunningService) -> None:
    """As if the sign-in's own proof were over."""
    await service.db.execute("update session_proofs set proved_at = proved_at - interval '1 hour'")


async def entered(service: RunningService, agent: Agent, typed: str) -> tuple[int, dict[str, str]]:
    """What comes of a code of an application: the status, and what is wrong with it."""
    answer = await agent.post("/me/step-up/application", application_code=typed)
    return answer.status_code, field_codes(answer) if answer.status_code == 422 else {}


async def means(holder: Holder) -> list[str]:
    listed: list[str] = (await holder.get("/me/step-up")).json()["means"]
    return listed


async def test_each_account_is_offered_what_it_has(walk: Walk, service: RunningService) -> None:
    parent = Holder(walk, await walk.ready(), PERSONAL_PASSWORD)
    assert await means(parent) == ["mail"]
    await parent.added()
    assert await means(parent) == ["mail", "passkey"]
    agent = await enrolled(walk)
    desk = Holder(walk, agent.token, PASSWORD)
    assert await means(desk) == ["mail", "totp"]
    await desk.added(code=agent.phone.code(1))
    assert await means(desk) == ["mail", "totp", "passkey"]


async def test_an_agent_proves_it_with_a_code_of_the_application(walk: Walk, service: RunningService) -> None:
    agent = await enrolled(walk)
    await long_after(service)
    assert "exports" not in (await agent.actor()).opened
    await agent.forget_steps()
    code = agent.phone.code()
    assert await entered(service, agent, f" {code[:3]}\u00a0{code[3:]} ") == (200, {})
    assert "exports" in (await agent.actor()).opened
    assert await service.db.fetchval("select means from session_proofs") == "totp"
    assert await service.db.fetchval("select count(*) from history where action = 'identity_proved'") == 1


async def test_a_code_of_the_application_counts_once_also_of_two_at_once(walk: Walk, service: RunningService) -> None:
    agent = await enrolled(walk)
    await agent.forget_steps()
    code = agent.phone.code()
    answers = await asyncio.gather(*(entered(service, agent, code) for _ in range(3)))
    assert sorted(status for status, _ in answers) == [200, 422, 422]
    assert await entered(service, agent, code) == (422, {"/application_code": "code_wrong"})


async def test_wrong_codes_are_slowed_down_and_a_recovery_code_is_none(walk: Walk, service: RunningService) -> None:
    agent = await enrolled(walk)
    for typed in ("", "12345", agent.phone.recovery_codes[0]):
        assert await entered(service, agent, typed) == (422, {"/application_code": "application_code_malformed"})
    for _ in range(5):
        assert await entered(service, agent, agent.phone.wrong()) == (422, {"/application_code": "code_wrong"})
    assert (await entered(service, agent, agent.phone.code(1)))[0] == 429
    assert await service.db.fetchval("select count(*) from session_proofs") == 0


async def test_who_has_no_application_and_no_passkey_is_offered_neither(walk: Walk) -> None:
    parent = Holder(walk, await walk.ready(), PERSONAL_PASSWORD)
    assert problem(await parent.post("/me/step-up/application", application_code="123456"), 404) == "not_found"
    assert problem(await parent.post("/me/step-up/passkey-challenges"), 404) == "not_found"
    assert problem(await parent.post("/me/step-up/passkey", answer="{}"), 409) == "passkey_not_awaited"


async def test_a_family_proves_it_with_a_passkey(walk: Walk, service: RunningService) -> None:
    parent = Holder(walk, await walk.ready(), PERSONAL_PASSWORD)
    await parent.added()
    assert "address" not in await walk.opened(parent.token)
    proved = await parent.prove()
    assert proved.status_code == 200, proved.text
    assert proved.json()["proof_ends_at"]
    assert "address" in await walk.opened(parent.token)
    assert await service.db.fetchval("select means from session_proofs") == "passkey"
    assert await service.db.fetchval("select count(*) from history where action = 'identity_proved'") == 1
    service.advance(minutes=15)
    assert "address" not in await walk.opened(parent.token)


@pytest.mark.parametrize("manner", [Manner(is_verified=False), Manner(origin="https://attaque.example")])
async def test_a_forged_answer_proves_nothing(walk: Walk, manner: Manner) -> None:
    parent = Holder(walk, await walk.ready(), PERSONAL_PASSWORD)
    await parent.added()
    assert problem(await parent.prove(manner), 401) == "invalid_passkey"
    assert "address" not in await walk.opened(parent.token)


async def test_somebody_elses_passkey_proves_nothing(walk: Walk) -> None:
    """Not even to whoever it is of, in another account's session."""
    parent = Holder(walk, await walk.ready(), PERSONAL_PASSWORD)
    await parent.added()
    agent = await agent_of(walk)
    await agent.sign_in()
    desk = Holder(walk, agent.token, PASSWORD, authenticator=SoftAuthenticator())
    foreign = await desk.added()
    assert problem(await parent.prove(passkey=foreign), 401) == "invalid_passkey"
    assert "address" not in await walk.opened(parent.token)


async def test_an_answer_proves_once_in_the_session_that_was_asked(walk: Walk, service: RunningService) -> None:
    parent = Holder(walk, await walk.ready(), PERSONAL_PASSWORD)
    await parent.added()
    other = Holder(walk, await parent.signed_in(), PERSONAL_PASSWORD, authenticator=parent.authenticator)
    options = (await parent.post("/me/step-up/passkey-challenges")).json()["options"]
    answered = parent.authenticator.get(options)
    assert problem(await other.post("/me/step-up/passkey", answer=answered), 409) == "passkey_not_awaited"
    answers = await asyncio.gather(*(parent.post("/me/step-up/passkey", answer=answered) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    copied = parent.authenticator.passkeys[-1].copy()
    copied.count = 0
    assert problem(await parent.prove(passkey=copied), 403) == "passkey_copied"


async def test_a_question_goes_on_with_a_session_that_is_renewed(walk: Walk) -> None:
    """Another tab sets an application up meanwhile, which gives the session another token."""
    agent = await agent_of(walk)
    await agent.sign_in()
    desk = Holder(walk, agent.token, PASSWORD)
    await desk.added()
    agent.token = desk.token = await desk.signed_in()
    options = (await desk.post("/me/step-up/passkey-challenges")).json()["options"]
    assert (await agent.enroll()).status_code == 201
    assert agent.token != desk.token
    desk.token = agent.token
    proved = await desk.post("/me/step-up/passkey", answer=desk.authenticator.get(options))
    assert proved.status_code == 200, proved.text


async def test_what_was_added_with_the_password_alone_proves_nothing_for_a_day(
    walk: Walk, service: RunningService
) -> None:
    """Whoever found an open session and knows its password adds a means of their own; its holder hears of it, and has a day."""
    agent = await agent_of(walk)
    await agent.sign_in()
    assert (await agent.enroll()).status_code == 201
    thief = Holder(walk, agent.token, PASSWORD)
    assert (await thief.add(code=agent.phone.code(1))).status_code == 201
    assert await means(thief) == ["mail"]
    await agent.forget_steps()
    assert (await entered(service, agent, agent.phone.code()))[0] == 404
    assert problem(await thief.post("/me/step-up/passkey-challenges"), 404) == "not_found"
    again = await thief.signed_in()
    assert "exports" not in await walk.opened(again), "nor by signing in with it"
    await agent.sign_in()
    await agent.forget_steps()
    assert (await agent.enter(agent.phone.code())).status_code == 201
    assert "exports" not in (await agent.actor()).opened
    service.advance(hours=24)
    assert "exports" in await walk.opened(await thief.signed_in())


async def test_an_application_that_takes_the_place_of_one_counts_no_earlier_than_that_one(walk: Walk) -> None:
    """Whoever set one up with the password alone replaces it at once, with a code of their own."""
    thief = await agent_of(walk)
    await thief.sign_in()
    assert (await thief.enroll()).status_code == 201
    await thief.forget_steps()
    assert (await thief.enroll(current_code=thief.phone.code())).status_code == 201
    assert await means(Holder(walk, thief.token, PASSWORD)) == ["mail"]
    owner = await enrolled(walk, "dominique.agent")
    await owner.forget_steps()
    assert (await owner.enroll(current_code=owner.phone.code())).status_code == 201
    assert await means(Holder(walk, owner.token, PASSWORD)) == ["mail", "totp"]


async def test_what_proves_nothing_yet_answers_no_question_of_another_means(walk: Walk) -> None:
    """Whoever added a passkey of their own beside one that counts is asked for that one, and answers with theirs."""
    owner = Holder(walk, await walk.ready(), PERSONAL_PASSWORD)
    counting = await owner.added("Téléphone")
    owner.authenticator = SoftAuthenticator()
    assert (await owner.add("Vol")).status_code == 201
    fresh = owner.authenticator.passkeys[-1]
    assert problem(await owner.prove(passkey=fresh), 401) == "invalid_passkey"
    assert "address" not in await walk.opened(owner.token)
    assert (await owner.prove(passkey=counting)).status_code == 200


async def test_what_was_added_after_a_proof_proves_at_once(walk: Walk, service: RunningService) -> None:
    parent = Holder(walk, await walk.ready(), PERSONAL_PASSWORD)
    await parent.added("Téléphone")
    assert (await parent.prove()).status_code == 200
    parent.authenticator = SoftAuthenticator()
    assert (await parent.add("Ordinateur")).status_code == 201
    await long_after(service)
    assert "address" not in await walk.opened(parent.token)
    assert (await parent.prove()).status_code == 200
    assert "address" in await walk.opened(parent.token)
