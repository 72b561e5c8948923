"""FranceConnect: who is proven, whose account it opens, and every way in which nobody gets in."""

import asyncio
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest

from contracts.identity.events import SecurityChanged
from contracts.types import SessionStage
from tests.component.identity.agent import enrolled
from tests.component.identity.federation import Visitor, holder
from tests.component.identity.walk import (
    PERSONAL_PASSWORD,
    PERSONAL_USERNAME,
    Walk,
    problem,
    town_file,
)
from tests.support.applications import Applications
from tests.support.roles import Role, agent_body
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


async def test_an_identity_is_linked_by_a_password_once_and_opens_the_account_from_then_on(
    walk: Walk, visitor: Visitor, service: RunningService
) -> None:
    """S1-13"""
    await walk.ready()
    first = (await visitor.go()).json()
    assert first["session"] is None
    seen = await visitor.post(
        "/franceconnect/identities",
        {"browser_token": visitor.browser, "authorization_id": first["authorization_id"]},
    )
    assert seen.json()["name"] == "Angela DUBOIS"
    visitor.session = await walk.signed_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    assert (await visitor.link(first["authorization_id"])).status_code == 201
    again = Visitor(walk, visitor.provider)
    opened = (await again.go()).json()["session"]
    assert opened["stage"] == "ready"
    session = await walk.session(opened["session_token"])
    assert (session.username, session.stage) == (PERSONAL_USERNAME, SessionStage.READY)
    assert session.previous_sign_in_at is not None
    assert len([event for event in await service.outbox() if isinstance(event, SecurityChanged)]) == 1


async def test_the_provider_is_asked_for_no_more_than_it_must_say(visitor: Visitor) -> None:
    """Its list of parameters is closed, so PKCE is not sent; only a name is asked for, to be shown."""
    asked = dict(parse_qsl(urlsplit(await visitor.leave()).query))
    assert set(asked) == {"client_id", "response_type", "redirect_uri", "scope", "acr_values", "state", "nonce"}
    assert (asked["acr_values"], asked["scope"]) == ("eidas1", "openid given_name family_name")
    assert (len(asked["state"]), len(asked["nonce"])) == (64, 64)
    assert asked["redirect_uri"] == visitor.provider.return_uri


async def test_nobody_without_an_account_gets_one(visitor: Visitor, service: RunningService) -> None:
    assert (await visitor.go("samira")).json()["session"] is None
    assert await service.db.fetchval("select count(*) from accounts") == 0


async def test_the_page_to_go_on_to_comes_back(walk: Walk, visitor: Visitor) -> None:
    back = await visitor.provider.walk(await visitor.leave(next_path="/factures"))
    assert (await visitor.come_back(back)).json()["next_path"] == "/factures"


async def test_whoever_goes_back_is_told_and_may_begin_again(visitor: Visitor) -> None:
    assert problem(await visitor.go(choice="back"), 403) == "france_connect_denied"
    assert (await visitor.go()).status_code == 200


@pytest.mark.parametrize(
    ("mode", "status", "code"),
    [
        ("wrong_key", 403, "france_connect_unverified"),
        ("unknown_key", 403, "france_connect_unverified"),
        ("wrong_algorithm", 403, "france_connect_unverified"),
        ("no_algorithm", 403, "france_connect_unverified"),
        ("no_nonce", 403, "france_connect_unverified"),
        ("two_audiences", 403, "france_connect_unverified"),
        ("wrong_party", 403, "france_connect_unverified"),
        ("wrong_nonce", 403, "france_connect_unverified"),
        ("wrong_issuer", 403, "france_connect_unverified"),
        ("wrong_audience", 403, "france_connect_unverified"),
        ("expired", 403, "france_connect_unverified"),
        ("other_person", 403, "france_connect_unverified"),
        ("plain_userinfo", 403, "france_connect_unverified"),
        ("foreign_iss", 403, "france_connect_unverified"),
        ("no_iss", 403, "france_connect_unverified"),
        ("low_level", 403, "france_connect_too_weak"),
        ("no_person", 403, "france_connect_denied"),
        ("server_error", 503, "france_connect_unavailable"),
    ],
)
async def test_what_proves_nobody_opens_nothing(
    walk: Walk, visitor: Visitor, service: RunningService, mode: str, status: int, code: str
) -> None:
    await holder(walk, visitor.provider)
    sessions = await service.db.fetchval("select count(*) from sessions")
    await visitor.provider.fault(mode)
    assert problem(await visitor.go(), status) == code
    assert await service.db.fetchval("select count(*) from sessions") == sessions
    await visitor.provider.fault("ok")
    assert (await visitor.go()).json()["session"] is not None


@pytest.mark.parametrize("provider_seconds", [1.0])
async def test_a_provider_that_is_away_is_said_to_be(walk: Walk, visitor: Visitor) -> None:
    """Away, or silent for longer than it is waited for; the password goes on to work."""
    await walk.ready()
    for fault in ({"mode": "unavailable"}, {"mode": "silent", "seconds": 30}):
        back = await visitor.provider.walk(await visitor.leave())
        await visitor.provider.fault(**fault)
        assert problem(await visitor.come_back(back), 503) == "france_connect_unavailable"
        assert (await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)).status_code == 201
        await visitor.provider.fault("ok")


