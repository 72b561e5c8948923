"""Keys of services: one comes with the invitation, others are handed out by agents; what they open, who may enter them, and what ends them."""

import asyncio
from typing import Any

import pytest

from contracts.identity.models import SessionOpened
from contracts.types import SessionStage
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, field_codes, guardian, problem
from tests.support.roles import Role, agent_body
from tests.support.services import RunningService

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("profile", ["velizy"])]

CHILDHOOD = "enfance"
SOCIAL = "action_sociale"
NOBODYS = "22222-AAAAAA"


async def test_the_key_of_childhood_comes_with_the_invitation_and_waits_in_its_field(walk: Walk) -> None:
    """S3-9, S3-10, S3-18, S3-19"""
    mailed, token = await chosen(walk)
    (key,) = mailed.service_keys
    assert key.label == "Clé Espace Citoyens Enfance"
    assert (await walk.session(token)).stage is SessionStage.ENTER_KEYS
    assert list((await walk.own_services(token)).values()) == [
        {"code": CHILDHOOD, "label": key.label, "is_open": False, "key": key.key},
        {"code": SOCIAL, "label": "Action sociale", "is_open": False, "key": None},
    ]


async def test_credentials_then_keys_then_terms(walk: Walk) -> None:
    """S3-21"""
    mailed, first = await walk.activated()
    assert (await walk.session(first)).first_steps == (
        SessionStage.CHOOSE_CREDENTIALS,
        SessionStage.ENTER_KEYS,
        SessionStage.ACCEPT_TERMS,
    )
    assert problem(await walk.enter_keys(first, enfance=mailed.service_keys[0].key), 409) == "credentials_not_chosen"
    token = (await walk.choose(first)).json()["session_token"]
    assert problem(await walk.accept(token), 409) == "service_keys_not_answered"
    entered = (await walk.enter_keys(token, enfance=mailed.service_keys[0].key)).json()
    assert (entered["stage"], entered["services"], entered["actor_token"]) == ("accept_terms", [CHILDHOOD], None)
    assert (await walk.accept(token)).json()["stage"] == "ready"
    again = await walk.session(await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD))
    assert (again.stage, again.services) == (SessionStage.READY, (CHILDHOOD,))


async def test_everything_may_be_left_empty_and_entered_later(walk: Walk, service: RunningService) -> None:
    """S3-13, S3-15, S3-16: one account opens several services, each with its key, now or later."""
    mailed, token = await chosen(walk)
    assert (await walk.enter_keys(token, enfance="", action_sociale="")).json()["stage"] == "accept_terms"
    assert (await walk.accept(token)).json()["services"] == []
    social = (await issue(walk, await account_of(walk, token), SOCIAL))["key"]
    typed = f" {social.replace('-', ' ').lower()} "
    later = await walk.enter_keys(token, action_sociale=typed, enfance=mailed.service_keys[0].key)
    assert (later.json()["stage"], later.json()["services"]) == ("ready", [SOCIAL, CHILDHOOD])
    assert {entry["key"] for entry in (await walk.own_services(token)).values()} == {None}


async def test_a_key_that_was_entered_is_entered_again_without_harm(walk: Walk, service: RunningService) -> None:
    mailed, token = await chosen(walk)
    key = mailed.service_keys[0].key
    for _ in range(7):
        assert (await walk.enter_keys(token, enfance=key)).json()["services"] == [CHILDHOOD]
    assert await service.db.fetchval("select count(*) from history where action = 'service_keys_entered'") == 1


async def test_a_key_that_is_sent_twice_at_once_is_entered_once(walk: Walk, service: RunningService) -> None:
    mailed, token = await chosen(walk)
    key = mailed.service_keys[0].key
    answers = await asyncio.gather(*(walk.enter_keys(token, enfance=key) for _ in range(4)))
    assert [answer.json()["services"] for answer in answers] == [[CHILDHOOD]] * 4
    assert await service.db.fetchval("select count(*) from history where action = 'service_keys_entered'") == 1


async def test_a_key_is_personal(walk: Walk, service: RunningService) -> None:
    """S3-11: two guardians of one household have each their own, and neither enters the other's."""
    first, second = await both_parents(walk)
    assert first["key"] != second["key"]
    for _ in range(2):
        refused = await walk.enter_keys(second["token"], enfance=first["key"])
        assert field_codes(refused) == {"/keys/0/key": "service_key_of_another"}
        assert (await walk.enter_keys(first["token"], enfance=first["key"])).status_code == 200
    assert (await walk.session(second["token"])).services == ()


async def test_of_two_accounts_with_one_key_at_once_its_own_gets_it(walk: Walk, service: RunningService) -> None:
    first, second = await both_parents(walk)
    answers = await asyncio.gather(
        *(walk.enter_keys(parent["token"], enfance=first["key"]) for parent in (second, first, second, first))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 200, 422, 422]
    assert (await walk.session(first["token"])).services == (CHILDHOOD,)
    assert (await walk.session(second["token"])).services == ()


