"""The pages of agents whose town has its own provider: the button, the way there and back, again after some hours, refused, ended, left."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
import pytest

from tests.component.gateway.browser import ORIGIN, Browser, is_refused, words
from tests.component.gateway.town import PASSWORD, Town, running_town
from tests.component.identity.office import OFFICE
from tests.component.identity.walk import town_file
from tests.component.simulators.oidc import running_provider
from tests.component.simulators.town_provider import TownBrowser, TownProvider
from tests.support.databases import Postgres
from tests.support.roles import Role, agent_body

pytestmark = pytest.mark.anyio

SIGN_IN = "/connexion/agents"
START = f"{SIGN_IN}/compte"
LOGOUT = f"{SIGN_IN}/fin"
NEW_AGENT = "/agents/comptes/nouveau"


@pytest.fixture(scope="module")
async def provider_process(secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TownProvider]:
    """The simulator, which knows this portal."""
    secret = (secrets_dir / "agent_provider_client_secret").read_text()
    async with running_provider(TownProvider, tmp_path_factory.mktemp("provider"), ORIGIN, secret) as simulator:
        yield simulator


@pytest.fixture
async def provider(provider_process: TownProvider) -> TownProvider:
    """The simulator, with every switch at its faithful position."""
    await provider_process.order("reset")
    return provider_process


@pytest.fixture(scope="module")
async def town(
    postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory, provider_process: TownProvider
) -> AsyncIterator[Town]:
    """A town with its provider, whose sessions do not end when nothing is asked for some hours."""
    agents = {"provider": OFFICE}
    folder = tmp_path_factory.mktemp("town")
    file = town_file(folder, agents=agents, session={"idle_minutes": 1440}, step_up={"asks": []})
    issuers = {"agent_provider_issuer": provider_process.issuer}
    async with running_town(postgres, secrets_dir, town_file=file, outside=issuers) as running:
        yield running


@pytest.fixture
async def employees(town: Town) -> AsyncIterator[None]:
    """The town's agents whom the provider knows, not linked yet."""
    identity = town.services["identity"]
    for name, role in (("m.perrot", Role.FRONT_DESK), ("g.schmitt", Role.DIRECTOR)):
        body = {**agent_body(name, role), "email": f"{name}@belfort.example"}
        answer = await identity.client.post("/agents", json=body, headers=identity.as_system() | identity.key())
        assert answer.status_code == 201, answer.text
    yield
    await identity.db.execute("delete from accounts where email_key like '%@belfort.example'")


async def account_id(town: Town, name: str) -> UUID:
    """The account of an agent."""
    known: UUID = await town.services["identity"].db.fetchval(
        "select account_id from accounts where username = $1", name
    )
    return known


class Desk:
    """A browser of an agent, as the portal and the provider know it."""

    def __init__(self, town: Town, provider: TownProvider) -> None:
        self.portal: Browser = town.browser()
        self.there = TownBrowser(provider)

    async def go(self, person: str = "m.perrot", page: str = SIGN_IN, choice: str = "continue") -> httpx2.Response:
        """Press the button of a page, choose whom to be, and come back: the page at the end."""
        shown = await self.portal.get(page)
        asked = urlsplit(page).path if urlsplit(page).path != SIGN_IN else ""
        assert "Se connecter avec mon compte de la mairie" in words(shown)
        return await self.returned(await self.portal.post(START, {"next": asked}), person, choice)

    async def returned(
        self, answer: httpx2.Response, person: str = "m.perrot", choice: str = "continue"
    ) -> httpx2.Response:
        """From an answer that leads away, over the provider, to the page at the end."""
        while answer.status_code == 303 and answer.headers["location"].startswith("/"):
            answer = await self.portal.get(answer.headers["location"])
        if answer.status_code != 303:
            return answer
        back = await self.there.walk(answer.headers["location"], person, choice)
        return await self.portal.landing(await self.portal.get(f"{SIGN_IN}/retour", params=back))

    async def opened(self, path: str) -> httpx2.Response:
        """A page, over the provider if the portal sends the browser there."""
        return await self.returned(await self.portal.get(path))


@pytest.fixture
def desk(town: Town, provider: TownProvider, employees: None) -> Desk:
    """The browser of an agent that was never here."""
    return Desk(town, provider)


