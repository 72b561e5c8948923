"""Passwords that are made here: how long they work, how they are typed, and one that an agent gives at the counter."""

from collections.abc import Callable
from uuid import UUID

import httpx2
import pytest

from contracts.identity.events import AccountActivated
from contracts.types import SessionStage
from tests.component.identity.walk import PERSONAL_PASSWORD, PERSONAL_USERNAME, Walk, field_codes, problem
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

EMAIL = "dominique@famille.example"


async def ask_reset(walk: Walk) -> None:
    answer = await walk.service.client.post("/password-resets", json={"email": EMAIL})
    assert answer.status_code == 202


async def only_account(service: RunningService) -> UUID:
    account_id: UUID = await service.db.fetchval("select account_id from accounts where kind = 'parent'")
    return account_id


async def give(service: RunningService, account_id: UUID, role: Role = Role.FRONT_DESK) -> httpx2.Response:
    return await service.client.post(f"/accounts/{account_id}/provisional-password", headers=service.as_agent(role))


@pytest.mark.parametrize("around", [("", " "), ("", "\n"), ("\u00a0", ""), ("\t", "\r\n")])
async def test_a_temporary_password_may_be_pasted_with_spaces_around(walk: Walk, around: tuple[str, str]) -> None:
    mailed = await walk.invited()
    await walk.activate(mailed.activation_token)
    before, after = around
    assert await walk.signed_in(mailed.username, f"{before}{mailed.temporary_password}{after}")


@pytest.mark.parametrize(
    "typed",
    [
        lambda made: made.replace("-", ""),
        lambda made: made.replace("-", " "),
        lambda made: made.replace("-", "\u2013"),
        lambda made: f" {made[:7]} {made[7:]}".capitalize(),
        str.upper,
    ],
)
async def test_of_a_temporary_password_only_letters_and_digits_count(walk: Walk, typed: Callable[[str], str]) -> None:
    """It is read out, and telephones put capitals, spaces and long dashes of their own."""
    mailed = await walk.invited()
    await walk.activate(mailed.activation_token)
    token = await walk.signed_in(mailed.username, typed(mailed.temporary_password))
    again = typed(mailed.temporary_password)
    answer = await walk.choose(token, password=again, password_confirmation=again)
    assert field_codes(answer)["/password"] in ("password_is_temporary", "password_lowercase")
    other = "bcdf2-bcdf2-bcdf2"
    assert problem(await walk.sign_in(mailed.username, other), 401) == "invalid_credentials"


async def test_a_personal_password_is_never_trimmed(walk: Walk) -> None:
    _, token = await walk.activated()
    spaced = f" {PERSONAL_PASSWORD} "
    assert (await walk.choose(token, password=spaced, password_confirmation=spaced)).status_code == 200
    assert await walk.signed_in(PERSONAL_USERNAME, spaced)
    assert problem(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD), 401) == "invalid_credentials"


async def test_the_temporary_password_is_no_personal_one(walk: Walk) -> None:
    mailed, token = await walk.activated()
    for typed in (mailed.temporary_password, f"{mailed.temporary_password} "):
        answer = await walk.choose(token, password=typed, password_confirmation=typed)
        assert field_codes(answer) == {"/password": "password_is_temporary"}
    assert (await walk.choose(token)).status_code == 200