async def test_what_is_wrong_is_said_by_its_field_and_nothing_is_entered(walk: Walk) -> None:
    mailed, token = await chosen(walk)
    key = mailed.service_keys[0].key
    for typed, codes in (
        ({"enfance": key, "action_sociale": "bonjour"}, {"/keys/1/key": "service_key_malformed"}),
        ({"enfance": key, "action_sociale": NOBODYS}, {"/keys/1/key": "service_key_unknown"}),
        ({"action_sociale": key}, {"/keys/0/key": "service_key_unknown"}),
        ({"sport": key}, {"/keys/0/key": "service_unknown"}),
    ):
        assert field_codes(await walk.enter_keys(token, **typed)) == codes
        session = await walk.session(token)
        assert (session.stage, session.services) == (SessionStage.ENTER_KEYS, ())


async def test_guesses_are_throttled_by_account(walk: Walk, service: RunningService) -> None:
    """S3-11: also when one's own key, entered before, is sent between two guesses."""
    mailed, token = await chosen(walk)
    own = mailed.service_keys[0].key
    assert (await walk.enter_keys(token, enfance=own)).status_code == 200
    for _ in range(5):
        assert (await walk.enter_keys(token, action_sociale=NOBODYS)).status_code == 422
        assert (await walk.enter_keys(token, enfance=own)).status_code == 200
    social = (await issue(walk, await account_of(walk, token), SOCIAL))["key"]
    assert problem(await walk.enter_keys(token, action_sociale=social), 429) == "too_many_attempts"
    service.advance(minutes=2)
    assert (await walk.enter_keys(token, action_sociale=social)).status_code == 200


