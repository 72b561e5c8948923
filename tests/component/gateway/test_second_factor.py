"""The second factor as pages: setting an application up, the codes for its loss, the second step of a sign-in, and a town that wants one of all."""

import re
from pathlib import Path

import httpx2
import pytest

from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.town import PASSWORD, Town, running_town
from tests.component.identity.walk import town_file
from tests.support.authenticator import Authenticator
from tests.support.databases import Postgres
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PAGE = "/mon-second-facteur"
SETUP = f"{PAGE}/application"
STEP = "/connexion/code"


def phone_of(page: httpx2.Response) -> Authenticator:
    """A telephone that was set up with the key of a page, typed from its groups of four."""
    key = re.search(r"((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})", words(page))
    assert key, words(page)
    return Authenticator(key[1].replace(" ", ""))


def codes_of(page: httpx2.Response) -> list[str]:
    return re.findall(r"\b(?:[a-z2-9]{4}-){3}[a-z2-9]{4}\b", words(page))


async def set_up(agent: Browser) -> tuple[Authenticator, httpx2.Response]:
    """Set a telephone up; the page with the recovery codes."""
    phone = phone_of(await agent.get(SETUP))
    page = await agent.submit(SETUP, {"code": phone.code(), "current_password": PASSWORD})
    phone.recovery_codes = codes_of(page)
    return phone, page


async def signing_in(town: Town, username: str, next_path: str = "") -> Browser:
    """A browser that gave the right password."""
    browser = town.browser()
    await browser.get("/connexion")
    answer = await browser.done("/connexion", {"login": username, "password": PASSWORD, "next": next_path})
    page = await browser.landing(answer)
    assert page.url.path == STEP, words(page)
    return browser


async def test_an_application_is_set_up_and_its_recovery_codes_are_shown_once(town: Town) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    assert f'href="{PAGE}"' in (await agent.get("/mes-identifiants")).text
    assert "Aucun second facteur" in words(await agent.get(PAGE))
    page = await agent.get(SETUP)
    assert "<svg" in page.text
    assert 'inputmode="numeric"' in page.text
    assert 'autocomplete="one-time-code"' in page.text
    refused = await agent.submit(SETUP, {"code": phone_of(page).wrong(), "current_password": PASSWORD})
    assert is_refused(refused)
    assert "Ce code n’est pas celui de ce compte" in words(refused)
    assert "code de secours" not in words(refused)
    phone, page = await set_up(agent)
    assert len(phone.recovery_codes) == 10, words(page)
    assert not codes_of(await agent.get(f"{PAGE}/codes?saisie=autre")), "shown this once"
    page = await agent.get(PAGE)
    assert "Application en place" in words(page)
    assert "10" in words(page)
    renewed = await agent.submit(f"{PAGE}/codes", {"code": phone.code(1), "current_password": PASSWORD})
    assert len(codes_of(renewed)) == 10
    reloaded = await agent.landing(await agent.get(str(renewed.url.raw_path, "ascii")))
    assert reloaded.url.path == PAGE
    assert not codes_of(reloaded)
    assert "établissez-en de nouveaux ci-dessous" in words(reloaded)
    assert not set(codes_of(renewed)) & set(phone.recovery_codes)


async def test_a_sign_in_asks_for_the_code_and_goes_on_to_the_page_that_was_asked_for(town: Town) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    phone, _ = await set_up(agent)
    browser = await signing_in(town, agent.username, "/agents/familles")
    for path in ("/agents", "/mes-identifiants", "/mes-connexions", PAGE, SETUP):
        assert (await browser.get(path)).headers["location"] == STEP, path
    page = await browser.get(f"{STEP}?retour=/agents/familles")
    assert 'autocomplete="one-time-code"' in page.text
    assert 'inputmode="numeric"' in page.text
    assert is_refused(await browser.submit(STEP, {"code": phone.wrong(), "next": "/agents/familles"}))
    half, code = browser.session_token, phone.code(1)
    answer = await browser.done(STEP, {"code": f"{code[:3]} {code[3:]}", "next": "/agents/familles"})
    assert answer.headers["location"] == "/agents/familles"
    assert browser.session_token != half
    assert (await browser.get("/agents/familles")).status_code == 200


