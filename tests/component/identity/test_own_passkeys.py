"""Passkeys of one's own: adding one with the password, removing one, and what ends all of them."""

import asyncio

import httpx2
import pytest

from contracts.identity.events import SecurityChanged
from tests.component.identity.agent import PASSWORD, agent_of, enrolled
from tests.component.identity.office import PASSWORD as OFFICE_PASSWORD
from tests.component.identity.office import Clerk, employed
from tests.component.identity.passkeys import Holder
from tests.component.identity.test_given_passwords import ask_reset, give, only_account
from tests.component.identity.walk import (
    PERSONAL_PASSWORD,
    PERSONAL_USERNAME,
    Walk,
    field_codes,
    problem,
)
from tests.component.simulators.town_provider import TownProvider
from tests.support.passkeys import Manner, SoftAuthenticator
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def holder(walk: Walk) -> Holder:
    """A parent in front of a screen."""
    return Holder(walk, await walk.ready(), PERSONAL_PASSWORD)


async def acts(service: RunningService) -> list[str]:
    rows = await service.db.fetch("select action from history order by noted_at, id")
    return [row["action"] for row in rows if "passkey" in row["action"]]


async def news(service: RunningService) -> list[str]:
    """What holders are told by mail."""
    return [event.change for event in await service.outbox() if isinstance(event, SecurityChanged)]


async def remove(holder: Holder, name: str, password: str | None = None) -> httpx2.Response:
    """Remove the passkey of a name."""
    listed = (await holder.get("/me/passkeys")).json()["items"]
    (passkey_id,) = [passkey["passkey_id"] for passkey in listed if passkey["name"] == name]
    return await holder.post(f"/me/passkeys/{passkey_id}/removal", current_password=password or holder.password)


async def test_passkeys_are_added_listed_and_removed_and_each_time_the_holder_is_told(
    holder: Holder, service: RunningService
) -> None:
    await holder.added("Téléphone")
    holder.authenticator = SoftAuthenticator()
    service.advance(minutes=1)
    await holder.added("  Ordinateur du bureau ")
    assert await holder.names() == ["Ordinateur du bureau", "Téléphone"]
    await holder.signed_in()
    used = {item["name"]: item["last_used_at"] for item in (await holder.get("/me/passkeys")).json()["items"]}
    assert used["Téléphone"] is None
    assert used["Ordinateur du bureau"] is not None
    assert (await remove(holder, "Téléphone")).status_code == 204
    assert await holder.names() == ["Ordinateur du bureau"]
    assert await acts(service) == ["passkey_added", "passkey_added", "passkey_removed"]
    assert await news(service) == ["passkey_added", "passkey_added", "passkey_removed"]


async def test_the_password_is_asked_for_to_add_and_to_remove(holder: Holder, service: RunningService) -> None:
    assert field_codes(await holder.start(current_password="")) == {"/current_password": "current_password_required"}
    assert field_codes(await holder.start(current_password="faux")) == {"/current_password": "current_password_wrong"}
    assert problem(await holder.get("/me/passkeys/registration"), 409) == "passkey_not_awaited"
    await holder.added()
    assert field_codes(await remove(holder, "Téléphone", "faux")) == {"/current_password": "current_password_wrong"}
    assert await holder.names() == ["Téléphone"]
    for _ in range(4):
        await remove(holder, "Téléphone", "faux")
    assert problem(await remove(holder, "Téléphone"), 429) == "too_many_attempts"


async def test_who_has_an_application_gives_a_code_besides(walk: Walk) -> None:
    """A passkey stands in for it: whoever knows the password alone, in a session that stayed open, makes none."""
    agent = await enrolled(walk)
    desk = Holder(walk, agent.token, PASSWORD)
    assert field_codes(await desk.start()) == {"/code": "code_required"}
    assert field_codes(await desk.start(code=agent.phone.wrong())) == {"/code": "code_wrong"}
    await desk.added(code=agent.phone.code(1))
    assert await desk.names() == ["Téléphone"]


async def test_nothing_is_added_before_the_second_step_or_ones_own_password(walk: Walk) -> None:
    agent = await enrolled(walk)
    await agent.sign_in()
    half = Holder(walk, agent.token, PASSWORD)
    for answer in (
        await half.start(),
        await half.get("/me/passkeys"),
        await half.post("/me/step-up/passkey-challenges"),
    ):
        assert problem(answer, 403) == "second_factor_needed"
    mailed, token = await walk.activated()
    assert problem(await Holder(walk, token, mailed.temporary_password).start(), 409) == "credentials_not_chosen"
    assert problem(await Holder(walk, "nobody", PASSWORD).start(), 401) == "session_ended"