async def test_where_agents_sign_in_stands_the_button_and_the_form_of_those_who_have_a_password(
    town: Town, provider: TownProvider
) -> None:
    visitor = town.browser()
    page = await visitor.get(SIGN_IN)
    assert "Se connecter avec mon compte de la mairie" in words(page)
    assert 'name="password"' in page.text
    policy = page.headers["content-security-policy"]
    assert f"form-action 'self' {provider.base}" in policy
    assert f'href="{SIGN_IN}"' in (await visitor.get("/connexion")).text
    asked = await visitor.get("/agents/familles")
    assert (asked.status_code, "Connexion des agents" in words(asked)) == (401, True)
    family = await visitor.get("/mon-accueil")
    assert (family.status_code, "Connexion des agents" in words(family)) == (401, False)


async def test_an_agent_comes_in_with_the_account_of_the_town_hall(desk: Desk) -> None:
    page = await desk.go(page="/agents/familles")
    assert (page.status_code, page.url.path) == (200, "/agents/familles"), words(page)
    own = await desk.portal.get("/mes-identifiants")
    assert "votre mot de passe se change là-bas, et non ici" in words(own)
    assert 'name="current_password"' not in own.text
    assert "Compte de la mairie" in words(await desk.portal.get("/mes-connexions"))
    setup = await desk.portal.get("/mon-second-facteur/application")
    assert (setup.status_code, 'name="current_password"' in setup.text) == (200, False)


async def test_whoever_has_no_account_is_told_whom_to_ask_and_may_be_another(desk: Desk, town: Town) -> None:
    page = await desk.go("j.mougin")
    assert is_refused(page)
    assert "Demandez-le à une personne qui gère les comptes des agents" in words(page)
    assert 'name="compte" value="autre"' in page.text
    page = await desk.returned(await desk.portal.post(START, {"compte": "autre"}))
    assert page.url.path == "/agents", words(page)


async def test_a_return_that_began_elsewhere_signs_nobody_in(desk: Desk, town: Town, provider: TownProvider) -> None:
    thief, victim = desk, town.browser()
    await thief.portal.get(SIGN_IN)
    back = await thief.there.walk((await thief.portal.post(START)).headers["location"])
    page = await victim.landing(await victim.get(f"{SIGN_IN}/retour", params=back))
    assert "a commencé dans un autre navigateur" in words(page)
    assert "__Host-session" not in victim.http.cookies


async def test_a_provider_that_is_away_is_said_to_be_with_the_other_way_in(
    desk: Desk, town: Town, provider: TownProvider
) -> None:
    await provider.fault("server_error")
    page = await desk.go()
    assert "Le compte de la mairie ne répond pas" in words(page)
    assert "se connectent avec leur mot de passe du portail" in words(page)
    operator = await town.agent(Role.OPERATIONS)
    assert (await operator.get("/agents")).status_code == 200
    other = town.browser()
    await other.get(SIGN_IN)
    page = await other.submit(SIGN_IN, {"login": operator.username, "password": "autre-chose-1"})
    assert (page.url.path, is_refused(page)) == (SIGN_IN, True)
    await other.done(SIGN_IN, {"login": operator.username, "password": PASSWORD})
    assert (await other.get("/agents")).status_code == 200


async def test_a_password_that_is_closed_is_said_to_be(desk: Desk, town: Town) -> None:
    identity = town.services["identity"]
    body = agent_body("sans.voie", Role.SITE, password=PASSWORD)
    await identity.client.post("/agents", json=body, headers=identity.as_system() | identity.key())
    await desk.portal.get("/connexion")
    page = await desk.portal.submit("/connexion", {"login": "sans.voie", "password": PASSWORD})
    assert "vous vous connectez avec votre compte de la mairie" in words(page)


async def hours_later(desk: Desk, town: Town) -> None:
    """The provider's word counts no longer."""
    identity = town.services["identity"]
    await identity.db.execute("update provider_sessions set proved_until = now()")
    town.gateway.state.sessions.forget_account(await account_id(town, "m.perrot"))


async def test_after_some_hours_a_page_comes_by_the_provider_and_nobody_notices(desk: Desk, town: Town) -> None:
    await desk.go()
    await hours_later(desk, town)
    page = await desk.opened("/agents/familles?recherche=Roy")
    assert (page.status_code, str(page.url).partition(ORIGIN)[2]) == (200, "/agents/familles?recherche=Roy")