async def test_guesses_in_parallel_are_not_free(walk: Walk) -> None:
    _, token = await chosen(walk)
    answers = await asyncio.gather(*(walk.enter_keys(token, enfance=NOBODYS) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [422] * 5 + [429] * 7


async def test_guesses_are_throttled_by_address(walk: Walk, service: RunningService) -> None:
    tokens = [(await chosen(walk, number))[1] for number in range(7)]
    for token in tokens[:6]:
        for _ in range(5):
            assert (await walk.enter_keys(token, enfance=NOBODYS)).status_code == 422
    answer = await walk.enter_keys(tokens[6], enfance=NOBODYS)
    assert problem(answer, 429) == "too_many_attempts"
    walk.address = "192.0.2.99"
    _, token = await chosen(walk, 8)
    assert (await walk.enter_keys(token, enfance=NOBODYS)).status_code == 422


async def test_wrong_keys_do_not_shut_the_account_and_a_sign_in_does_not_forget_them(walk: Walk) -> None:
    token = await walk.ready()
    for _ in range(5):
        await walk.enter_keys(token, action_sociale=NOBODYS)
    fresh = await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    assert (await walk.enter_keys(fresh, action_sociale=NOBODYS)).status_code == 429


async def test_a_new_key_ends_the_former_one(walk: Walk, service: RunningService) -> None:
    """S3-14: an agent gives a key and gives another one, entered or not."""
    mailed, token = await chosen(walk)
    account_id = await account_of(walk, token)
    assert (await walk.enter_keys(token, enfance=mailed.service_keys[0].key)).status_code == 200
    renewed = await issue(walk, account_id, CHILDHOOD)
    assert (renewed["label"], (await walk.session(token)).services) == ("Clé Espace Citoyens Enfance", ())
    old = await walk.enter_keys(token, enfance=mailed.service_keys[0].key)
    assert field_codes(old) == {"/keys/0/key": "service_key_replaced"}
    assert (await walk.own_services(token))[CHILDHOOD]["key"] is None
    assert (await walk.enter_keys(token, enfance=renewed["key"])).json()["services"] == [CHILDHOOD]


async def test_two_agents_at_once_leave_one_key(walk: Walk, service: RunningService) -> None:
    _, token = await chosen(walk)
    account_id = await account_of(walk, token)
    keys = [key["key"] for key in await asyncio.gather(*(issue(walk, account_id, SOCIAL) for _ in range(4)))]
    answers = [(await walk.enter_keys(token, action_sociale=key)).status_code for key in keys]
    assert sorted(answers) == [200, 422, 422, 422]


async def test_a_new_invitation_brings_a_new_key_until_it_was_entered(walk: Walk, service: RunningService) -> None:
    mailed = await walk.invited()
    account_id = await service.db.fetchval("select account_id from accounts")
    again = await invite(walk, account_id)
    assert again.service_keys[0].key != mailed.service_keys[0].key
    assert (await walk.activate(again.activation_token)).status_code == 201
    first = await walk.signed_in(again.username, again.temporary_password)
    token = (await walk.choose(first)).json()["session_token"]
    old = await walk.enter_keys(token, enfance=mailed.service_keys[0].key)
    assert field_codes(old) == {"/keys/0/key": "service_key_replaced"}
    assert (await walk.enter_keys(token, enfance=again.service_keys[0].key)).status_code == 200
    assert (await invite(walk, account_id)).service_keys == ()
    assert (await walk.session(token)).services == (CHILDHOOD,)


async def test_an_agent_sees_where_keys_stand_and_never_a_key(walk: Walk, service: RunningService) -> None:
    mailed, token = await chosen(walk)
    account_id = await account_of(walk, token)
    social = (await issue(walk, account_id, SOCIAL))["key"]
    assert (await walk.enter_keys(token, action_sociale=social)).status_code == 200
    answer = await service.client.get("/accounts", headers=service.as_agent(Role.FRONT_DESK))
    (seen,) = answer.json()["items"]
    states = {state["code"]: (bool(state["issued_at"]), bool(state["entered_at"])) for state in seen["services"]}
    assert states == {CHILDHOOD: (True, False), SOCIAL: (True, True)}
    for key in (mailed.service_keys[0].key, social):
        assert key not in answer.text


async def test_no_table_and_no_history_holds_a_key(walk: Walk, service: RunningService) -> None:
    """The hash of a key cannot be made without the town's secret, and what waits to be shown is sealed."""
    mailed, token = await chosen(walk)
    social = (await issue(walk, await account_of(walk, token), SOCIAL))["key"]
    tables = [
        row["name"]
        for row in await service.db.fetch("select tablename as name from pg_tables where schemaname = 'public'")
    ]
    stored = ""
    for table in tables:
        stored += str([dict(row) for row in await service.db.fetch(f'select t::text as row from "{table}" t')])
    history = await service.client.get("/history", headers=service.as_parent((await walk.session(token)).guardian_id))
    assert "service_key_issued" in history.text
    for key in (mailed.service_keys[0].key, social):
        assert key not in stored + history.text
        assert key.encode().hex() not in stored


@pytest.mark.parametrize("who", [Role.FINANCE, Role.SITE, Role.OPERATIONS])
async def test_giving_keys_needs_its_own_permission(walk: Walk, service: RunningService, who: Role) -> None:
    _, token = await chosen(walk)
    path = f"/accounts/{await account_of(walk, token)}/service-keys"
    answer = await service.client.post(path, json={"service": SOCIAL}, headers=service.as_agent(who))
    assert answer.status_code == 403


async def test_no_key_for_a_service_or_an_account_that_is_none(walk: Walk, service: RunningService) -> None:
    _, token = await chosen(walk)
    session = await walk.session(token)
    desk = service.as_agent(Role.FRONT_DESK)
    for account_id, code in (
        (session.account_id, "sport"),
        (session.guardian_id, SOCIAL),
        (await agent_account(service), SOCIAL),
    ):
        path = f"/accounts/{account_id}/service-keys"
        assert (await service.client.post(path, json={"service": code}, headers=desk)).status_code == 404


async def test_a_key_that_waits_goes_with_its_time(walk: Walk, service: RunningService) -> None:
    """What replaced keys say is kept as long as what replaced links say, and goes with the account."""
    _, token = await chosen(walk)
    account_id = await account_of(walk, token)
    for _ in range(2):
        await issue(walk, account_id, SOCIAL)
    count = "select count(*) from service_keys"
    assert await service.db.fetchval(count) == 3
    service.advance(days=91)
    await service.run_job("purge")
    assert await service.db.fetchval(count) == 2


async def chosen(walk: Walk, number: int = 0) -> tuple[Any, str]:
    """Somebody with credentials of their own: what was mailed, and the session token."""
    person = guardian(f"dominique{number}@famille.example")
    mailed, first = await walk.activated(person)
    answer = await walk.choose(first, username=f"{PERSONAL_USERNAME}{number or ''}")
    return mailed, SessionOpened.model_validate_json(answer.content).session_token


async def both_parents(walk: Walk) -> list[dict[str, str]]:
    """The key and the session token of each guardian of one household."""
    people = [guardian("dominique@famille.example"), guardian("camille@famille.example", first_name="Camille")]
    await walk.service.deliver(walk.household(*people))
    await walk.issued()
    parents = []
    for number, mailed in enumerate(await walk.credentials()):
        assert (await walk.activate(mailed.activation_token)).status_code == 201
        first = await walk.signed_in(mailed.username, mailed.temporary_password)
        answer = await walk.choose(first, username=f"{PERSONAL_USERNAME}.{number}")
        parents.append({"key": mailed.service_keys[0].key, "token": answer.json()["session_token"]})
    return parents


async def account_of(walk: Walk, token: str) -> str:
    return str((await walk.session(token)).account_id)


async def invite(walk: Walk, account_id: str) -> Any:
    headers = walk.service.as_agent(Role.FRONT_DESK)
    answer = await walk.service.client.post(f"/accounts/{account_id}/invitation", headers=headers)
    assert answer.status_code == 201, answer.text
    return await walk.issued()


async def issue(walk: Walk, account_id: str, code: str) -> dict[str, str]:
    """Have an agent give an account the key of a service."""
    headers = walk.service.as_agent(Role.FRONT_DESK)
    path = f"/accounts/{account_id}/service-keys"
    answer = await walk.service.client.post(path, json={"service": code}, headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def agent_account(service: RunningService) -> str:
    headers = service.as_system() | service.key()
    answer = await service.client.post("/agents", json=agent_body("agent", Role.SITE), headers=headers)
    return str(answer.json()["account_id"])