async def test_a_lost_telephone_is_replaced_with_recovery_codes(town: Town) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    lost, _ = await set_up(agent)
    browser = await signing_in(town, agent.username)
    refused = await browser.submit(STEP, {"recovery_code": "aaaa-bbbb-cccc-dddd"})
    assert is_refused(refused)
    assert "<details open>" in refused.text
    home = await browser.landing(await browser.done(STEP, {"recovery_code": lost.recovery_codes[0]}))
    assert "il en reste 9" in words(home)
    assert "remplacez votre application" in words(home)
    phone = phone_of(await browser.get(SETUP))
    fields = {"code": phone.code(), "current_code": lost.recovery_codes[1], "current_password": PASSWORD}
    assert len(codes_of(await browser.submit(SETUP, fields))) == 10


async def test_recovery_codes_are_used_up_one_by_one_and_the_last_ones_are_announced(town: Town) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    phone, _ = await set_up(agent)
    used = phone.recovery_codes[0]
    for left, code in zip(range(9, -1, -1), phone.recovery_codes, strict=True):
        browser = await signing_in(town, agent.username)
        home = await browser.landing(await browser.done(STEP, {"recovery_code": code}))
        assert ("C’était votre dernier code" if left == 0 else f"il en reste {left}") in words(home)
        assert ("établissez-en de nouveaux plus bas" in words(await browser.get(PAGE))) is (left <= 3), left
    browser = await signing_in(town, agent.username)
    for field in ("recovery_code", "code"):
        refused = words(await browser.submit(STEP, {field: used}))
        assert "chacun ne sert qu’une fois" in refused, field
        assert "Attendez que votre application" not in refused
    assert "Attendez que votre application" in words(await browser.submit(STEP, {"code": phone.wrong()}))


async def test_whoever_has_no_code_can_leave(town: Town) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    await set_up(agent)
    browser = await signing_in(town, agent.username)
    await browser.done("/premiere-connexion/annuler")
    assert "__Host-session" not in browser.http.cookies


async def test_whoever_is_locked_out_reads_how_long_and_who_helps(town: Town) -> None:
    """And a manager's button helps at once."""
    agent, director = await town.agent(Role.FRONT_DESK), await town.agent(Role.DIRECTOR)
    phone, _ = await set_up(agent)
    browser = await signing_in(town, agent.username)
    for _ in range(5):
        assert "Ce code n’est pas le bon" in words(await browser.submit(STEP, {"code": phone.wrong()}))
    page = await browser.submit(STEP, {"code": phone.code(1)})
    assert is_refused(page)
    sentence = words(page).replace("\u00a0", " ")
    assert re.search(r"le code suivant sera possible dans (\d\d secondes|1 minute)", sentence), sentence
    assert "un nouveau mot de passe n’y change rien" in sentence
    assert "un agent qui gère les comptes peut retirer l’application perdue" in sentence
    find = "select account_id from accounts where username = $1"
    path = f"/agents/comptes/{await town.services['identity'].db.fetchval(find, agent.username)}"
    assert "Retirer l’application perdue" in words(await director.get(path))
    await director.done(f"{path}/second-facteur")
    again = await town.signed_in(agent.username, PASSWORD)
    assert (await again.get("/agents")).status_code == 200


async def test_families_have_no_such_page(town: Town) -> None:
    parent, _ = await town.parent()
    assert PAGE not in (await parent.get("/mes-identifiants")).text
    assert [(await parent.get(path)).status_code for path in (PAGE, SETUP)] == [404, 404]


async def test_a_town_that_wants_one_of_all_opens_nothing_before(
    postgres: Postgres, secrets_dir: Path, tmp_path: Path
) -> None:
    file = town_file(tmp_path, second_factor={"agents": "required"})
    async with running_town(postgres, secrets_dir, town_file=file) as town:
        agent = await town.agent(Role.FRONT_DESK)
        for path in ("/espace", "/agents", "/mes-connexions", PAGE):
            assert (await agent.get(path)).headers["location"] == SETUP, path
        assert "La mairie demande un second facteur à tous ses agents" in words(await agent.get(SETUP))
        phone, page = await set_up(agent)
        assert len(phone.recovery_codes) == 10, words(page)
        assert (await agent.get("/agents")).status_code == 200
        parent, _ = await town.parent()
        assert (await parent.get("/mon-accueil")).status_code == 200
