"""What a town decides of its own provider: what counts as a second factor, whose password goes on to work, who undoes a link, and leaving both."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pytest

from contracts.types import SessionStage, Strength
from tests.component.identity.agents import actions, seen
from tests.component.identity.office import PASSWORD, Clerk, employed
from tests.component.identity.walk import problem
from tests.component.simulators.town_provider import TownProvider
from tests.support.authenticator import Authenticator
from tests.support.roles import Role
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
def service(office: RunningService) -> RunningService:
    """The service of the town."""
    return office


async def test_a_second_factor_of_the_provider_counts_from_when_it_was_shown(
    clerk: Clerk, town_provider: TownProvider, service: RunningService
) -> None:
    await employed(clerk.walk)
    await employed(clerk.walk, "f.keller", Role.SITE)
    assert (await clerk.go()).status_code == 200
    assert (await clerk.actor()).strength is Strength.STRONG
    row = await service.db.fetchrow("select strong_by, strong_at from sessions")
    assert row is not None
    assert row["strong_by"] == "agent_provider"
    without = clerk.another()
    assert (await without.go("f.keller")).status_code == 200
    assert (await without.actor()).strength is Strength.BASIC
    # Whoever signed in there an hour ago opens a session here that is not fresh: no proof is made of it.
    await town_provider.order("clock", {"offset_seconds": -3000})
    again = clerk.another()
    await again.there.walk(await again.leave())
    await town_provider.order("clock", {"offset_seconds": 0})
    assert (await again.go()).status_code == 200
    strong_at = await service.db.fetchval("select min(strong_at) from sessions")
    assert strong_at < datetime.now(UTC) - timedelta(minutes=45)
    assert (await again.actor()).opened < (await clerk.actor()).opened


@pytest.mark.parametrize("policy", [{"second_factor": "required"}])
async def test_without_one_there_ours_is_asked_for(clerk: Clerk, service: RunningService) -> None:
    """Whoever has no password here sets an application up without one."""
    await employed(clerk.walk, "f.keller", Role.SITE)
    assert (await clerk.go("f.keller")).json()["session"]["stage"] == "enroll_second_factor"
    shown = await service.client.get("/me/second-factor/candidate", headers=clerk.headers)
    phone = Authenticator(shown.json()["secret"])
    enrolled = await clerk.post("/me/second-factor", {"code": phone.code()})
    assert enrolled.status_code == 201, enrolled.text
    assert enrolled.json()["session"]["stage"] == "ready"
    again = clerk.another()
    assert (await again.go("f.keller")).json()["session"]["stage"] == "enter_second_factor"
    strong = clerk.another()
    await employed(clerk.walk)
    assert (await strong.go()).json()["session"]["stage"] == "ready"


@pytest.mark.parametrize("policy", [{"required_acr": ["2"]}, {"required_amr": ["otp", "hwk"]}])
async def test_a_town_may_refuse_who_showed_none(clerk: Clerk, policy: dict[str, Any]) -> None:
    await employed(clerk.walk, "f.keller", Role.SITE)
    await employed(clerk.walk)
    assert problem(await clerk.go("f.keller"), 403) == "provider_too_weak"
    assert (await clerk.another().go()).status_code == 200
    asked = dict(parse_qsl(urlsplit(await clerk.leave()).query))
    assert asked.get("acr_values") == ("2" if "required_acr" in policy else None)


async def test_passwords_are_closed_but_to_the_roles_that_the_town_names(clerk: Clerk, service: RunningService) -> None:
    """No invitation goes out, a password that is right is not taken, and a forgotten one is not mailed."""
    agent = await employed(clerk.walk)
    await employed(clerk.walk, "f.keller", Role.SITE, password=PASSWORD)
    await employed(clerk.walk, "operateur", Role.OPERATIONS, password=PASSWORD)
    assert problem(await clerk.walk.sign_in("f.keller", PASSWORD), 403) == "password_closed"
    assert problem(await clerk.walk.sign_in("f.keller", "autre-chose-1"), 401) == "invalid_credentials"
    assert (await clerk.walk.sign_in("operateur", PASSWORD)).status_code == 201
    for name in ("f.keller", "operateur"):
        reset = {"email": f"{name}@belfort.example"}
        assert (await clerk.post("/password-resets", reset)).status_code == 202
    await service.run_job("issue_credentials")
    assert [one.username for one in await clerk.walk.credentials()] == ["operateur"]
    path = f"/agents/{agent['account_id']}/invitation"
    refused = await service.client.post(path, headers=service.as_agent(Role.DIRECTOR))
    assert problem(refused, 403) == "password_closed"
    assert (await clerk.go()).status_code == 200
    choice = {"password": "velo-rouge-42", "password_confirmation": "velo-rouge-42"}
    chosen = await service.client.put("/me/credentials", json=choice, headers=clerk.headers)
    assert problem(chosen, 403) == "password_closed"


async def test_whoever_read_the_invitation_first_is_out_once_its_agent_comes_by_the_provider(
    clerk: Clerk, service: RunningService
) -> None:
    """A session that the mailed password opened, and that chose none, is not handed the space that the agent opens."""
    await employed(clerk.walk, "m.perrot", Role.OPERATIONS)
    mailed = await clerk.walk.issued()
    await clerk.walk.activate(mailed.activation_token)
    reader = await clerk.walk.signed_in(mailed.username, mailed.temporary_password)
    assert (await clerk.walk.session(reader)).stage is SessionStage.CHOOSE_CREDENTIALS
    assert (await clerk.go()).status_code == 200
    ended = await service.client.get("/sessions/current", headers={"X-Session": reader})
    assert problem(ended, 401) == "session_ended"
    assert await clerk.is_signed_in()


async def test_who_loses_their_password_while_they_renew_it_goes_on_by_the_provider(
    clerk: Clerk, service: RunningService
) -> None:
    """Nobody is asked to choose a password whose role has none."""
    agent = await employed(clerk.walk, "m.perrot", Role.OPERATIONS)
    assert (await clerk.go()).status_code == 200
    assert (await clerk.post("/password-resets", {"email": "m.perrot@belfort.example"})).status_code == 202
    assert (await clerk.walk.activate((await clerk.walk.issued()).activation_token)).status_code == 201
    sql = "update agents set roles = '{front_desk}' where account_id = $1"
    await service.db.execute(sql, UUID(agent["account_id"]))
    another = clerk.another()
    assert (await another.go()).status_code == 200
    assert (await another.current()).stage is SessionStage.READY


async def test_a_manager_undoes_a_link_and_its_sessions_end(clerk: Clerk, service: RunningService) -> None:
    """The history of the account says so."""
    agent = await employed(clerk.walk)
    assert (await clerk.go()).status_code == 200
    path = f"/agents/{agent['account_id']}/provider-link"
    assert problem(await service.client.delete(path, headers=service.as_agent(Role.FRONT_DESK)), 403)
    near = service.as_agent(Role.DIRECTOR, sites=frozenset({"centre"}))
    assert problem(await service.client.delete(path, headers=near), 403) == "beyond_own_rights"
    assert (await service.client.delete(path, headers=service.as_agent(Role.DIRECTOR))).status_code == 204
    assert not await clerk.is_signed_in()
    assert (await seen(service, agent))["link"] is None
    assert problem(await service.client.delete(path, headers=service.as_agent(Role.DIRECTOR)), 404) == "not_found"
    assert (await actions(service, agent))[0] == ("provider_unlinked", "api")


async def test_leaving_ends_the_session_there_too(clerk: Clerk, town_provider: TownProvider) -> None:
    await employed(clerk.walk)
    assert (await clerk.go()).status_code == 200
    there = len(await town_provider.signed_in())
    left = (await clerk.post("/sessions/current/leave", {})).json()
    assert left["is_of_agents"]
    back = await clerk.there.http.get(left["logout_url"])
    assert back.headers["location"].startswith(f"{town_provider.signed_out_uri}?state=")
    assert len(await town_provider.signed_in()) == there - 1
    assert not await clerk.is_signed_in()
