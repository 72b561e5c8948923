"""Two spaces that do not know each other, and a service that does not answer."""

import re
from uuid import uuid4

import pytest

from portal.agents import AGENTS
from portal.family import FAMILY
from portal.frame.spaces import Space
from tests.component.gateway.browser import Browser, words
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


def shown(space: Space) -> list[str]:
    """The address of every page of a space, about something that nobody has."""
    return [
        re.sub(r"{[^}]+}", str(uuid4()), re.sub(r"{\w+:int}", "2026", path))
        for page in space.pages
        if page.method == "GET"
        for path in page.paths
    ]


AGENT_PAGES, PARENT_PAGES = shown(AGENTS), shown(FAMILY)


async def test_pages_of_agents_do_not_exist_for_a_parent(town: Town) -> None:
    parent, _ = await town.parent()
    for path in AGENT_PAGES:
        answer = await parent.get(path)
        assert (answer.status_code, "Cette page n’existe pas" in answer.text) == (404, True), path
    answer = await parent.post("/agents/familles/nouvelle", {"guardian.first_name": "x"})
    assert answer.status_code == 404


async def test_pages_of_parents_do_not_exist_for_an_agent(town: Town) -> None:
    agent = await town.agent(*Role)
    for path in PARENT_PAGES:
        assert (await agent.get(path)).status_code == 404, path


async def test_nobody_sees_a_private_page(town: Town) -> None:
    for path in (*AGENT_PAGES, *PARENT_PAGES):
        assert (await town.browser().get(path)).status_code == 401, path


async def test_agent_without_the_role_is_told_so(town: Town) -> None:
    site = await town.agent(Role.SITE)
    for path in ("/agents/familles", "/agents/facturation", "/agents/paiements"):
        assert (await site.get(path)).status_code == 403, path
    assert (await site.get("/agents")).status_code == 200


async def test_other_familys_invoice_or_file_is_not_there(town: Town) -> None:
    parent, _ = await town.parent()
    _, other = await town.parent()
    bearer = {"Authorization": f"Bearer {parent.session_token}"}
    answer = await parent.get(f"/api/v1/households/{other.household_id}", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await parent.get(f"/factures/{uuid4()}")).status_code == 404


@pytest.fixture
async def parent(town: Town) -> Browser:
    """A parent at home."""
    browser, _ = await town.parent()
    return browser


async def test_missing_part_of_the_home_page_is_said_and_the_rest_works(town: Town, parent: Browser) -> None:
    assert "indisponible" not in words(await parent.get("/mon-accueil"))
    async with town.without("billing"):
        page = await parent.get("/mon-accueil")
        assert page.status_code == 200
        assert "Mes factures : indisponible" in words(page)
        assert "0 demande en attente" in words(page)
        assert (await parent.get("/inscriptions")).status_code == 200
        assert (await parent.get("/calendrier")).status_code == 200
        missing = await parent.get("/factures")
        assert missing.status_code == 503
        assert "Ce service est indisponible pour le moment" in words(missing)
    assert "indisponible" not in words(await parent.get("/mon-accueil"))


async def test_home_page_needs_no_service_at_all(town: Town, parent: Browser) -> None:
    async with town.without("family"), town.without("booking"), town.without("billing"):
        page = await parent.get("/mon-accueil")
        assert page.status_code == 200
        assert words(page).count(": indisponible") == 4


async def test_stopped_service_is_a_problem_that_says_when_to_come_back(town: Town, parent: Browser) -> None:
    """It names the service, never an address."""
    bearer = {"Authorization": f"Bearer {parent.session_token}"}
    async with town.without("booking"):
        answer = await parent.get("/api/v1/enrollments", headers=bearer)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.json()["detail"].startswith("The booking service")
        assert int(answer.headers["retry-after"]) > 0
        assert (await parent.get("/api/v1/household", headers=bearer)).status_code == 200


async def test_family_page_of_an_agent_does_without_mail_and_accounts(town: Town) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    household, _ = await town.household()
    async with town.without("notifications"):
        page = await agent.get(f"/agents/familles/{household.household_id}/messages")
        assert page.status_code == 200
        assert "Messages envoyés au payeur : indisponible" in words(page)
        assert household.reference in page.text


async def test_public_pages_stay_open_without_identity(town: Town) -> None:
    async with town.without("identity"):
        for path in ("/", "/aide", "/connexion", "/activites"):
            assert (await town.browser().get(path)).status_code == 200, path
        assert (await town.browser().post("/connexion", {"login": "x", "password": "y"})).status_code == 503


async def test_the_payment_provider_needs_no_session_to_say_that_an_operation_ended(town: Town) -> None:
    answer = await town.browser().http.post("/paiement/notification", data={"idop": "unknown-operation"})
    assert (answer.status_code, answer.text) == (200, "")


async def test_a_family_is_named_on_each_of_its_pages_and_greeted_at_home(town: Town) -> None:
    """The session zone of every page but two showed a user name."""
    parent, household = await town.parent(civility="madame")
    (guardian,) = household.adults
    name = f"Madame {guardian.first_name} {guardian.last_name}"
    letters = f"{guardian.first_name[0]}{guardian.last_name[0]}".upper()
    for path in ("/", *(page.path for page in FAMILY.shown())):
        page = await parent.landing(await parent.get(path))
        zone = page.text.partition('<section class="session"')[2].partition("</section>")[0]
        assert f'<span class="account-name">{name}</span>' in zone, path
        assert f'aria-hidden="true">{letters}</span>' in zone, path
        assert "Se déconnecter" in zone, path
        assert "parent-" not in words(page), path
    home = await parent.get("/mon-accueil")
    assert f"<h1>Bonjour Madame {guardian.last_name.upper()}.</h1>" in home.text
    assert "Bonjour" not in words(await parent.get("/factures"))


async def test_an_agent_is_named_on_each_page(town: Town) -> None:
    agent = await town.agent(Role.FRONT_DESK, first_name="Claire", last_name="Durand-Roy")
    page = await agent.get("/agents/familles")
    assert '<span class="account-name">Claire Durand-Roy</span>' in page.text
    assert 'aria-hidden="true">CD</span>' in page.text


async def test_a_family_that_nobody_can_name_is_greeted_all_the_same(town: Town) -> None:
    parent, _ = await town.parent()
    async with town.without("family"):
        page, home = await parent.get("/factures"), await parent.get("/mon-accueil")
    assert (page.status_code, home.status_code) == (200, 200)
    assert '<span class="account-name">Mon compte</span>' in page.text
    assert "<h1>Bonjour.</h1>" in home.text
    for shown_page in (page, home):
        assert "parent-" not in words(shown_page)
