"""What an identity of FranceConnect opens once it was linked: one account, until the link is removed; and the end of both sessions."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import pytest

from contracts.identity.events import SecurityChanged
from tests.component.identity.federation import Visitor, holder
from tests.component.identity.walk import (
    PERSONAL_PASSWORD,
    Walk,
    field_codes,
    guardian,
    problem,
)
from tests.support.locks import as_far_as_it_can
from tests.support.services import RunningService

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("profile", ["premium"])]


@pytest.fixture
def service(federated: RunningService) -> RunningService:
    """The service in a town that has FranceConnect."""
    return federated


@pytest.fixture
def walk(visitor: Visitor) -> Walk:
    """A visitor's own steps there."""
    return visitor.walk


async def test_an_identity_is_linked_by_the_right_password_alone(walk: Walk, visitor: Visitor) -> None:
    visitor.session = await walk.ready()
    waiting = (await visitor.go()).json()["authorization_id"]
    assert field_codes(await visitor.link(waiting, "autre-chose-1")) == {"/current_password": "current_password_wrong"}
    assert field_codes(await visitor.link(waiting, "")) == {"/current_password": "current_password_required"}
    other = Visitor(walk, visitor.provider, session=visitor.session)
    assert problem(await other.link(waiting), 404) == "france_connect_return_unknown"
    assert (await visitor.link(waiting)).status_code == 201
    assert problem(await visitor.link(waiting), 404) == "france_connect_return_unknown"


async def test_guesses_of_the_password_are_throttled(walk: Walk, visitor: Visitor) -> None:
    visitor.session = await walk.ready()
    waiting = (await visitor.go()).json()["authorization_id"]
    for _ in range(5):
        assert (await visitor.link(waiting, "autre-chose-1")).status_code == 422
    assert problem(await visitor.link(waiting), 429) == "too_many_attempts"


async def security_news(service: RunningService) -> list[str]:
    """What the holder was told of the ways in."""
    return [event.change for event in await service.outbox() if isinstance(event, SecurityChanged)]


async def both_parents(walk: Walk) -> tuple[str, str]:
    """The sessions of two parents of one household."""
    parents = [guardian("a@famille.example"), guardian("b@famille.example", first_name="Sasha")]
    await walk.service.deliver(walk.household(*parents))
    await walk.service.run_job("issue_credentials")
    sessions = []
    for number, mailed in enumerate(await walk.credentials()):
        assert (await walk.activate(mailed.activation_token)).status_code == 201
        first = await walk.signed_in(mailed.username, mailed.temporary_password)
        token = (await walk.choose(first, username=f"parent.{number}")).json()["session_token"]
        assert (await walk.accept(token)).status_code == 200
        sessions.append(token)
    return sessions[0], sessions[1]


async def test_one_identity_opens_one_account(walk: Walk, visitor: Visitor) -> None:
    first, second = await both_parents(walk)
    visitor.session = first
    await visitor.linked()
    other = Visitor(walk, visitor.provider, session=second)
    assert problem(await other.go(), 409) == "france_connect_linked_elsewhere"
    waiting = (await visitor.go("pascal")).json()["authorization_id"]
    assert problem(await visitor.link(waiting), 409) == "france_connect_link_exists"


