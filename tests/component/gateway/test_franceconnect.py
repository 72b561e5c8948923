"""The pages of FranceConnect: the button, the way there and back, linking by password, what is said when nothing comes of it, leaving."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from gateway.browsers import DEVICE_COOKIE
from tests.component.gateway.browser import ORIGIN, Browser, hidden, is_refused, words
from tests.component.gateway.town import PASSWORD, Town, running_town
from tests.component.simulators.identification import FranceConnect
from tests.component.simulators.oidc import running_provider
from tests.support.databases import Postgres
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

START = "/franceconnect/connexion"
LINK = "/franceconnect/lier"
OWN = "/mes-identifiants/franceconnect"


@pytest.fixture(scope="module")
async def provider_process(secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FranceConnect]:
    """The simulator, which knows this portal."""
    secret = (secrets_dir / "franceconnect_client_secret").read_text()
    async with running_provider(FranceConnect, tmp_path_factory.mktemp("franceconnect"), ORIGIN, secret) as simulator:
        yield simulator


@pytest.fixture
async def provider(provider_process: FranceConnect) -> FranceConnect:
    """The simulator, with every switch at its faithful position."""
    await provider_process.order("reset")
    return provider_process


@pytest.fixture(scope="module")
async def town(postgres: Postgres, secrets_dir: Path, provider_process: FranceConnect) -> AsyncIterator[Town]:
    """A town with its provider."""
    issuers = {"franceconnect_issuer": provider_process.issuer}
    async with running_town(postgres, secrets_dir, outside=issuers) as running:
        yield running


async def returned(
    browser: Browser, provider: FranceConnect, person: str, page: str = "/connexion", choice: str = "continue"
) -> httpx2.Response:
    """Press the button of a page, choose whom to be, and come back: the page at the end."""
    shown = await browser.get(page)
    left = await browser.post(START, {"next": hidden(shown, "next")})
    assert left.status_code == 303, words(left)
    back = await provider.walk(left.headers["location"], person, choice)
    return await browser.landing(await browser.get("/franceconnect/retour", params=back))


async def linked(town: Town, provider: FranceConnect, person: str) -> Browser:
    """A parent with an identity of FranceConnect, that nobody else has in these tests."""
    parent, _ = await town.parent()
    page = await returned(parent, provider, person, OWN)
    await parent.done(LINK, {"identite": hidden(page, "identite"), "current_password": PASSWORD})
    await town.settle()
    return parent


async def test_where_one_signs_in_stands_the_button_and_what_it_is(town: Town) -> None:
    """S1-13, S1-14"""
    visitor = town.browser()
    page = await visitor.get("/connexion")
    assert re.search(r"Connexion .* ou S’identifier avec FranceConnect Qu’est-ce que FranceConnect", words(page))
    explained = await visitor.get("/franceconnect")
    assert "la solution proposée par l’État" in words(explained)
    assert 'href="https://franceconnect.gouv.fr/"' in explained.text


async def test_forms_may_lead_to_the_provider(town: Town, provider: FranceConnect) -> None:
    policy = (await town.browser().get("/connexion")).headers["content-security-policy"]
    assert f"form-action 'self' {provider.issuer.removesuffix('/api/v2')}" in policy


async def test_an_identity_is_linked_by_signing_in_once_and_opens_the_space_afterwards(
    town: Town, provider: FranceConnect
) -> None:
    """S1-13: the first time with the password, later without; to the page that was asked for."""
    parent, _ = await town.parent()
    visitor = town.browser()
    page = await returned(visitor, provider, "angela")
    assert "Angela DUBOIS" in words(page)
    wrong = {"identite": hidden(page, "identite"), "login": parent.username, "password": "autre-chose-1"}
    page = await visitor.submit(LINK, wrong)
    assert is_refused(page)
    typed = {"identite": hidden(page, "identite"), "login": parent.username, "password": PASSWORD}
    home = await visitor.landing(await visitor.done(LINK, typed))
    assert (home.url.path, "FranceConnect est lié à votre espace" in words(home)) == ("/mon-accueil", True)
    assert DEVICE_COOKIE in visitor.http.cookies
    await town.settle()
    notices = await town.services["notifications"].db.fetch("select template from notices")
    assert "security_changed" in {row["template"] for row in notices}
    again = town.browser()
    await again.get("/factures")
    assert (await returned(again, provider, "angela", "/connexion?retour=/factures")).url.path == "/factures"
    assert DEVICE_COOKIE in again.http.cookies


async def test_whoever_is_signed_in_links_and_unlinks_with_the_password(town: Town, provider: FranceConnect) -> None:
    parent, _ = await town.parent()
    assert "Un nouveau mot de passe retire ce lien" not in words(await parent.get("/mes-identifiants"))
    page = await returned(parent, provider, "pascal", OWN)
    assert "Pascal LECLERC" in words(page)
    named = {"identite": hidden(page, "identite")}
    assert is_refused(await parent.submit(LINK, {**named, "current_password": "autre-chose-1"}))
    page = await parent.landing(await parent.done(LINK, {**named, "current_password": PASSWORD}))
    assert (page.url.path, "Votre espace est lié à FranceConnect depuis" in words(page)) == (OWN, True)
    assert "FranceConnect lié au compte" in words(await parent.get("/historique"))
    assert "Un nouveau mot de passe retire ce lien" in words(await parent.get("/mes-identifiants"))
    await parent.get(OWN)
    assert is_refused(await parent.submit(OWN, {"current_password": "autre-chose-1"}))
    page = await parent.landing(await parent.done(OWN, {"current_password": PASSWORD}))
    assert "n’est pas lié à FranceConnect" in words(page)
    assert LINK in str((await returned(town.browser(), provider, "pascal")).url)


async def test_what_comes_to_nothing_is_said_with_what_can_be_done(town: Town, provider: FranceConnect) -> None:
    page = await returned(town.browser(), provider, "samira", choice="back")
    assert is_refused(page)
    assert "FranceConnect n’a confirmé aucune identité" in words(page)
    assert 'href="/connexion"' in page.text
    await provider.fault("unavailable")
    page = await returned(town.browser(), provider, "samira")
    assert "FranceConnect ne répond pas" in words(page)
    assert "Me connecter avec mon mot de passe" in words(page)


async def test_a_return_that_began_elsewhere_signs_nobody_in(town: Town, provider: FranceConnect) -> None:
    thief, victim = town.browser(), town.browser()
    await thief.get("/connexion")
    back = await provider.walk((await thief.post(START)).headers["location"], "samira")
    page = await victim.landing(await victim.get("/franceconnect/retour", params=back))
    assert "a commencé dans un autre navigateur" in words(page)
    assert "__Host-session" not in victim.http.cookies


async def test_a_newcomer_goes_through_the_first_steps_before(town: Town, provider: FranceConnect) -> None:
    _, mailed = await town.household()
    identity = town.services["identity"].client
    assert (await identity.post("/activations", json={"token": mailed.activation_token})).status_code == 201
    visitor = town.browser()
    page = await returned(visitor, provider, "samira")
    typed = {"login": mailed.username, "password": mailed.temporary_password}
    page = await visitor.landing(await visitor.done(LINK, {"identite": hidden(page, "identite"), **typed}))
    assert page.url.path == "/premiere-connexion/identifiants"
    assert "Terminez d’abord vos premiers pas" in words(page)


async def test_an_agent_is_signed_in_and_not_linked(town: Town, provider: FranceConnect) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    visitor = town.browser()
    page = await returned(visitor, provider, "samira")
    typed = {"login": agent.username, "password": PASSWORD}
    page = await visitor.landing(await visitor.done(LINK, {"identite": hidden(page, "identite"), **typed}))
    assert "FranceConnect est réservé aux familles" in words(page)
    assert (await agent.get(OWN)).status_code == 404


async def test_whoever_signed_in_stays_so_when_nobody_answers_what_became_of_the_link(
    town: Town, provider: FranceConnect
) -> None:
    parent, _ = await town.parent()
    visitor = town.browser()
    page = await returned(visitor, provider, "samira")
    typed = {"identite": hidden(page, "identite"), "login": parent.username, "password": PASSWORD}
    async with town.services["identity"].db.transaction() as away:
        # A sign-in writes nothing there, and nobody is told whose session it is before.
        await away.execute("lock table session_proofs in access exclusive mode")
        led_to = await visitor.post(LINK, typed)
    assert led_to.status_code == 303
    assert "nous ne savons pas si FranceConnect a été lié" in words(await visitor.landing(led_to))
    assert (await visitor.get("/mon-accueil")).status_code == 200


async def test_both_sessions_end(town: Town, provider: FranceConnect) -> None:
    """Here at once, then there by a page that goes on by itself."""
    await linked(town, provider, "dominique")
    parent = town.browser()
    assert (await returned(parent, provider, "dominique")).url.path == "/mon-accueil"
    there = len(await provider.signed_in())
    page = await parent.landing(await parent.post("/deconnexion"))
    assert (await parent.get("/mon-accueil")).status_code == 401
    url = page.headers["refresh"].removeprefix("0; url=")
    link = re.search(r'class="button[^"]*" href="([^"]+)"', page.text)
    assert link
    assert unescape(link[1]) == url
    answer = await provider.http.get(url)
    assert len(await provider.signed_in()) == there - 1
    location = urlsplit(answer.headers["location"])
    page = await parent.landing(await parent.get(f"{location.path}?{location.query}"))
    assert (page.url.path, "deconnexion" in page.text) == ("/", False)
