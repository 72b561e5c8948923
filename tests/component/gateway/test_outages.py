"""One service is stopped, or has a wrong clock: which screens say so, and that everything else goes on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx2
import pytest

from chassis.actor import CLOCK_SKEW_SECONDS
from contracts.types import SERVICES
from gateway import auth
from gateway.app import create
from gateway.settings import GatewaySettings
from tests.component.gateway.browser import ORIGIN, Browser, words
from tests.component.gateway.town import Town
from tests.support.roles import Role
from tests.support.services import DEMO_TOWN

pytestmark = pytest.mark.anyio

PUBLIC = ("/", "/aide", "/activites", "/connexion")
OF_PARENTS = ("/mon-accueil", "/inscriptions", "/inscriptions/nouvelle", "/calendrier", "/factures", "/historique")
OF_AGENTS = (
    "/agents",
    "/agents/familles",
    "/agents/familles/nouvelle",
    "/agents/familles/{household_id}",
    "/agents/familles/{household_id}/personnes",
    "/agents/familles/{household_id}/inscriptions",
    "/agents/familles/{household_id}/reservations",
    "/agents/familles/{household_id}/factures",
    "/agents/familles/{household_id}/messages",
    "/agents/familles/{household_id}/historique",
    "/agents/familles/{household_id}/frise",
    "/agents/inscriptions",
    "/agents/ouvertures",
    "/agents/pointage",
    "/agents/facturation",
    "/agents/paiements",
    "/agents/payeurs",
)
MISSING_PARTS = {
    "identity": {
        "/agents/familles/{household_id}/personnes": ["Compte du portail"],
        "/agents/familles/{household_id}/historique": ["Compte du portail, dans l’historique"],
        "/historique": ["Compte du portail, dans l’historique"],
    },
    "family": {
        "/mon-accueil": ["À remplir", "Mes dernières demandes", "Mon espace"],
        "/historique": ["Dossier famille, dans l’historique"],
        "/agents/familles/{household_id}": ["Dossier famille"],
        "/agents/familles/{household_id}/personnes": ["Dossier famille"],
        "/agents/familles/{household_id}/inscriptions": ["Dossier famille"],
        "/agents/familles/{household_id}/reservations": ["Dossier famille"],
        "/agents/familles/{household_id}/factures": ["Dossier famille"],
        "/agents/familles/{household_id}/messages": ["Dossier famille"],
        "/agents/familles/{household_id}/historique": ["Dossier famille", "Dossier famille, dans l’historique"],
        "/agents/familles/{household_id}/frise": ["Dossier famille", "Foyers et entourage"],
        "/agents": ["Demandes d’espace", "Familles qui attendent une réponse"],
    },
    "booking": {
        "/activites": ["Activités"],
        "/mon-accueil": ["Mes dernières demandes"],
        "/agents": ["Inscriptions à décider", "Pointage du jour"],
        "/agents/familles/{household_id}": ["Inscriptions", "Jours à venir"],
        "/agents/familles/{household_id}/inscriptions": ["Inscriptions"],
        "/agents/familles/{household_id}/reservations": ["Jours à venir"],
        "/agents/familles/{household_id}/historique": ["Inscriptions et réservations, dans l’historique"],
        "/agents/familles/{household_id}/frise": ["Inscriptions"],
        "/historique": ["Inscriptions et réservations, dans l’historique"],
    },
    "billing": {
        "/activites": ["Tarifs"],
        "/mon-accueil": ["Mes factures"],
        "/agents": ["Facturation"],
        "/agents/familles/{household_id}": ["Compte de facturation"],
        "/agents/familles/{household_id}/factures": ["Compte de facturation", "Factures"],
        "/agents/familles/{household_id}/historique": ["Factures et paiements, dans l’historique"],
        "/agents/familles/{household_id}/frise": ["Factures", "Parts des payeurs"],
        "/historique": ["Factures et paiements, dans l’historique"],
    },
    "notifications": {"/agents/familles/{household_id}/messages": ["Messages envoyés au payeur"]},
}
MISSING_PAGES = {
    "identity": set(),
    "family": {"/inscriptions/nouvelle", "/agents/familles"},
    "booking": {
        "/inscriptions",
        "/inscriptions/nouvelle",
        "/calendrier",
        "/agents/inscriptions",
        "/agents/ouvertures",
        "/agents/pointage",
    },
    "billing": {"/factures", "/agents/facturation", "/agents/paiements", "/agents/payeurs"},
    "notifications": set(),
}


@dataclass
class People:
    """A family and an agent who look at every main page."""

    parent: Browser
    agent: Browser
    household_id: str

    async def open_all(self) -> dict[str, httpx2.Response]:
        """Every page, by its path."""
        seen = {path: await self.parent.get(path) for path in (*PUBLIC[:-1], *OF_PARENTS)}
        for path in OF_AGENTS:
            seen[path] = await self.agent.get(path.format(household_id=self.household_id))
        return seen


@pytest.fixture(scope="module")
async def people(town: Town) -> People:
    """Everybody signed in."""
    parent, household = await town.parent()
    return People(parent, await town.agent(*Role), str(household.household_id))


@asynccontextmanager
async def with_a_wrong_clock(town: Town, name: str) -> AsyncIterator[None]:
    """The town while the clock of a service's machine is wrong."""
    service = town.services[name]
    service.app.state.clock.error_seconds = 2 * CLOCK_SKEW_SECONDS
    try:
        assert (await service.client.get("/health/ready")).status_code == 503
        yield
    finally:
        service.app.state.clock.error_seconds = 0
        assert (await service.client.get("/health/ready")).status_code == 200