async def test_what_was_typed_meanwhile_comes_back_whether_or_not_the_provider_vouches(
    desk: Desk, town: Town, provider: TownProvider
) -> None:
    """The first time it does; the second time the agent was signed out there, and signs in again."""
    await desk.go("g.schmitt")
    town.gateway.state.sessions.forget_account(await account_id(town, "g.schmitt"))
    for is_there in (True, False):
        await desk.portal.get(NEW_AGENT)
        await town.services["identity"].db.execute("update provider_sessions set proved_until = now()")
        town.gateway.state.sessions.forget_account(await account_id(town, "g.schmitt"))
        if not is_there:
            desk.there = TownBrowser(provider)
        typed = {"first_name": "Ada", "last_name": "Roussel", "email": "ada@valmont.example"}
        headers = {"Origin": ORIGIN, "Referer": ORIGIN + NEW_AGENT}
        page = await desk.returned(await desk.portal.post(NEW_AGENT, typed, headers))
        if not is_there:
            assert "Votre connexion au compte de la mairie est terminée" in words(page)
            asked = str(page.url).partition("retour=")[2]
            assert asked
            next_path = page.text.partition('name="next" value="')[2].partition('"')[0].replace("&amp;", "&")
            page = await desk.returned(await desk.portal.post(START, {"next": next_path}), "g.schmitt")
        assert page.url.path == NEW_AGENT, words(page)
        assert 'value="Roussel"' in page.text
        assert "rien n’a encore été enregistré" in words(page)


async def test_orders_of_the_provider_end_sessions_at_once_in_every_browser(
    desk: Desk, town: Town, provider: TownProvider
) -> None:
    """The gateway remembers a session for some seconds, and forgets it at the order."""
    other = Desk(town, provider)
    for one in (desk, other):
        assert (await one.go()).status_code == 200
        assert (await one.portal.get("/agents")).status_code == 200
    stranger = town.browser().http
    order = {"logout_token": await provider.logout_token("m.perrot", "sub")}
    for forged in ({}, {"logout_token": "x"}, {"logout_token": "x.y.z"}, {"logout_token": order["logout_token"][:-4]}):
        assert (await stranger.post(LOGOUT, data=forged)).status_code == 400
    assert (await desk.portal.get("/agents")).status_code == 200
    answer = await stranger.post(LOGOUT, data=order)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert [(await one.portal.get("/agents")).status_code for one in (desk, other)] == [401, 401]
    assert (await stranger.post(LOGOUT, data=order)).status_code == 400


async def test_the_account_says_how_an_agent_signs_in_and_a_manager_undoes_the_link(
    desk: Desk, town: Town, provider: TownProvider
) -> None:
    path = f"/agents/comptes/{await account_id(town, 'm.perrot')}"
    director = Desk(town, provider)
    await director.go("g.schmitt")
    page = await director.portal.get(path)
    assert "Aucun compte de la mairie n’est encore lié" in words(page)
    assert "Envoyer un nouveau lien" not in words(page)
    await desk.go()
    page = await director.portal.get(path)
    assert "Compte de la mairie lié depuis le" in words(page)
    assert "Compte de la mairie lié" in words(page)
    await provider.order("leavings", {"name": "m.perrot", "is_told": False})
    await hours_later(desk, town)
    page = await desk.opened("/agents/familles")
    assert "n’ouvre pas le portail" in words(page)
    page = await director.portal.get(path)
    assert "Le compte de la mairie a refusé cette personne" in words(page)
    page = await director.portal.landing(await director.portal.done(f"{path}/lien"))
    assert "Le lien est défait" in words(page)
    assert "Lien avec le compte de la mairie défait" in words(page)


async def test_both_sessions_end(desk: Desk, provider: TownProvider) -> None:
    """Here at once, then there by a page that goes on by itself."""
    await desk.go()
    there = len(await provider.signed_in())
    await desk.portal.get("/agents")
    page = await desk.portal.landing(await desk.portal.post("/deconnexion"))
    assert (await desk.portal.get("/agents")).status_code == 401
    url = page.headers["refresh"].removeprefix("0; url=")
    answer = await desk.there.http.get(url)
    assert len(await provider.signed_in()) == there - 1
    location = urlsplit(answer.headers["location"])
    page = await desk.portal.landing(await desk.portal.get(f"{location.path}?{location.query}"))
    assert page.url.path == "/"
