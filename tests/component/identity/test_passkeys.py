"""Signing in with a passkey: what opens an account, and all that does not."""

import asyncio
import json
from dataclasses import replace

import pytest

from contracts.types import SessionStage, Strength
from tests.component.identity.agent import PASSWORD, Agent, enrolled
from tests.component.identity.passkeys import Holder
from tests.component.identity.walk import PERSONAL_PASSWORD, Walk, guardian, problem
from tests.support.passkeys import Manner, SoftAuthenticator, encoded
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

FORGED = {
    "another site": Manner(origin="https://portail.valmont.example.attaque.example"),
    "another port": Manner(origin="http://localhost:8001"),
    "no secure page": Manner(origin="https://localhost:8000"),
    "a frame of another site": Manner(is_cross_origin=True),
    "a passkey of another site": Manner(domain="localhost.example"),
    "nobody there": Manner(is_present=False),
    "nobody looked at": Manner(is_verified=False),
    "another question": Manner(challenge=encoded(bytes(32))),
    "an answer to another kind of question": Manner(kind="webauthn.create"),
    "another account": Manner(account=bytes(16)),
    "no account": Manner(account=b""),
}


@pytest.fixture
async def holder(walk: Walk) -> Holder:
    """A parent who has a passkey."""
    parent = Holder(walk, await walk.ready(), PERSONAL_PASSWORD)
    await parent.added()
    return parent


async def signed_in_agent(walk: Walk, agent: Agent) -> Holder:
    """An agent who has a passkey."""
    code = {"code": agent.phone.code(1)} if agent.phone.secret else {}
    desk = Holder(walk, agent.token, PASSWORD)
    await desk.added(**code)
    return desk


async def test_a_passkey_opens_a_session_like_a_password(walk: Walk, holder: Holder, service: RunningService) -> None:
    token = await holder.signed_in()
    session = await walk.session(token)
    assert session.stage is SessionStage.READY
    assert session.previous_sign_in_at is not None
    assert [row["means"] for row in await walk.own_sessions(token) if row["is_current"]] == ["passkey"]
    assert "address" not in await walk.opened(token), (
        "a family still proves who they are before what the town asks it for"
    )
    row = await service.db.fetchrow("select last_used_at, sign_count from passkeys")
    assert row
    assert row["last_used_at"] is not None
    assert row["sign_count"] == holder.authenticator.passkeys[-1].count == 1


async def test_the_first_steps_are_those_of_anybody(walk: Walk) -> None:
    _, token = await walk.activated()
    token = (await walk.choose(token)).json()["session_token"]
    newcomer = Holder(walk, token, PERSONAL_PASSWORD)
    await newcomer.added()
    assert (await newcomer.sign_in()).json()["stage"] == SessionStage.ACCEPT_TERMS


async def test_an_agent_needs_no_code_after_a_passkey(walk: Walk) -> None:
    """Strong, and a proof of its own for as long as any."""
    agent = await enrolled(walk)
    desk = await signed_in_agent(walk, agent)
    assert await agent.sign_in() is SessionStage.ENTER_SECOND_FACTOR
    agent.token = await desk.signed_in()
    actor = await agent.actor()
    assert actor.strength is Strength.STRONG
    assert "exports" in actor.opened
    row = await walk.service.db.fetchrow("select means, strong_by from sessions order by opened_at desc limit 1")
    assert row
    assert tuple(row) == ("passkey", "passkey")


@pytest.mark.parametrize("manner", FORGED.values(), ids=FORGED)
async def test_a_forged_answer_opens_nothing_and_does_not_say_why(holder: Holder, manner: Manner) -> None:
    assert problem(await holder.sign_in(manner), 401) == "invalid_passkey"
    assert (await holder.sign_in()).status_code == 201, "the right one does, with another question"


async def test_an_unknown_passkey_is_answered_like_a_wrong_answer(holder: Holder) -> None:
    """Also where it is counted: four are free for both, then both wait."""
    wrong, unknown = Holder(replace(holder.walk, address="192.0.2.11"), "", ""), Holder(holder.walk, "", "")
    known = holder.authenticator.passkeys[-1]
    wrong.authenticator = unknown.authenticator = holder.authenticator
    stranger = replace(known, credential_id=bytes(32))
    forged = Manner(is_verified=False)
    for _ in range(5):
        answers = [await wrong.sign_in(forged), await unknown.sign_in(forged, stranger)]
        assert [problem(answer, 401) for answer in answers] == ["invalid_passkey"] * 2
        assert len({answer.json()["detail"] for answer in answers}) == 1
    assert [
        problem(await somebody.sign_in(forged, passkey), 429)
        for somebody, passkey in ((wrong, known), (unknown, stranger))
    ] == ["too_many_attempts"] * 2


