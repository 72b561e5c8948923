"""Addresses that lead nowhere: said in the frame of whoever asks, and never a fault, whatever they hold."""

import httpx2
import pytest
from litestar import Litestar

from contracts.types import SessionStage
from gateway.auth import StageNotReady, Visitor
from gateway.last_resort import is_possible
from tests.component.gateway.browser import ORIGIN, Browser, words
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

FIRST_STEPS = ("/premiere-connexion/identifiants", "/premiere-connexion/conditions")


@pytest.mark.parametrize("path", ["/nulle-part", "/agents/familles"])
async def test_a_family_stays_in_its_own_frame(town: Town, path: str) -> None:
    """An address of no page, and an agents' page, for a family."""
    parent, _ = await town.parent()
    page = await parent.get(path)
    assert page.status_code == 404
    assert 'class="private with-bar"' in page.text
    assert "Se déconnecter" in words(page)
    assert "autre famille" in words(page)
    assert 'href="/espace"' in page.text


@pytest.mark.parametrize("path", ["/nulle-part/du-tout", "/calendrier"])
async def test_an_agent_stays_in_theirs(town: Town, path: str) -> None:
    """The same for an agent, who has no other family to hear of."""
    agent = await town.agent(Role.FRONT_DESK)
    page = await agent.get(path)
    assert page.status_code == 404
    assert 'class="agent"' in page.text
    assert "Se déconnecter" in words(page)
    assert "autre famille" not in words(page)


async def test_anybody_else_is_told_where_to_begin(town: Town) -> None:
    page = await town.browser().get("/nulle-part")
    assert page.status_code == 404
    assert 'class="public"' in page.text
    assert "autre famille" not in words(page)


async def test_below_the_public_api_it_is_a_problem_document(town: Town) -> None:
    for path in ("/api/nowhere", "/api/v1/nowhere/at/all"):
        answer = await town.browser().get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", FIRST_STEPS)
async def test_a_first_step_that_is_done_leads_home(town: Town, path: str) -> None:
    """Back, or a double click, once everything is done."""
    parent, _ = await town.parent()
    assert (await parent.get(path)).headers["location"] == "/mon-accueil"
    assert (await parent.post(path, {"username": "x"})).headers["location"] == "/mon-accueil"


@pytest.mark.parametrize(
    "path",
    ["/activation/%ff", "/static/a%00b", "/static/" + "a" * 5_000, "/%00", "/activation/%0d%0a", "/factures/%c3"],
)
async def test_an_address_that_nothing_can_have_is_not_found(town: Town, path: str) -> None:
    """Bytes that are no text, control characters, endless names."""
    async with town.browser().http as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert "content-security-policy" in answer.headers


def test_addresses_of_ours_are_possible() -> None:
    assert is_possible("/activités/été")
    assert not is_possible("/a\x00")
    assert not is_possible("/a\udcff")
    assert not is_possible("/" + "a" * 5_000)


async def test_when_an_error_s_own_page_fails_the_visitor_still_gets_an_answer(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kind: a handler of errors that does not know what it is given."""
    gateway: Litestar = town.gateway

    def nobody_knows(*_: object) -> object:
        raise StageNotReady(SessionStage.READY)

    monkeypatch.setattr(gateway.state, "portal", None)
    monkeypatch.setattr(Visitor, "require_checked", nobody_knows)
    transport = httpx2.ASGITransport(app=gateway, raise_app_exceptions=False)  # type: ignore[arg-type]  # an application
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        answer = await client.get("/connexion")
    assert answer.status_code == 500
    assert "Recommencez" in answer.text
    assert "content-security-policy" in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert isinstance(town.browser(), Browser)