async def test_a_return_is_taken_once(walk: Walk, visitor: Visitor) -> None:
    await holder(walk, visitor.provider)
    back = await visitor.provider.walk(await visitor.leave())
    answers = await asyncio.gather(*(visitor.come_back(back) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404]
    assert problem(await visitor.come_back(back), 404) == "france_connect_return_unknown"


async def test_what_another_browser_began_is_nobodys(walk: Walk, visitor: Visitor) -> None:
    """Somebody else's way, carried to a victim's browser, signs nobody in; and uses nothing up."""
    await holder(walk, visitor.provider)
    back = await visitor.provider.walk(await visitor.leave())
    victim = Visitor(walk, visitor.provider)
    for foreign in (back, {**back, "state": "0" * 64}, {"code": back["code"], "iss": back["iss"]}):
        assert problem(await victim.come_back(foreign), 404) == "france_connect_return_unknown"
    assert (await visitor.come_back(back)).json()["session"] is not None


async def test_two_tabs_of_a_browser_both_come_back(walk: Walk, visitor: Visitor) -> None:
    await holder(walk, visitor.provider)
    first, second = await visitor.leave(), await visitor.leave()
    for url in (first, second):
        assert (await visitor.come_back(await visitor.provider.walk(url))).json()["session"] is not None


async def test_the_ways_of_a_browser_are_few(visitor: Visitor, service: RunningService) -> None:
    urls = [await visitor.leave() for _ in range(7)]
    assert await service.db.fetchval("select count(*) from provider_authorizations") == 5
    assert problem(await visitor.come_back(await visitor.provider.walk(urls[0])), 404)
    assert (await visitor.come_back(await visitor.provider.walk(urls[-1]))).status_code == 200


async def test_a_way_ends_after_ten_minutes_and_so_does_an_identity_that_waits(
    walk: Walk, visitor: Visitor, service: RunningService
) -> None:
    back = await visitor.provider.walk(await visitor.leave())
    waiting = (await visitor.go()).json()["authorization_id"]
    service.advance(minutes=10, seconds=1)
    assert problem(await visitor.come_back(back), 409) == "france_connect_return_expired"
    visitor.session = await walk.ready()
    assert problem(await visitor.link(waiting), 409) == "france_connect_return_expired"
    await service.run_job("purge")
    assert await service.db.fetchval("select count(*) from provider_authorizations") == 0
    assert problem(await visitor.link(waiting), 404) == "france_connect_return_unknown"


async def test_a_password_of_the_counter_ends_a_link_that_a_thief_may_have_made(
    walk: Walk, visitor: Visitor, service: RunningService
) -> None:
    await holder(walk, visitor.provider)
    account_id = await service.db.fetchval("select account_id from accounts")
    headers = service.as_agent(Role.FRONT_DESK)
    given = await service.client.post(f"/accounts/{account_id}/provisional-password", headers=headers)
    assert given.status_code == 201, given.text
    assert (await visitor.go()).json()["session"] is None
    changes = [event.change for event in await service.outbox() if isinstance(event, SecurityChanged)]
    assert changes == ["franceconnect_linked", "franceconnect_unlinked", "password_changed"]


async def test_agents_do_not_come_this_way(walk: Walk, visitor: Visitor, service: RunningService) -> None:
    body = agent_body("agent.guichet", Role.FRONT_DESK, password=PERSONAL_PASSWORD)
    made = await service.client.post("/agents", json=body, headers=service.as_system() | service.key())
    assert made.status_code == 201, made.text
    visitor.session = await walk.signed_in("agent.guichet", PERSONAL_PASSWORD)
    assert problem(await visitor.go(), 403) == "france_connect_for_families"


async def test_keys_that_the_provider_renews_are_learned(walk: Walk, visitor: Visitor) -> None:
    await holder(walk, visitor.provider)
    await visitor.provider.order("keys")
    assert (await visitor.go()).json()["session"] is not None


async def test_ways_from_one_address_are_many_and_not_without_end(visitor: Visitor, service: RunningService) -> None:
    await visitor.leave()
    await service.db.execute("update source_levels set empty_at = now() + interval '59 minutes'")
    await visitor.leave()
    await service.db.execute("update source_levels set empty_at = now() + interval '1 hour'")
    answer = await visitor.post("/franceconnect/authorizations", {"browser_token": visitor.browser})
    assert problem(answer, 429) == "too_many_attempts"


async def test_a_town_without_it_has_none_of_it(
    applications: Applications, tmp_path: Path, secrets_dir: Path, profile: str
) -> None:
    town = town_file(tmp_path, profile, franceconnect={"is_open": False})
    async with applications.lend("identity", town_file=town) as closed:
        for path in ("authorizations", "returns"):
            answer = await closed.client.post(f"/franceconnect/{path}", json={"browser_token": uuid4().hex})
            assert problem(answer, 404) == "not_found"


async def test_a_browser_of_the_portal_is_known_again(walk: Walk, visitor: Visitor, service: RunningService) -> None:
    await holder(walk, visitor.provider)
    again = Visitor(walk, visitor.provider)
    back = await again.provider.walk(await again.leave())
    body = {"browser_token": again.browser, **{name: back[name] for name in ("state", "code", "iss") if name in back}}
    opened = (await again.post("/franceconnect/returns", body, {"X-Channel": "portal"})).json()["session"]
    walk.device = opened["device_token"]
    kept = await walk.sign_in(PERSONAL_USERNAME, PERSONAL_PASSWORD)
    assert kept.json()["device_token"] == opened["device_token"]


async def test_an_agent_at_their_second_step_is_told_whom_it_is_for(walk: Walk, visitor: Visitor) -> None:
    agent = await enrolled(walk)
    assert await agent.sign_in() is SessionStage.ENTER_SECOND_FACTOR
    visitor.session = agent.token
    assert problem(await visitor.go(), 403) == "france_connect_for_families"
