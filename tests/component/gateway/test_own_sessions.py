"""The page "Mes connexions": what is open with an account, closing one, closing all others."""

import re

import httpx2
import pytest

from tests.component.gateway.browser import Browser, words
from tests.component.gateway.town import PASSWORD, Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PAGE = "/mes-connexions"
PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0"


async def from_a_phone(town: Town, username: str) -> Browser:
    phone = town.browser()
    phone.http.headers["User-Agent"] = PHONE
    await phone.get("/connexion")
    await phone.done("/connexion", {"login": username, "password": PASSWORD})
    return phone


def closing(page: httpx2.Response, browser: str) -> str:
    """Where the button is sent to that closes the session of a browser."""
    (row,) = [row for row in page.text.split("<tr") if browser in row]
    action = re.search(rf'action="({PAGE}/[^"]+)"', row)
    assert action, row
    return action[1]


@pytest.mark.parametrize("role", [None, Role.FRONT_DESK])
async def test_a_session_of_another_browser_is_seen_and_closed(town: Town, role: Role | None) -> None:
    home = (await town.parent())[0] if role is None else await town.agent(role)
    phone = await from_a_phone(town, home.username)
    own = "/mes-identifiants"
    assert f'href="{PAGE}"' in (await home.get(own)).text
    page = await home.get(PAGE)
    assert "Firefox, Android" in words(page)
    assert "Cette connexion" in words(page)
    page = await home.submit(closing(page, "Firefox, Android"))
    assert "Cette connexion est fermée" in words(page)
    assert "Firefox, Android" not in words(page)
    assert (await phone.get(own)).status_code == 401
    assert (await home.get(own)).status_code == 200


async def test_all_others_are_closed_at_once(town: Town) -> None:
    home, _ = await town.parent()
    others = [await from_a_phone(town, home.username) for _ in range(2)]
    await home.get(PAGE)
    page = await home.submit(PAGE)
    assert "Toutes vos autres connexions sont fermées" in words(page)
    assert "Aucune autre connexion" in words(page)
    assert [(await other.get(PAGE)).status_code for other in others] == [401, 401]


async def test_closing_one_s_own_session_signs_out(town: Town) -> None:
    phone = await from_a_phone(town, (await town.parent())[0].username)
    answer = await phone.done(closing(await phone.get(PAGE), "Cette connexion"))
    assert answer.headers["location"] == "/"
    assert (await phone.get(PAGE)).status_code == 401


async def test_the_cookie_of_before_a_sign_in_is_never_the_session(town: Town) -> None:
    home, _ = await town.parent()
    browser = town.browser()
    planted = "planted-by-somebody-0123456789-0123456789-01"
    browser.http.cookies.set("__Host-session", planted, domain="portail.valmont.example", path="/")
    await browser.get("/connexion")
    await browser.done("/connexion", {"login": home.username, "password": PASSWORD})
    assert planted not in {cookie.value for cookie in browser.http.cookies.jar}
    thief = town.browser()
    thief.http.cookies.set("__Host-session", planted, domain="portail.valmont.example", path="/")
    assert (await thief.get(PAGE)).status_code == 401
