"""Agents who sign in with the town's own provider: whose account an identity opens, and every way in which nobody gets in."""

import asyncio
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import pytest

from contracts.types import SessionStage
from services.identity.adapters.agents_provider import AgentProviderSection, AgentsProvider, Place
from services.identity.adapters.oidc import ProviderDown
from tests.component.identity.agents import actions, seen
from tests.component.identity.office import PASSWORD, Clerk, employed
from tests.component.identity.walk import guardian, problem, town_file
from tests.component.simulators.town_provider import TownProvider
from tests.support.applications import Applications
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio

SESSIONS = "select count(*) from sessions"


@pytest.fixture
def service(office: RunningService) -> RunningService:
    """The service of the town."""
    return office


async def test_an_agent_is_linked_by_a_verified_address_and_known_by_the_subject_from_then_on(
    clerk: Clerk, town_provider: TownProvider, service: RunningService
) -> None:
    agent = await employed(clerk.walk)
    assert (agent["state"], agent["link"], agent["is_password_open"]) == ("invited", None, False)
    answer = await clerk.go(next_path="/agents/familles")
    assert (answer.status_code, answer.json()["next_path"]) == (200, "/agents/familles"), answer.text
    session = await clerk.current()
    assert (session.stage, session.name, session.has_password) == (SessionStage.READY, "Camille Marchand", False)
    now = await seen(service, agent)
    assert now["state"] == "active"
    assert now["link"]["refused_at"] is None
    assert await actions(service, agent) == [("provider_linked", "portal"), ("agent_created", "api")]
    await town_provider.order("people", {"name": "m.perrot", "details": {"email": "autre@belfort.example"}})
    assert (await clerk.another().go()).status_code == 200, "an address that changes there changes nothing here"


async def test_nothing_but_what_the_town_gave_is_given(clerk: Clerk, service: RunningService) -> None:
    """The provider brings nobody, and no right."""
    assert problem(await clerk.go("j.mougin"), 403) == "provider_account_unknown"
    assert await service.db.fetchval("select count(*) from accounts") == 0
    agent = await employed(clerk.walk)
    assert problem(await clerk.go(), 403) == "provider_account_unknown", "the same person is signed in there still"
    assert (await clerk.go(is_another=True)).status_code == 200
    actor = await clerk.actor()
    assert str(actor.account_id) == agent["account_id"]
    assert "identity.agents.manage" not in actor.permissions


async def test_the_request_is_the_one_of_the_code_flow_with_pkce(clerk: Clerk, town_provider: TownProvider) -> None:
    asked = dict(parse_qsl(urlsplit(await clerk.leave()).query))
    assert {name: asked[name] for name in ("response_type", "scope", "redirect_uri", "max_age")} == {
        "response_type": "code",
        "scope": "openid email",
        "redirect_uri": town_provider.return_uri,
        "max_age": "43200",
    }
    assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
    assert (len(asked["state"]), len(asked["nonce"])) == (64, 64)
    again = dict(parse_qsl(urlsplit(await clerk.leave()).query))
    assert all(asked[name] != again[name] for name in ("state", "nonce", "code_challenge"))


async def test_an_address_that_the_provider_did_not_verify_links_nobody(clerk: Clerk, service: RunningService) -> None:
    agent = await employed(clerk.walk, "l.huguenin", Role.FINANCE)
    assert problem(await clerk.go("l.huguenin"), 403) == "provider_claim_missing"
    assert (await seen(service, agent))["link"] is None


async def test_an_address_of_two_agents_names_neither(clerk: Clerk, service: RunningService) -> None:
    first = await employed(clerk.walk)
    second = await employed(clerk.walk, "m.perrot.bis", email="M.PERROT@belfort.example")
    assert problem(await clerk.go(), 409) == "provider_account_ambiguous"
    assert [(await seen(service, agent))["link"] for agent in (first, second)] == [None, None]


async def test_a_family_of_the_same_address_is_no_agent(clerk: Clerk) -> None:
    """A parent who works for the town has two accounts, and this way leads to one alone."""
    await clerk.walk.ready(guardian("m.perrot@belfort.example"))
    assert problem(await clerk.go(), 403) == "provider_account_unknown"


async def test_another_identity_with_the_address_of_a_linked_agent_does_not_get_in(
    clerk: Clerk, town_provider: TownProvider
) -> None:
    await employed(clerk.walk)
    assert (await clerk.go()).status_code == 200
    details = {"given_name": "M", "family_name": "P", "employee_number": "X", "email": "m.perrot@belfort.example"}
    await town_provider.order("people", {"name": "usurper", "details": details})
    assert problem(await clerk.another().go("usurper"), 409) == "provider_linked_elsewhere"


