"""Signing in and out in a browser: what the session cookie is, where one goes on to, and what a sign-out ends."""

import re

import pytest

from tests.component.gateway.browser import ORIGIN, hidden, is_refused, words
from tests.component.gateway.town import PASSWORD, Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


async def test_cookie_is_for_this_origin_and_its_scripts_cannot_read_it(town: Town) -> None:
    browser = town.browser()
    _, mailed = await town.household()
    await town.services["identity"].client.post("/activations", json={"token": mailed.activation_token})
    fields = {"login": mailed.username, "password": mailed.temporary_password}
    answer = await browser.post("/connexion", fields)
    (cookie,) = [value for value in answer.headers.get_list("set-cookie") if value.startswith("__Host-session=")]
    value, *attributes = [part.strip() for part in cookie.lower().split(";")]
    assert set(attributes) == {"path=/", "secure", "httponly", "samesite=lax"}
    assert len(value) > 40


async def test_wrong_password_opens_no_session_and_keeps_what_was_typed(town: Town) -> None:
    browser = town.browser()
    answer = await browser.submit("/connexion", {"login": "somebody@famille.example", "password": "not-this-one-1"})
    assert is_refused(answer)
    assert "__Host-session" not in browser.http.cookies
    assert "somebody@famille.example" in answer.text
    assert "not-this-one-1" not in answer.text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example/",
        "\\\\evil.example/",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: x=1",
    ],
)
async def test_sign_in_never_leads_to_another_site(town: Town, elsewhere: str) -> None:
    assert await signing_in(town, elsewhere) == "/espace"


async def test_sign_in_goes_on_to_the_page_that_was_asked_for(town: Town) -> None:
    assert await signing_in(town, "/agents/facturation?suite=1") == "/agents/facturation?suite=1"


async def test_private_page_asks_to_sign_in_and_leads_back(town: Town) -> None:
    answer = await town.browser().get("/factures")
    assert answer.status_code == 401
    assert "La connexion à votre espace personnel est nécessaire." in answer.text
    assert 'name="next" value="/factures"' in answer.text


async def test_each_lands_in_their_own_space(town: Town) -> None:
    agent = await town.agent(Role.DIRECTOR)
    assert (await agent.landing(await agent.get("/espace"))).url.path == "/agents"
    parent, _ = await town.parent()
    assert (await parent.landing(await parent.get("/espace"))).url.path == "/mon-accueil"


async def test_sign_out_ends_the_session_everywhere(town: Town) -> None:
    browser = await town.agent(Role.DIRECTOR)
    token = browser.session_token
    await browser.get("/agents")
    answer = await browser.post("/deconnexion")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "__Host-session" not in browser.http.cookies
    thief = town.browser()
    thief.http.cookies.set("__Host-session", token, domain="portail.valmont.example", path="/")
    assert (await thief.get("/agents")).status_code == 401


async def test_cookie_that_identity_does_not_know_is_nobodys(town: Town) -> None:
    browser = town.browser()
    browser.http.cookies.set("__Host-session", "0" * 43, domain="portail.valmont.example", path="/")
    assert (await browser.get("/agents")).status_code == 401
    assert (await browser.get("/")).status_code == 200


async def signing_in(town: Town, next_path: str) -> str:
    """Where a sign-in leads to that was asked to go on to a path."""
    agent = await town.agent(Role.FINANCE)
    fields = {"login": agent.username, "password": PASSWORD, "next": next_path}
    answer = await town.browser().done("/connexion", fields)
    return str(answer.headers["location"])


async def test_a_form_that_is_sent_after_the_session_leads_to_sign_in_and_back(town: Town) -> None:
    """The page after it can be reloaded: a form that nobody was signed in for was answered in its place, and F5 sent it again."""
    parent, _ = await town.parent()
    parent.http.cookies.delete("__Host-session")
    headers = {"Origin": ORIGIN, "Referer": f"{ORIGIN}/calendrier?semaine=2026-12-07"}
    answer = await parent.post("/calendrier", {"step": "quote"}, headers)
    page = await parent.landing(answer)
    assert "rien n’a encore été enregistré" in words(page)
    assert hidden(page, "next").startswith("/calendrier?semaine=2026-12-07")


async def test_the_menu_shows_where_a_page_stands(town: Town) -> None:
    agent = await town.agent(Role.FRONT_DESK, Role.FINANCE)
    for path, entry, current in (
        ("/agents", "/agents", "page"),
        ("/agents/familles", "/agents/familles", "page"),
        ("/agents/familles/nouvelle", "/agents/familles", "true"),
        ("/agents/facturation", "/agents/facturation", "page"),
    ):
        page = await agent.get(path)
        assert re.findall(r'<li><a href="([^"]+)" aria-current="([^"]+)"', page.text) == [(entry, current)], path
