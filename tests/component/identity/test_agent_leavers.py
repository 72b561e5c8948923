"""Agents who leave the town hall: sessions that its provider orders to end, or does not vouch for any more, and the history of both."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.types import SessionStage
from tests.component.identity.agents import actions, changed, seen
from tests.component.identity.office import PASSWORD, Clerk, employed
from tests.component.identity.walk import problem
from tests.component.simulators.town_provider import TownProvider
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def service(office: RunningService) -> RunningService:
    """The service of the town."""
    return office


@pytest.fixture
async def agent(clerk: Clerk) -> dict[str, Any]:
    """An agent who is signed in."""
    made = await employed(clerk.walk)
    assert (await clerk.go()).status_code == 200
    return made


async def test_an_order_about_a_person_ends_every_session_of_theirs(
    clerk: Clerk, agent: dict[str, Any], town_provider: TownProvider, service: RunningService
) -> None:
    other = clerk.another()
    assert (await other.go()).status_code == 200
    colleague = clerk.another()
    await employed(clerk.walk, "f.keller", Role.SITE)
    assert (await colleague.go("f.keller")).status_code == 200
    token = await town_provider.logout_token("m.perrot", "sub")
    assert (await clerk.ordered(token)).status_code == 200
    signed_in = [await one.is_signed_in() for one in (clerk, other, colleague)]
    assert signed_in == [False, False, True]
    assert (await actions(service, agent))[0] == ("provider_ended_sessions", "job")


async def test_an_order_about_a_session_ends_that_one_alone(
    clerk: Clerk, agent: dict[str, Any], town_provider: TownProvider
) -> None:
    other = clerk.another()
    assert (await other.go()).status_code == 200
    assert (await clerk.ordered(await town_provider.logout_token("m.perrot", "both"))).status_code == 200
    assert [await one.is_signed_in() for one in (clerk, other)] == [True, False]


@pytest.mark.parametrize(
    "claims",
    [
        {"events": None},
        {"events": {}},
        {"events": {"https://ailleurs.example/event": {}}},
        {"events": {EVENT: "now"}},
        {"events": [EVENT]},
        {"nonce": "7" * 64},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"iss": "https://ailleurs.example/realms/mairie"},
        {"aud": "another-client"},
        {"aud": ["portail-famille", "another-client"]},
        {"azp": "another-client"},
        {"sub": None},
        {"sub": ["m.perrot"]},
        {"sub": None, "sid": 7},
        {"iat": None},
        {"iat": True},
        {"exp": None},
        {"exp": 1_700_000_000},
        {"exp": 4_000_000_000},
        {"iat": 4_000_000_000},
    ],
)
async def test_what_is_no_order_ends_nothing(
    clerk: Clerk, agent: dict[str, Any], town_provider: TownProvider, claims: dict[str, Any]
) -> None:
    forged = await town_provider.logout_token("m.perrot", "sub", **claims)
    assert problem(await clerk.ordered(forged), 400) == "logout_unverified"
    assert await clerk.is_signed_in()
    assert (await clerk.ordered(await town_provider.logout_token("m.perrot", "sub"))).status_code == 200
    assert not await clerk.is_signed_in()


@pytest.mark.parametrize("mode", ["wrong_key", "wrong_algorithm", "no_algorithm"])
async def test_an_order_that_the_provider_did_not_sign_ends_nothing(
    clerk: Clerk, agent: dict[str, Any], town_provider: TownProvider, mode: str
) -> None:
    await town_provider.fault(mode)
    forged = await town_provider.logout_token("m.perrot", "sub")
    assert problem(await clerk.ordered(forged), 400) == "logout_unverified"
    assert await clerk.is_signed_in()


async def test_an_identity_token_is_no_order(clerk: Clerk, agent: dict[str, Any], town_provider: TownProvider) -> None:
    answer = await clerk.post("/sessions/current/leave", {})
    assert (await clerk.go()).status_code == 200
    hint = answer.json()["logout_url"].partition("id_token_hint=")[2].partition("&")[0]
    assert problem(await clerk.ordered(hint), 400) == "logout_unverified"
    assert await clerk.is_signed_in()


async def test_an_order_counts_once_also_in_parallel(
    clerk: Clerk, agent: dict[str, Any], town_provider: TownProvider, service: RunningService
) -> None:
    token = await town_provider.logout_token("m.perrot", "sub", iat=int(datetime.now(UTC).timestamp()) - 5)
    answers = await asyncio.gather(*(clerk.ordered(token) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    assert (await clerk.another().go()).status_code == 200
    sessions = await service.db.fetchval("select count(*) from sessions")
    assert problem(await clerk.ordered(token), 400) == "logout_unverified"
    assert await service.db.fetchval("select count(*) from sessions") == sessions == 1
    assert await service.db.fetchval("select count(*) from provider_logouts") == 1
    service.advance(hours=1)
    await service.run_job("purge")
    assert await service.db.fetchval("select count(*) from provider_logouts") == 0


@pytest.mark.parametrize("by", ["sub", "both"])
async def test_whoever_was_proven_before_the_order_does_not_come_in_after_it(
    clerk: Clerk, agent: dict[str, Any], town_provider: TownProvider, by: str
) -> None:
    """The provider ends the session while its browser is on its way back."""
    late = clerk.another()
    back = await late.there.walk(await late.leave())
    order = await town_provider.logout_token("m.perrot", by, iat=int(datetime.now(UTC).timestamp()) + 30)
    assert (await clerk.ordered(order)).status_code == 200
    assert problem(await late.come_back(back), 401) == "provider_session_over"


@pytest.mark.parametrize("by", ["sub", "sid", "both"])
async def test_an_order_that_comes_before_the_first_link_is_not_forgotten(
    clerk: Clerk, town_provider: TownProvider, service: RunningService, by: str
) -> None:
    """Whoever was never here is on their way back when the provider ends their session: they are neither let in nor linked, and are the next time."""
    await employed(clerk.walk)
    back = await clerk.there.walk(await clerk.leave())
    order = await town_provider.logout_token("m.perrot", by, iat=int(datetime.now(UTC).timestamp()) + 30)
    assert (await clerk.ordered(order)).status_code == 200
    assert problem(await clerk.come_back(back), 401) == "provider_session_over"
    for table in ("sessions", "agent_links"):
        assert await service.db.fetchval(f"select count(*) from {table}") == 0
    stored = await service.db.fetchval("select string_agg(e::text, '') from provider_ends e")
    assert "perrot" not in stored
    await service.db.execute("update provider_ends set ended_at = ended_at - interval '1 minute'")
    assert (await clerk.another().go()).status_code == 200, "a token of after the order opens"
    await service.run_job("purge")
    assert await service.db.fetchval("select count(*) from provider_ends") == 1
    service.advance(hours=2)
    await service.run_job("purge")
    assert await service.db.fetchval("select count(*) from provider_ends") == 0


async def test_whom_the_provider_refuses_has_no_session_of_a_password_left(
    clerk: Clerk, town_provider: TownProvider
) -> None:
    await employed(clerk.walk, "m.perrot", Role.OPERATIONS, password=PASSWORD)
    assert (await clerk.go()).status_code == 200
    beside = clerk.another()
    beside.session = await clerk.walk.signed_in("m.perrot", PASSWORD)
    await town_provider.order("leavings", {"name": "m.perrot", "is_told": False})
    assert problem(await clerk.return_silently(), 403) == "provider_denied"
    assert [await one.is_signed_in() for one in (clerk, beside)] == [False, False]


@pytest.mark.parametrize("is_lapse", [True, False], ids=["lapsed", "changed"])
async def test_who_has_no_role_for_a_password_any_more_is_signed_out_where_they_used_one(
    clerk: Clerk, service: RunningService, is_lapse: bool
) -> None:
    """What the provider opened goes on."""
    agent = await employed(clerk.walk, "m.perrot", Role.OPERATIONS, Role.FRONT_DESK, password=PASSWORD)
    assert (await clerk.go()).status_code == 200
    beside = clerk.another()
    beside.session = await clerk.walk.signed_in("m.perrot", PASSWORD)
    renamed = await changed(service, await seen(service, agent), service.as_system(), first_name="Ana")
    assert renamed.status_code == 200, renamed.text
    assert await beside.is_signed_in(), "another change takes nothing"
    if is_lapse:
        await service.db.execute("update accounts set last_sign_in_at = now() - interval '1 year'")
        await service.db.execute("update agents set roles_given_at = now() - interval '1 year'")
        await service.run_job("lapses")
    else:
        reduced = await changed(service, await seen(service, agent), service.as_system(), roles=["front_desk"])
        assert reduced.status_code == 200, reduced.text
    assert [await one.is_signed_in() for one in (clerk, beside)] == [True, False]


async def test_orders_about_nobody_here_are_taken(
    clerk: Clerk, agent: dict[str, Any], town_provider: TownProvider
) -> None:
    """The provider is not told whether somebody has an account here, nor whose session it named."""
    for by, claims in (("sub", {"sub": "nobody"}), ("sid", {"sid": "none"}), ("both", {"sub": "nobody"})):
        assert (await clerk.ordered(await town_provider.logout_token("m.perrot", by, **claims))).status_code == 200
        assert await clerk.is_signed_in()


async def test_a_provider_that_renewed_its_keys_is_understood(
    clerk: Clerk, agent: dict[str, Any], town_provider: TownProvider
) -> None:
    await town_provider.order("keys")
    await town_provider.order("keys")
    # What a token of the browser taught, and a pause after it, does not keep an order from being understood.
    assert (await clerk.another().go()).status_code == 200
    assert (await clerk.ordered(await town_provider.logout_token("m.perrot", "sub"))).status_code == 200
    assert not await clerk.is_signed_in()


async def test_the_provider_is_asked_again_after_some_hours_and_the_session_goes_on(
    clerk: Clerk, agent: dict[str, Any], service: RunningService
) -> None:
    before = str(clerk.session)
    for _ in range(7):
        service.advance(minutes=35)
        await clerk.is_signed_in()
    session = await clerk.current()
    assert (session.stage, session.actor_token) == (SessionStage.RETURN_TO_PROVIDER, None)
    own = await service.client.get("/me/sessions", headers=clerk.headers)
    assert problem(own, 401) == "session_ended", "nothing is open meanwhile"
    answer = await clerk.return_silently()
    assert answer.status_code == 200, answer.text
    assert (await clerk.current()).stage is SessionStage.READY
    assert clerk.session != before
    assert await service.db.fetchval("select count(*) from sessions") == 1
    ends_at = await service.db.fetchval("select ends_at - opened_at from sessions")
    assert ends_at.total_seconds() == 12 * 3600, "no session is longer than any other"


async def test_whoever_is_signed_in_there_no_more_is_not_here_either(
    clerk: Clerk, agent: dict[str, Any], service: RunningService
) -> None:
    other = clerk.another()
    assert (await other.go()).status_code == 200
    clerk.there = clerk.another().there
    assert (await clerk.return_silently()).json()["session"] is None
    assert [await one.is_signed_in() for one in (clerk, other)] == [False, True]
    assert (await seen(service, agent))["link"]["refused_at"] is None


async def test_whom_the_provider_refuses_is_signed_out_and_the_account_says_so(
    clerk: Clerk, agent: dict[str, Any], town_provider: TownProvider, service: RunningService
) -> None:
    """The account there is disabled, and nobody told us: the next silent return does."""
    other = clerk.another()
    assert (await other.go()).status_code == 200
    await town_provider.order("leavings", {"name": "m.perrot", "is_told": False})
    assert problem(await clerk.return_silently(), 403) == "provider_denied"
    assert [await one.is_signed_in() for one in (clerk, other)] == [False, False]
    assert (await seen(service, agent))["link"]["refused_at"] is not None
    assert (await actions(service, agent))[0] == ("provider_refused", "job")
    await town_provider.order("reset")
    assert (await clerk.go()).status_code == 200
    assert (await seen(service, agent))["link"]["refused_at"] is None


async def test_somebody_else_at_the_provider_does_not_go_on_with_the_session(
    clerk: Clerk, agent: dict[str, Any], service: RunningService
) -> None:
    await employed(clerk.walk, "f.keller", Role.SITE)
    colleague = clerk.another()
    assert (await colleague.go("f.keller")).status_code == 200
    clerk.there = colleague.there
    assert problem(await clerk.return_silently(), 409) == "provider_other_person"
    assert await colleague.is_signed_in()


async def test_while_the_provider_is_away_open_sessions_go_on_to_their_end(
    clerk: Clerk, agent: dict[str, Any], town_provider: TownProvider, service: RunningService
) -> None:
    await town_provider.fault("server_error")
    assert problem(await clerk.return_silently(), 503) == "provider_unavailable"
    assert (await clerk.current()).stage is SessionStage.READY
    await town_provider.fault("ok")
    assert (await clerk.return_silently()).status_code == 200


async def test_a_no_to_a_silent_way_ends_no_session_of_a_password(
    clerk: Clerk, town_provider: TownProvider, service: RunningService
) -> None:
    await employed(clerk.walk, "operateur", Role.OPERATIONS, password=PASSWORD)
    clerk.session = await clerk.walk.signed_in("operateur", PASSWORD)
    assert (await clerk.return_silently()).json()["session"] is None
    assert await clerk.is_signed_in()