async def test_of_two_who_link_at_once_both_come_in_and_there_is_one_link(
    clerk: Clerk, service: RunningService
) -> None:
    await employed(clerk.walk)
    clerks = [clerk, clerk.another(), clerk.another()]
    backs = [await one.there.walk(await one.leave()) for one in clerks]
    answers = await asyncio.gather(*(one.come_back(back) for one, back in zip(clerks, backs, strict=True)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 200
    assert set(statuses) <= {200, 409}
    assert await service.db.fetchval("select count(*) from agent_links") == 1


async def test_a_closed_account_stays_closed(clerk: Clerk, service: RunningService) -> None:
    agent = await employed(clerk.walk)
    assert (await clerk.go()).status_code == 200
    await service.db.execute("update accounts set is_disabled = true where account_id = $1", UUID(agent["account_id"]))
    assert problem(await clerk.another().go(), 403) == "account_disabled"
    await service.db.execute("delete from agent_links")
    assert problem(await clerk.another().go(), 403) == "provider_account_unknown"


@pytest.mark.parametrize("policy", [{"claim": "employee_number", "verified_by": ""}])
async def test_a_town_may_link_by_an_employee_number(clerk: Clerk, service: RunningService) -> None:
    await employed(clerk.walk, "camille", employee_number="B-1042")
    await employed(clerk.walk, "m.perrot")
    assert (await clerk.go()).status_code == 200
    assert (await clerk.current()).username == "camille"
    body = {"email": "x@belfort.example", "username": "x.y.z", "employee_number": "B-1042"}
    details = {"first_name": "X", "last_name": "Y", "service": "Z", "roles": ["site"], "has_every_site": True}
    again = await service.client.post(
        "/agents", json={**body, **details}, headers=service.as_agent(Role.DIRECTOR) | service.key()
    )
    assert [error["code"] for error in again.json()["errors"]] == ["employee_number_taken"]


@pytest.mark.parametrize(
    ("mode", "status", "code"),
    [
        ("wrong_key", 403, "provider_unverified"),
        ("unknown_key", 403, "provider_unverified"),
        ("wrong_algorithm", 403, "provider_unverified"),
        ("no_algorithm", 403, "provider_unverified"),
        ("wrong_nonce", 403, "provider_unverified"),
        ("no_nonce", 403, "provider_unverified"),
        ("wrong_issuer", 403, "provider_unverified"),
        ("wrong_audience", 403, "provider_unverified"),
        ("two_audiences", 403, "provider_unverified"),
        ("wrong_party", 403, "provider_unverified"),
        ("expired", 403, "provider_unverified"),
        ("foreign_iss", 403, "provider_unverified"),
        ("no_iss", 403, "provider_unverified"),
        ("other_person", 403, "provider_unverified"),
        ("stale", 403, "provider_too_weak"),
        ("server_error", 503, "provider_unavailable"),
    ],
)
async def test_what_proves_nobody_opens_nothing(
    clerk: Clerk, town_provider: TownProvider, service: RunningService, mode: str, status: int, code: str
) -> None:
    await employed(clerk.walk)
    assert (await clerk.go()).status_code == 200
    sessions = await service.db.fetchval(SESSIONS)
    await town_provider.fault(mode)
    assert problem(await clerk.another().go(), status) == code
    assert await service.db.fetchval(SESSIONS) == sessions
    await town_provider.fault("ok")
    assert (await clerk.another().go()).status_code == 200


async def test_what_the_identity_token_lacks_is_asked_for(clerk: Clerk, town_provider: TownProvider) -> None:
    await employed(clerk.walk)
    await town_provider.fault("only_userinfo")
    assert (await clerk.go()).status_code == 200


async def test_a_return_is_taken_once_and_a_code_too(clerk: Clerk) -> None:
    await employed(clerk.walk)
    back = await clerk.there.walk(await clerk.leave())
    answers = await asyncio.gather(*(clerk.come_back(back) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 404, 404, 404]
    # The code of one way on another of the same browser: the verifier, and the nonce, are of the first one.
    second = await clerk.another().there.walk(await clerk.leave())
    assert problem(await clerk.come_back({**second, "code": back["code"]}), 403) == "provider_unverified"
    other = await clerk.there.walk(await clerk.leave())
    third = dict(parse_qsl(urlsplit(await clerk.leave()).query))
    assert problem(await clerk.come_back({**other, "state": third["state"]}), 403) == "provider_unverified"


async def test_what_another_browser_began_is_nobodys(clerk: Clerk) -> None:
    """Somebody else's way, carried to a victim's browser, signs nobody in; and uses nothing up."""
    await employed(clerk.walk)
    back = await clerk.there.walk(await clerk.leave())
    victim = clerk.another()
    for foreign in (back, {**back, "state": "0" * 64}, {"code": back["code"], "iss": back["iss"]}):
        assert problem(await victim.come_back(foreign), 404) == "provider_return_unknown"
    assert (await clerk.come_back(back)).status_code == 200


async def test_a_way_to_one_provider_never_ends_at_the_other(clerk: Clerk, service: RunningService) -> None:
    """What FranceConnect's ways are told by is the same table: a return is of the provider where it began."""
    await employed(clerk.walk)
    back = await clerk.there.walk(await clerk.leave())
    await service.db.execute("update provider_authorizations set provider = 'franceconnect'")
    assert problem(await clerk.come_back(back), 404) == "provider_return_unknown"


async def test_a_way_ends_after_ten_minutes(clerk: Clerk, service: RunningService) -> None:
    await employed(clerk.walk)
    back = await clerk.there.walk(await clerk.leave())
    service.advance(minutes=10, seconds=1)
    assert problem(await clerk.come_back(back), 409) == "provider_return_expired"


async def test_whoever_goes_back_or_has_left_is_told(clerk: Clerk) -> None:
    assert problem(await clerk.go(choice="back"), 403) == "provider_denied"
    await employed(clerk.walk, "c.vuillemin")
    assert problem(await clerk.go("c.vuillemin"), 403) == "provider_denied"


async def test_a_return_never_changes_who_is_signed_in(clerk: Clerk, service: RunningService) -> None:
    await employed(clerk.walk)
    await employed(clerk.walk, "f.keller", Role.SITE)
    assert (await clerk.go("f.keller")).status_code == 200
    clerk.there = clerk.another().there
    assert problem(await clerk.go("m.perrot"), 409) == "provider_other_person"
    assert (await clerk.current()).username == "f.keller"
    assert await service.db.fetchval("select count(*) from agent_links") == 1, "and links nobody by the way"


async def test_keys_that_the_provider_renews_are_learned(clerk: Clerk, town_provider: TownProvider) -> None:
    await employed(clerk.walk)
    assert (await clerk.go()).status_code == 200
    await town_provider.order("keys")
    assert (await clerk.another().go()).status_code == 200


async def test_a_document_of_another_issuer_is_not_believed(town_provider: TownProvider) -> None:
    place = Place(town_provider.issuer, "portail-famille", town_provider.portal, town_provider.secret, 1.0)
    provider = AgentsProvider.at(place, AgentProviderSection(is_open=True))
    await town_provider.fault("foreign_document")
    with pytest.raises(ProviderDown, match="discovery"):
        await provider.authorization_endpoint()
    await town_provider.fault("ok")
    assert await provider.authorization_endpoint() == f"{town_provider.issuer}/authorize"
    await provider.close()


@pytest.mark.parametrize("provider_seconds", [1.0])
async def test_a_provider_that_is_away_is_said_to_be_and_leaves_who_is_there(
    clerk: Clerk, town_provider: TownProvider
) -> None:
    """Open sessions go on, and those who have passwords go on to sign in."""
    await employed(clerk.walk)
    await employed(clerk.walk, "operateur", Role.OPERATIONS, password=PASSWORD)
    assert (await clerk.go()).status_code == 200
    for fault in ({"mode": "unavailable"}, {"mode": "silent", "seconds": 30}):
        other = clerk.another()
        back = await other.there.walk(await other.leave())
        await town_provider.fault(**fault)
        assert problem(await other.come_back(back), 503) == "provider_unavailable"
        await town_provider.fault("ok")
    await town_provider.fault("unavailable")
    assert (await clerk.current()).stage is SessionStage.READY
    assert (await clerk.walk.sign_in("operateur", PASSWORD)).status_code == 201


async def test_nothing_that_opens_an_account_is_stored_in_clear(clerk: Clerk, service: RunningService) -> None:
    await employed(clerk.walk)
    assert (await clerk.go()).status_code == 200
    asked = dict(parse_qsl(urlsplit(await clerk.leave()).query))
    stored = ""
    for table in ("provider_authorizations", "provider_sessions", "history", "outbox"):
        stored += str([row["line"] for row in await service.db.fetch(f"select t::text as line from {table} t")])
    subject = await service.db.fetchval("select subject from agent_links")
    for secret in (asked["state"], asked["nonce"], asked["code_challenge"], clerk.browser, subject):
        assert secret not in stored


async def test_a_town_without_it_has_none_of_it(applications: Applications, tmp_path: Path) -> None:
    async with applications.lend("identity", town_file=town_file(tmp_path)) as closed:
        for path, body in (
            ("authorizations", {"browser_token": uuid4().hex}),
            ("returns", {"browser_token": uuid4().hex}),
            ("logouts", {"logout_token": "x.y.z"}),
        ):
            answer = await closed.client.post(f"/agent-provider/{path}", json=body)
            assert problem(answer, 404) == "not_found", path
