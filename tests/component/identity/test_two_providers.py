"""A town with both providers: what belongs to one proves nothing at the other, whoever carries it there, and whatever their words have in common."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.identity.adapters import agents_provider, franceconnect
from services.identity.adapters.agents_provider import AgentProviderSection, AgentsProvider
from services.identity.adapters.franceconnect import FranceConnect as FranceConnectClient
from services.identity.adapters.oidc import ProviderDoubtful
from tests.component.identity.federation import Visitor
from tests.component.identity.office import OFFICE, Clerk, employed
from tests.component.identity.walk import Walk, problem, town_file
from tests.component.simulators.identification import FranceConnect
from tests.component.simulators.oidc import CLIENT_ID
from tests.component.simulators.town_provider import TownProvider
from tests.support.applications import Applications
from tests.support.services import RunningService

pytestmark = pytest.mark.anyio


@pytest.fixture
async def both(
    applications: Applications, tmp_path: Path, franceconnect: FranceConnect, town_provider: TownProvider
) -> AsyncIterator[RunningService]:
    """The service in a town that has both."""
    town = town_file(tmp_path, "premium", agents={"provider": OFFICE}, second_factor={"agents": "optional"})
    async with applications.lend(
        "identity",
        town_file=town,
        portal_url=franceconnect.portal,
        franceconnect_issuer=franceconnect.issuer,
        franceconnect_has_discovery=True,
        franceconnect_timeout_seconds=10.0,
        agent_provider_issuer=town_provider.issuer,
        agent_provider_timeout_seconds=10.0,
    ) as running:
        yield running


@pytest.fixture
def visitor(both: RunningService, secrets_dir: Path, franceconnect: FranceConnect) -> Visitor:
    """A browser on its way to FranceConnect."""
    return Visitor(Walk(both, secrets_dir), franceconnect)


@pytest.fixture
def clerk(visitor: Visitor, town_provider: TownProvider) -> Clerk:
    """The very same browser, on its way to the town's provider."""
    return Clerk(visitor.walk, town_provider, browser=visitor.browser)


async def test_a_return_handed_in_where_the_way_did_not_begin_is_unknown_and_uses_nothing_up(
    visitor: Visitor, clerk: Clerk
) -> None:
    await employed(clerk.walk)
    of_families = await visitor.provider.walk(await visitor.leave())
    of_agents = await clerk.there.walk(await clerk.leave())
    assert problem(await clerk.come_back(of_families), 404) == "provider_return_unknown"
    assert problem(await visitor.come_back(of_agents), 404) == "france_connect_return_unknown"
    assert (await visitor.come_back(of_families)).status_code == 200
    assert (await clerk.come_back(of_agents)).status_code == 200


async def test_a_code_of_one_is_never_handed_to_the_other(
    visitor: Visitor, clerk: Clerk, franceconnect: FranceConnect, town_provider: TownProvider
) -> None:
    """The mix-up of RFC 9207: the state is right, the code is another provider's. The name beside it tells, before the code is shown to anybody."""
    await employed(clerk.walk)
    code = (await franceconnect.come_back())["code"]
    foreign = {"code": code, "iss": franceconnect.issuer}
    mixed = {**await clerk.there.walk(await clerk.leave()), **foreign}
    assert problem(await clerk.come_back(mixed), 403) == "provider_unverified"
    assert (await franceconnect.exchange(code)).status_code == 200, "it was used up nowhere"
    other = (await town_provider.walk(town_provider.address()))["code"]
    mixed = {**await visitor.provider.walk(await visitor.leave()), "code": other, "iss": town_provider.issuer}
    assert problem(await visitor.come_back(mixed), 403) == "france_connect_unverified"
    assert (await town_provider.exchange(other)).status_code == 200, "it was used up nowhere"


async def test_a_code_of_one_under_the_name_of_the_other_is_worth_nothing(
    visitor: Visitor, clerk: Clerk, franceconnect: FranceConnect, both: RunningService
) -> None:
    await employed(clerk.walk)
    code = (await franceconnect.come_back())["code"]
    mixed = {**await clerk.there.walk(await clerk.leave()), "code": code}
    assert problem(await clerk.come_back(mixed), 403) == "provider_unverified"
    nameless = await visitor.provider.walk(await visitor.leave())
    del nameless["iss"]
    assert problem(await visitor.come_back(nameless), 403) == "france_connect_unverified"
    assert await both.db.fetchval("select count(*) from sessions") == 0


async def test_the_keys_of_one_prove_no_token_of_the_other(
    franceconnect_process: FranceConnect, town_provider: TownProvider, franceconnect: FranceConnect
) -> None:
    of_families = (await franceconnect.exchange((await franceconnect.come_back())["code"])).json()["id_token"]
    back = await town_provider.walk(town_provider.address())
    of_agents = (await town_provider.exchange(back["code"])).json()["id_token"]
    for_families, for_agents = clients(franceconnect, town_provider)
    assert (await for_families.claims(of_families))["iss"] == franceconnect.issuer
    assert (await for_agents.claims(of_agents))["iss"] == town_provider.issuer
    for client, token in ((for_families, of_agents), (for_agents, of_families)):
        with pytest.raises(ProviderDoubtful):
            await client.claims(token)
        await client.close()


async def test_no_token_but_an_order_ends_sessions_and_none_of_the_other_provider(
    clerk: Clerk, franceconnect: FranceConnect, town_provider: TownProvider
) -> None:
    await employed(clerk.walk)
    assert (await clerk.go()).status_code == 200
    of_families = (await franceconnect.exchange((await franceconnect.come_back())["code"])).json()["id_token"]
    back = await town_provider.walk(town_provider.address())
    of_agents = (await town_provider.exchange(back["code"])).json()["id_token"]
    for token in (of_families, of_agents):
        assert problem(await clerk.ordered(token), 400) == "logout_unverified"
    assert await clerk.is_signed_in()
    assert (await clerk.ordered(await town_provider.logout_token("m.perrot", "sub"))).status_code < 300
    assert not await clerk.is_signed_in()


def clients(families: FranceConnect, agents: TownProvider) -> tuple[FranceConnectClient, AgentsProvider]:
    """The town as each of them knows it, by the same name."""
    there = franceconnect.Place(
        issuer=families.issuer,
        client_id=CLIENT_ID,
        return_uri=families.return_uri,
        signed_out_uri=families.signed_out_uri,
        secret=families.secret,
        algorithm="ES256",
        has_discovery=True,
        timeout_seconds=10.0,
    )
    place = agents_provider.Place(agents.issuer, CLIENT_ID, agents.portal, agents.secret, 10.0)
    return FranceConnectClient.at(there), AgentsProvider.at(place, AgentProviderSection(is_open=True))