async def test_a_link_for_a_forgotten_password_works_for_an_hour(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    for minutes, status in ((61, 409), (59, 201)):
        await ask_reset(walk)
        mailed = await walk.issued()
        service.advance(minutes=minutes)
        assert (await walk.activate(mailed.activation_token)).status_code == status
        service.advance(hours=24)


async def test_a_second_request_ends_the_first(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    await ask_reset(walk)
    first = await walk.issued()
    service.advance(minutes=6)
    await ask_reset(walk)
    second = await walk.issued()
    assert problem(await walk.activate(first.activation_token), 409) == "activation_link_replaced"
    assert (await walk.activate(second.activation_token)).status_code == 201


async def test_who_asks_right_after_the_invitation_is_mailed_again(walk: Walk) -> None:
    """S4-2: the invitation is the town's act, and no reason to leave an own request without an answer."""
    invited = await walk.invited()
    await ask_reset(walk)
    again = await walk.issued()
    assert again.activation_token != invited.activation_token


async def test_a_password_given_at_the_counter_opens_an_account_that_nobody_opened(
    walk: Walk, service: RunningService
) -> None:
    """S4-6: no mail arrived, and no link needs to be followed."""
    mailed = await walk.invited()
    given = (await give(service, await only_account(service))).json()
    assert given["login"] == mailed.username
    token = await walk.signed_in(given["login"], given["temporary_password"])
    assert (await walk.session(token)).stage is SessionStage.CHOOSE_CREDENTIALS
    assert [event for event in await service.outbox() if isinstance(event, AccountActivated)]
    assert problem(await walk.activate(mailed.activation_token), 409) == "activation_link_overtaken"


async def test_it_takes_the_place_of_a_personal_password_and_ends_its_sessions(
    walk: Walk, service: RunningService
) -> None:
    token = await walk.ready()
    given = (await give(service, await only_account(service))).json()
    assert problem(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD), 401) == "invalid_credentials"
    ended = await service.client.get("/sessions/current", headers={"X-Session": token})
    assert problem(ended, 401) == "session_ended"
    service.advance(hours=25)
    late = await walk.sign_in(PERSONAL_USERNAME, given["temporary_password"])
    assert problem(late, 403) == "temporary_password_expired"


async def test_nobody_takes_it_away_by_saying_the_address(walk: Walk, service: RunningService) -> None:
    """A stranger who says that a password was forgotten leaves the printed one as it is, until the mailed link is followed."""
    await walk.ready()
    given = (await give(service, await only_account(service))).json()
    await ask_reset(walk)
    assert await walk.signed_in(given["login"], given["temporary_password"])
    mailed = await walk.issued()
    assert await walk.signed_in(given["login"], given["temporary_password"])
    assert problem(await walk.sign_in(given["login"], mailed.temporary_password), 403) == "password_not_in_place"
    assert (await walk.activate(mailed.activation_token)).status_code == 201
    assert problem(await walk.sign_in(given["login"], given["temporary_password"]), 401) == "invalid_credentials"
    assert await walk.signed_in(given["login"], mailed.temporary_password)


async def test_it_lets_a_blocked_account_in_at_once(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    for _ in range(6):
        await walk.sign_in(PERSONAL_USERNAME, "wrong-password-1")
    assert problem(await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD), 429) == "too_many_attempts"
    given = (await give(service, await only_account(service))).json()
    assert await walk.signed_in(given["login"], given["temporary_password"])


async def test_only_who_may_gives_one_and_only_to_families(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    account_id = await only_account(service)
    for role in (Role.SITE, Role.FINANCE, Role.OPERATIONS):
        assert problem(await give(service, account_id, role), 403) == "forbidden"
    body = {"username": "agent.un", "email": "agent.un@ville.example", "first_name": "A", "last_name": "B"}
    body |= {"service": "Accueil", "roles": ["front_desk"], "has_every_site": True}
    agent = await service.client.post("/agents", json=body, headers=service.as_system() | service.key())
    assert problem(await give(service, UUID(agent.json()["account_id"])), 404) == "not_found"


async def test_the_present_password_stays_where_no_other_is_typed(walk: Walk, service: RunningService) -> None:
    token = await walk.ready()
    nothing = {"password": "", "password_confirmation": ""}
    changed = await walk.choose(token, username="autre.nom", current_password=PERSONAL_PASSWORD, **nothing)
    assert changed.status_code == 200, changed.text
    assert await walk.signed_in("autre.nom", PERSONAL_PASSWORD)
    one_sided = {"password": "", "password_confirmation": "velo-bleu-43"}
    token = changed.json()["session_token"]
    answer = await walk.choose(token, username="autre.nom", current_password=PERSONAL_PASSWORD, **one_sided)
    assert "/password" in field_codes(answer)


async def test_a_personal_password_has_no_end(walk: Walk, service: RunningService) -> None:
    await walk.ready()
    service.advance(days=3 * 365)
    assert (await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)).status_code == 201