@pytest.mark.parametrize("has_wrong_clock", [False, True], ids=["stopped", "clock"])
@pytest.mark.parametrize("stopped", SERVICES)
async def test_only_the_parts_of_a_stopped_service_are_missing(
    town: Town, people: People, stopped: str, has_wrong_clock: bool
) -> None:
    await people.open_all()
    async with with_a_wrong_clock(town, stopped) if has_wrong_clock else town.without(stopped):
        pages = await people.open_all()
    for path, page in pages.items():
        assert page.status_code == (503 if path in MISSING_PAGES[stopped] else 200), path
        if page.status_code == 503:
            assert "Ce service est indisponible pour le moment" in words(page), path
            assert f'href="{page.url.path}">Réessayer</a>' in page.text, path
            continue
        parts = MISSING_PARTS[stopped].get(path, [])
        assert words(page).count(": indisponible") == len(parts), path
        assert all(f"{part} : indisponible" in words(page) for part in parts), (path, words(page))
    pages = await people.open_all()
    assert {page.status_code for page in pages.values()} == {200}
    assert not any("indisponible" in words(page) for page in pages.values())


@asynccontextmanager
async def forgetful_gateway(town: Town) -> AsyncIterator[httpx2.AsyncClient]:
    """Another gateway of the town, which asks identity at each request, and never saw anybody."""
    addresses = {f"{name}_url": f"http://127.0.0.1:{listener.port}" for name, listener in town.listeners.items()}
    settings = {"http_port": 1, "town_file": DEMO_TOWN, "secrets_dir": town.secrets_dir, "portal_url": ORIGIN}
    app = create(GatewaySettings.model_validate({**settings, **addresses, "session_cache_seconds": 0}))
    async with (
        app.lifespan(),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ORIGIN) as http,  # type: ignore[arg-type]  # Litestar's own types of ASGI
    ):
        yield http


async def test_visitor_whose_session_cannot_be_checked_is_nobody_and_is_told(town: Town, people: People) -> None:
    parent = people.parent
    cookie = {"Cookie": f"__Host-session={parent.session_token}"}
    async with forgetful_gateway(town) as http:
        async with town.without("identity"):
            for path in PUBLIC:
                page = await http.get(path, headers=cookie)
                assert (page.status_code, "ne peut pas être vérifiée" in words(page)) == (200, True), path
                assert parent.username not in page.text
            for path in (*OF_PARENTS, "/agents", "/espace", "/premiere-connexion/conditions"):
                assert (await http.get(path, headers=cookie)).status_code == 503, path
            form = {"csrf_token": parent.form_token, "login": "x", "password": "y"}
            for path in ("/connexion", "/deconnexion", "/activation"):
                sent = await http.post(path, data=form, headers={**cookie, "Origin": ORIGIN})
                assert (sent.status_code, sent.headers.get("set-cookie")) == (503, None), path
            bearer = {"Authorization": f"Bearer {parent.session_token}"}
            answers = [await http.get(f"/api/v1/{path}", headers=bearer) for path in ("household", "sessions/current")]
            assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(503, "unavailable")] * 2
            assert (await http.get("/api/v1/activities", headers=bearer)).status_code == 200
        assert (await http.get("/mon-accueil", headers=cookie)).status_code == 200


async def test_session_that_identity_confirmed_outlives_its_outage_but_not_its_end(town: Town) -> None:
    agent = await town.agent(Role.DIRECTOR)
    cookie = {"Cookie": f"__Host-session={agent.session_token}"}
    async with forgetful_gateway(town) as http:
        assert (await http.get("/agents", headers=cookie)).status_code == 200
        async with town.without("identity"):
            assert (await http.get("/agents", headers=cookie)).status_code == 200
        await agent.get("/agents")
        assert (await agent.post("/deconnexion")).status_code == 303
        assert (await http.get("/agents", headers=cookie)).status_code == 401
        async with town.without("identity"):
            assert (await http.get("/agents", headers=cookie)).status_code == 503


async def test_session_that_identity_confirmed_ends_with_its_token_while_identity_is_away(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could say by then that it was ended."""
    agent = await town.agent(Role.DIRECTOR)
    cookie = {"Cookie": f"__Host-session={agent.session_token}"}
    async with forgetful_gateway(town) as http:
        assert (await http.get("/agents", headers=cookie)).status_code == 200
        async with town.without("identity"):
            assert (await http.get("/agents", headers=cookie)).status_code == 200
            # As if the two minutes of the token were over.
            monkeypatch.setattr(auth, "TOKEN_MARGIN", timedelta(minutes=3))
            assert (await http.get("/agents", headers=cookie)).status_code == 503