async def test_whoever_signed_in_on_a_device_does_not_wait_for_those_who_guess(holder: Holder) -> None:
    thief = Holder(replace(holder.walk, address="192.0.2.77"), "", "")
    known = holder.authenticator.passkeys[-1]
    first = await holder.sign_in()
    for _ in range(6):
        await thief.answer(holder.authenticator.get(await thief.asked(), Manner(is_verified=False), known))
    assert problem(await holder.sign_in(), 429) == "too_many_attempts"
    holder.walk.device = first.json()["device_token"]
    assert (await holder.sign_in()).status_code == 201


async def test_a_signature_of_another_key_opens_nothing(holder: Holder) -> None:
    """Whoever saw the id of a passkey and whose it is has not its key."""
    other = Holder(holder.walk, holder.token, PERSONAL_PASSWORD, authenticator=SoftAuthenticator())
    forged = replace(await other.added("Autre"), credential_id=holder.authenticator.passkeys[-1].credential_id)
    assert problem(await holder.sign_in(passkey=forged), 401) == "invalid_passkey"


async def test_an_answer_counts_once_also_of_two_at_once(holder: Holder, service: RunningService) -> None:
    answered = holder.authenticator.get(await holder.asked())
    answers = await asyncio.gather(*(holder.answer(answered) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert problem(await holder.answer(answered), 409) == "passkey_not_awaited"
    again = holder.authenticator.get(await holder.asked())
    assert problem(await holder.answer(answered), 401) == "invalid_passkey", "the answer of before, to another question"
    assert problem(await holder.answer(again), 409) == "passkey_not_awaited", "a wrong answer uses the question up too"
    assert await service.db.fetchval("select count(*) from passkey_challenges") == 0


async def test_a_question_is_of_one_browser_and_lasts_five_minutes(holder: Holder, service: RunningService) -> None:
    thief = Holder(holder.walk, "", "")
    await thief.asked()
    answered = holder.authenticator.get(await holder.asked())
    assert problem(await thief.answer(answered), 401) == "invalid_passkey"
    assert problem(await Holder(holder.walk, "", "").answer(answered), 409) == "passkey_not_awaited"
    service.advance(minutes=5)
    assert problem(await holder.answer(answered), 409) == "passkey_not_awaited"
    assert (await holder.sign_in()).status_code == 201


async def test_an_answer_to_another_purpose_opens_nothing(holder: Holder) -> None:
    """What was signed to prove something in a session is no sign-in, and the other way round."""
    proof = (await holder.post("/me/step-up/passkey-challenges")).json()["options"]
    await holder.asked()
    assert problem(await holder.answer(holder.authenticator.get(proof)), 401) == "invalid_passkey"
    await holder.post("/me/step-up/passkey-challenges")
    sign_in = holder.authenticator.get(await holder.asked())
    assert problem(await holder.post("/me/step-up/passkey", answer=sign_in), 401) == "invalid_passkey"


async def test_a_copy_is_refused_in_so_many_words(holder: Holder, service: RunningService) -> None:
    """Whichever of the two counts less; an authenticator that never counts is none."""
    own = holder.authenticator.passkeys[-1]
    copied = own.copy()
    for _ in range(3):
        assert (await holder.sign_in(passkey=copied)).status_code == 201
    assert problem(await holder.sign_in(passkey=own), 403) == "passkey_copied"
    assert await service.db.fetchval("select sign_count from passkeys") == 3
    assert problem(await holder.sign_in(Manner(is_verified=False), own), 401) == "invalid_passkey", (
        "to the right answer alone"
    )
    synced = Holder(holder.walk, holder.token, PERSONAL_PASSWORD, authenticator=SoftAuthenticator(counts=False))
    await synced.added("Synchronisée")
    assert [(await synced.sign_in()).status_code for _ in range(2)] == [201, 201]


async def test_two_answers_at_once_of_one_passkey_open_two_sessions(holder: Holder) -> None:
    """Two questions, two answers: the counter goes up whichever comes first, or the later one is refused as a copy."""
    second = Holder(holder.walk, "", "", authenticator=holder.authenticator)
    answered = [(browser, holder.authenticator.get(await browser.asked())) for browser in (holder, second)]
    answers = await asyncio.gather(*(browser.answer(text) for browser, text in answered))
    assert sorted(answer.status_code for answer in answers) in ([201, 201], [201, 403])


async def test_a_removed_passkey_opens_nothing(holder: Holder, service: RunningService) -> None:
    (passkey,) = (await holder.get("/me/passkeys")).json()["items"]
    asked = await holder.asked()
    removal = await holder.post(f"/me/passkeys/{passkey['passkey_id']}/removal", current_password=holder.password)
    assert removal.status_code == 204
    assert problem(await holder.answer(holder.authenticator.get(asked)), 401) == "invalid_passkey"


async def test_a_closed_account_is_told_so_after_the_right_answer_alone(
    holder: Holder, service: RunningService
) -> None:
    await service.db.execute("update accounts set is_disabled = true")
    assert problem(await holder.sign_in(), 403) == "account_disabled"
    assert problem(await holder.sign_in(Manner(is_verified=False)), 401) == "invalid_passkey"
    await service.db.execute("update accounts set is_disabled = false")
    assert (await holder.sign_in()).status_code == 201


async def test_a_sign_in_ends_the_session_that_the_browser_had(
    walk: Walk, holder: Holder, service: RunningService
) -> None:
    headers = {"X-Session": holder.token, **walk.browser}
    body = {"browser_token": holder.browser, "answer": holder.authenticator.get(await holder.asked())}
    assert (await service.client.post("/passkeys/sessions", json=body, headers=headers)).status_code == 201
    assert (await service.client.get("/sessions/current", headers={"X-Session": holder.token})).status_code == 401


async def test_questions_do_not_grow_beyond_measure(walk: Walk, service: RunningService) -> None:
    """One for each browser, two hundred an hour for each address, and none of them stays."""
    asking = Holder(walk, "", "")
    for _ in range(3):
        await asking.asked()
    assert await service.db.fetchval("select count(*) from passkey_challenges") == 1
    for _ in range(197):
        await Holder(walk, "", "").asked()
    refused = await service.client.post("/passkeys/challenges", json={"browser_token": "b" * 20}, headers=walk.browser)
    assert problem(refused, 429) == "too_many_attempts"
    assert await service.db.fetchval("select count(*) from passkey_challenges") == 198
    service.advance(minutes=5)
    await service.run_job("purge")
    assert await service.db.fetchval("select count(*) from passkey_challenges") == 0


MALFORMED = {
    "no JSON": "x" * 20,
    "no object": "[]",
    "nested": "[" * 5000,
    "nothing in it": "{}",
    "numbers": json.dumps({"id": 1, "rawId": 2, "type": "public-key", "response": {}}),
    "no base64": json.dumps(
        {
            "id": "é",
            "rawId": "é",
            "type": "public-key",
            "response": {"clientDataJSON": "é", "authenticatorData": "é", "signature": "é", "userHandle": "é"},
        }
    ),
    "client data that is no object": json.dumps(
        {
            "id": encoded(bytes(32)),
            "rawId": encoded(bytes(32)),
            "type": "public-key",
            "response": {
                "clientDataJSON": encoded(b"[[[["),
                "authenticatorData": encoded(bytes(37)),
                "signature": encoded(b"s"),
                "userHandle": None,
            },
        }
    ),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
async def test_what_is_no_answer_is_refused_like_a_wrong_one(walk: Walk, text: str) -> None:
    stranger = Holder(walk, "", "")
    await stranger.asked()
    assert problem(await stranger.answer(text), 401) == "invalid_passkey"


async def test_nothing_of_a_passkey_stands_in_events_or_history(holder: Holder, service: RunningService) -> None:
    await holder.signed_in()
    passkey = holder.authenticator.passkeys[-1]
    lines = [
        row["line"]
        for table in ("outbox", "history")
        for row in await service.db.fetch(f"select t::text as line from {table} t")
    ]
    assert lines
    assert not [line for line in lines if "Téléphone" in line or passkey.credential_id.hex() in line]
    assert guardian().email not in " ".join(line for line in lines if "passkey" in line)