@pytest.mark.parametrize(
    "manner",
    [
        Manner(origin="https://attaque.example"),
        Manner(domain="attaque.example"),
        Manner(is_verified=False),
        Manner(is_present=False),
        Manner(is_cross_origin=True),
        Manner(kind="webauthn.get"),
        Manner(challenge="AAAA"),
    ],
)
async def test_what_was_made_elsewhere_or_without_a_look_is_not_added(holder: Holder, manner: Manner) -> None:
    assert problem(await holder.add(manner=manner), 422) == "passkey_unusable"
    assert await holder.names() == []


@pytest.mark.parametrize(
    "text", ["{}", "[" * 5000, '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}']
)
async def test_what_no_authenticator_made_is_not_added(holder: Holder, text: str) -> None:
    await holder.start()
    assert problem(await holder.post("/me/passkeys", name="Rien", answer=text), 422) == "passkey_unusable"


async def test_a_question_makes_one_passkey_in_its_session_within_five_minutes(
    walk: Walk, holder: Holder, service: RunningService
) -> None:
    options = (await holder.start()).json()["options"]
    assert (await holder.get("/me/passkeys/registration")).json()["options"] == options, "the page may be opened again"
    other = Holder(walk, await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD), PERSONAL_PASSWORD)
    made = holder.authenticator.create(options)
    assert problem(await other.post("/me/passkeys", name="Vol", answer=made), 409) == "passkey_not_awaited"
    answers = await asyncio.gather(*(holder.post("/me/passkeys", name="Une", answer=made) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    late = holder.authenticator = SoftAuthenticator()
    options = (await holder.start()).json()["options"]
    service.advance(minutes=5)
    answer = await holder.post("/me/passkeys", name="Tard", answer=late.create(options))
    assert problem(answer, 409) == "passkey_not_awaited"
    assert await holder.names() == ["Une"]


async def test_the_id_of_another_accounts_passkey_is_not_taken_over(walk: Walk, holder: Holder) -> None:
    """Whoever makes a key of their own for an id that they saw replaces nothing."""
    seen = await holder.added()
    agent = await agent_of(walk)
    await agent.sign_in()
    thief = Holder(walk, agent.token, PASSWORD)
    options = (await thief.start()).json()["options"]
    made = thief.authenticator.create(options, credential_id=seen.credential_id)
    assert problem(await thief.post("/me/passkeys", name="Vol", answer=made), 409) == "passkey_known"
    assert await thief.names() == []
    assert (await holder.sign_in()).status_code == 201


async def test_there_are_ten_at_most(holder: Holder) -> None:
    for number in range(10):
        holder.authenticator = SoftAuthenticator()
        await holder.added(f"Clé {number}")
    assert problem(await holder.start(), 409) == "passkeys_full"


async def test_nobody_removes_or_sees_anothers(walk: Walk, holder: Holder) -> None:
    await holder.added()
    (passkey,) = (await holder.get("/me/passkeys")).json()["items"]
    agent = await agent_of(walk)
    await agent.sign_in()
    other = Holder(walk, agent.token, PASSWORD)
    assert await other.names() == []
    removal = await other.post(f"/me/passkeys/{passkey['passkey_id']}/removal", current_password=PASSWORD)
    assert problem(removal, 404) == "not_found"
    assert await holder.names() == ["Téléphone"]


async def test_asking_for_a_new_password_takes_no_passkey_away_and_following_the_link_takes_all(
    walk: Walk, holder: Holder, service: RunningService
) -> None:
    """Whoever knew the former password may have added one. One that was begun before is not added after it either."""
    await holder.added()
    await ask_reset(walk)
    mailed = await walk.issued()
    assert (await holder.sign_in()).status_code == 201, "a stranger who says the address locks nobody out"
    begun = SoftAuthenticator().create((await holder.start()).json()["options"])
    assert (await walk.activate(mailed.activation_token)).status_code == 201
    assert problem(await holder.sign_in(), 401) == "invalid_passkey"
    assert problem(await holder.post("/me/passkeys", name="Avant", answer=begun), 401) == "session_ended"
    assert await service.db.fetchval("select count(*) from passkeys") == 0
    assert await news(service) == ["passkey_added", "passkeys_removed", "password_changed"]


async def test_a_password_of_the_counter_takes_all(holder: Holder, service: RunningService) -> None:
    await holder.added()
    holder.authenticator = SoftAuthenticator()
    await holder.added()
    assert (await give(service, await only_account(service))).status_code == 201
    assert problem(await holder.sign_in(), 401) == "invalid_passkey"
    assert await news(service) == ["passkey_added", "passkey_added", "passkeys_removed", "password_changed"]


async def test_a_lost_application_takes_the_passkeys_with_it(walk: Walk, service: RunningService) -> None:
    agent = await enrolled(walk)
    desk = Holder(walk, agent.token, PASSWORD)
    await desk.added(code=agent.phone.code(1))
    account_id = await service.db.fetchval("select account_id from second_factors")
    reset = await service.client.delete(
        f"/agents/{account_id}/second-factor", headers=service.as_agent(Role.DIRECTOR) | service.key()
    )
    assert reset.status_code == 204, reset.text
    assert problem(await desk.sign_in(), 401) == "invalid_passkey"


async def test_ones_own_new_password_leaves_them(walk: Walk, holder: Holder) -> None:
    """Whoever chooses one knows the former, and sees the passkeys beside it."""
    await holder.added()
    new = "velo-vert-43"
    changed = await walk.choose(
        holder.token, password=new, password_confirmation=new, current_password=PERSONAL_PASSWORD
    )
    assert changed.status_code == 200, changed.text
    assert (await holder.sign_in()).status_code == 201


async def test_an_erased_household_leaves_no_passkey(walk: Walk, holder: Holder, service: RunningService) -> None:
    await holder.added()
    await service.db.execute("delete from accounts")
    assert await service.db.fetchval("select count(*) from passkeys") == 0


async def test_a_passkey_has_a_name_of_one_line(holder: Holder) -> None:
    await holder.start()
    made = SoftAuthenticator().create((await holder.get("/me/passkeys/registration")).json()["options"])
    for name in ("", "   ", "a" * 61, "deux\nlignes"):
        answer = await holder.post("/me/passkeys", name=name, answer=made)
        assert list(field_codes(answer)) == ["/name"]
    assert (await holder.post("/me/passkeys", name="<b>Lina</b>", answer=made)).status_code == 201


async def test_an_agent_who_lost_their_only_passkey_has_it_taken_off(walk: Walk, service: RunningService) -> None:
    """Without an application, too."""
    agent = await agent_of(walk)
    await agent.sign_in()
    desk = Holder(walk, agent.token, PASSWORD)
    await desk.added()
    path = f"/agents/{(await walk.session(agent.token)).account_id}/second-factor"
    assert (await service.client.delete(path, headers=service.as_system())).status_code == 204
    assert problem(await desk.sign_in(), 401) == "invalid_passkey"
    ended = await service.client.get("/sessions/current", headers={"X-Session": agent.token})
    assert problem(ended, 401) == "session_ended"
    assert (await service.client.delete(path, headers=service.as_system())).status_code == 404


async def test_a_password_alone_sets_no_application_up_beside_a_passkey(walk: Walk) -> None:
    """Whoever learned the password would be as sure as whoever has the passkey."""
    agent = await agent_of(walk)
    await agent.sign_in()
    desk = Holder(walk, agent.token, PASSWORD)
    await desk.added()
    await agent.sign_in()
    assert field_codes(await agent.enroll()) == {"/code": "passkey_first"}
    agent.token = await desk.signed_in()
    assert (await agent.enroll()).status_code == 201


async def test_where_the_town_closes_passwords_to_an_agent_passkeys_are_closed_too(
    clerk: Clerk, office: RunningService, town_provider: TownProvider
) -> None:
    """Whoever the town's own provider let go has no other way in; whoever it signs in adds none, and removes those of before."""
    await employed(clerk.walk, "operateur", Role.OPERATIONS, password=OFFICE_PASSWORD)
    token = await clerk.walk.signed_in("operateur", OFFICE_PASSWORD)
    authenticator = SoftAuthenticator(origin=town_provider.portal)
    operator = Holder(clerk.walk, token, OFFICE_PASSWORD, authenticator=authenticator)
    await operator.added()
    assert (await operator.sign_in()).status_code == 201
    await office.db.execute("update agents set roles = '{site}'")
    assert problem(await operator.sign_in(), 403) == "password_closed"
    assert problem(await operator.start(), 403) == "password_closed"
    assert (await remove(operator, "Téléphone", "-")).status_code == 204
    assert await operator.names() == []