async def test_of_two_accounts_that_link_one_identity_at_once_one_gets_it(walk: Walk, visitor: Visitor) -> None:
    sessions = await both_parents(walk)
    visitors = [Visitor(walk, visitor.provider, session=session) for session in sessions]
    waiting = [(await one.go()).json()["authorization_id"] for one in visitors]
    answers = await asyncio.gather(*(one.link(identity) for one, identity in zip(visitors, waiting, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_whoever_is_signed_in_stays_who_they_are(walk: Walk, visitor: Visitor) -> None:
    parent = await holder(walk, visitor.provider)
    again = (await parent.go()).json()
    assert (again["session"], again["is_linked"]) == (None, True)


async def test_who_is_signed_out_elsewhere_while_they_come_back_may_sign_in_again(
    walk: Walk, visitor: Visitor, service: RunningService
) -> None:
    parent = await holder(walk, visitor.provider)
    back = await visitor.provider.walk(await parent.leave(), "angela", "continue")
    async with service.db.transaction() as ending:
        await ending.execute("delete from sessions")
        coming = asyncio.create_task(parent.come_back(back))
        await as_far_as_it_can(service.db, coming)
    assert (await coming).status_code == 200
    assert (await parent.go()).json()["session"], "nobody is signed in any more: the identity opens a session"


async def test_the_identity_opens_no_account_that_nobody_is_left_in(
    walk: Walk, visitor: Visitor, service: RunningService
) -> None:
    person = guardian()
    household = walk.household(person)
    await service.deliver(household)
    mailed = await walk.issued()
    assert (await walk.activate(mailed.activation_token)).status_code == 201
    token = (await walk.choose(await walk.signed_in(mailed.username, mailed.temporary_password))).json()
    assert (await walk.accept(token["session_token"])).status_code == 200
    await Visitor(walk, visitor.provider, session=token["session_token"]).linked()
    await service.deliver(walk.household(household_id=household.household_id))
    assert (await visitor.go()).json()["session"] is None, "nothing that opened an account of nobody stays"


async def test_the_link_goes_with_the_account(walk: Walk, visitor: Visitor, service: RunningService) -> None:
    await holder(walk, visitor.provider)
    await service.db.execute("delete from accounts")
    assert await service.db.fetchval("select count(*) from franceconnect_links") == 0
    assert (await visitor.go()).json()["session"] is None


async def test_a_new_password_by_mail_ends_a_link_that_a_thief_may_have_made(
    walk: Walk, visitor: Visitor, service: RunningService
) -> None:
    await holder(walk, visitor.provider)
    assert (await visitor.go()).json()["session"] is not None
    await service.client.post("/password-resets", json={"email": "dominique@famille.example"}, headers=walk.browser)
    assert (await walk.activate((await walk.issued()).activation_token)).status_code == 201
    assert (await visitor.go()).json()["session"] is None
    assert await security_news(service) == ["franceconnect_linked", "franceconnect_unlinked", "password_changed"]


async def test_a_link_is_removed_with_the_password_and_then_opens_nothing(walk: Walk, visitor: Visitor) -> None:
    parent = await holder(walk, visitor.provider)
    wrong = await parent.post("/me/franceconnect/removal", {"current_password": "autre-1"}, await parent.acting())
    assert field_codes(wrong) == {"/current_password": "current_password_wrong"}
    own = await walk.service.client.get("/me/franceconnect", headers=await parent.acting())
    assert own.json()["linked_at"] is not None
    body = {"current_password": PERSONAL_PASSWORD}
    removed = await parent.post("/me/franceconnect/removal", body, await parent.acting())
    assert removed.json() == {"linked_at": None}
    assert await security_news(walk.service) == ["franceconnect_linked", "franceconnect_unlinked"]
    assert (await visitor.go()).json()["session"] is None
    assert problem(await parent.post("/me/franceconnect/removal", body, await parent.acting()), 404)


async def test_the_session_ends_here_and_then_at_the_provider(walk: Walk, visitor: Visitor) -> None:
    await holder(walk, visitor.provider, "pascal")
    visitor.session = (await visitor.go("pascal")).json()["session"]["session_token"]
    there = len(await visitor.provider.signed_in())
    left = (await visitor.post("/sessions/current/leave", {})).json()["logout_url"]
    gone = await walk.service.client.get("/sessions/current", headers=visitor.headers)
    assert problem(gone, 401) == "session_ended"
    query = parse_qs(urlsplit(left).query)
    assert len(query["state"][0]) == 64
    answer = await visitor.provider.http.get(left)
    assert answer.headers["location"].startswith(f"{visitor.provider.signed_out_uri}?state=")
    assert len(await visitor.provider.signed_in()) == there - 1
    assert (await visitor.post("/sessions/current/leave", {})).json()["logout_url"] is None


async def test_a_link_leaves_the_session_of_somebody_else_as_it_is(walk: Walk, visitor: Visitor) -> None:
    """Whoever acts for one account, in a browser that has a session of another: that one did not begin at the provider."""
    first, second = await both_parents(walk)
    visitor.session = first
    waiting = (await visitor.go()).json()["authorization_id"]
    acting = await visitor.acting()
    visitor.session = second
    body = {"browser_token": visitor.browser, "authorization_id": waiting, "current_password": PERSONAL_PASSWORD}
    assert (await visitor.post("/me/franceconnect", body, acting)).status_code == 201
    assert (await visitor.post("/sessions/current/leave", {})).json()["logout_url"] is None


async def test_whoever_came_by_password_leaves_here_alone(walk: Walk, visitor: Visitor) -> None:
    visitor.session = await walk.ready()
    assert (await visitor.post("/sessions/current/leave", {})).json()["logout_url"] is None


async def test_other_credentials_do_not_forget_the_session_at_the_provider(walk: Walk, visitor: Visitor) -> None:
    parent = await holder(walk, visitor.provider)
    renewed = await walk.choose(str(parent.session), current_password=PERSONAL_PASSWORD)
    parent.session = renewed.json()["session_token"]
    assert (await parent.post("/sessions/current/leave", {})).json()["logout_url"]


async def test_nothing_that_opens_an_account_is_stored_in_clear(
    walk: Walk, visitor: Visitor, service: RunningService
) -> None:
    parent = await holder(walk, visitor.provider)
    url = await visitor.leave()
    waiting = await Visitor(walk, visitor.provider).go("samira")
    assert waiting.json()["session"] is None
    stored = ""
    for table in ("provider_authorizations", "provider_sessions", "history", "outbox"):
        stored += str([row["line"] for row in await service.db.fetch(f"select t::text as line from {table} t")])
    subject = await service.db.fetchval("select subject from franceconnect_links")
    asked = parse_qs(urlsplit(url).query)
    for secret in (asked["state"][0], asked["nonce"][0], visitor.browser, parent.browser, subject, "DUBOIS", "BENALI"):
        assert secret not in stored
    history = await service.client.get("/history", headers=await parent.acting())
    assert [entry["action"] for entry in history.json()["items"]].count("franceconnect_linked") == 1


async def test_an_identity_that_was_linked_for_a_day_proves_who_somebody_is(
    walk: Walk, visitor: Visitor, service: RunningService
) -> None:
    """In the session that is open, and nothing else changes: the history has it, and how long it holds is the town's."""
    visitor.session = await walk.ready()
    waiting = (await visitor.go()).json()["authorization_id"]
    assert (await visitor.link(waiting)).status_code == 201

    async def come_back() -> tuple[bool, bool]:
        outcome = (await visitor.go()).json()
        assert outcome["session"] is None
        return outcome["is_linked"], outcome["is_proof"]

    assert await come_back() == (True, False), "whoever linked it a moment ago may have known no more than the password"
    assert "address" not in await walk.opened(visitor.session)
    await service.db.execute("update franceconnect_links set counts_from = linked_at")
    assert await come_back() == (True, True)
    assert "address" in await walk.opened(visitor.session)
    proofs = await service.db.fetch("select after from history where action = 'identity_proved'")
    assert len(proofs) == 1
    service.advance(minutes=15)
    assert "address" not in await walk.opened(visitor.session)


async def test_another_identity_proves_nothing(walk: Walk, visitor: Visitor, service: RunningService) -> None:
    first, second = await both_parents(walk)
    visitor.session = first
    assert (await visitor.link((await visitor.go()).json()["authorization_id"])).status_code == 201
    await service.db.execute("update franceconnect_links set counts_from = linked_at")
    visitor.session = second
    assert problem(await visitor.go(), 409) == "france_connect_linked_elsewhere"
    assert "address" not in await walk.opened(second)
