"""Requests that another site may have made: the origin, the form token, and what an application's token stands for."""

import base64

import pytest

from tests.component.gateway.browser import ORIGIN, Browser, words
from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

FORM = "/agents/familles/nouvelle"
BLANK = {"step": "create"}
JUDGED = 303
"""Where the service refused the blank form, the page shows it again: the gateway let it through."""


@pytest.fixture
async def agent(town: Town) -> Browser:
    """An agent at the form of a new family."""
    browser = await town.agent(Role.FRONT_DESK)
    assert (await browser.get(FORM)).status_code == 200
    return browser


async def test_own_form_is_let_through(agent: Browser) -> None:
    assert (await agent.post(FORM, BLANK)).status_code == JUDGED


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ORIGIN + ".evil.example"},
        {"Origin": ORIGIN.replace("https", "http")},
        {"Referer": ORIGIN + FORM},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_foreign_or_unknown_origin_is_refused(agent: Browser, headers: dict[str, str]) -> None:
    answer = await agent.post(FORM, BLANK, headers)
    assert answer.status_code == 403
    assert "Rien n’a été enregistré" in answer.text


async def test_origin_that_the_browser_vouches_for_is_enough(agent: Browser) -> None:
    assert (await agent.post(FORM, BLANK, {"Sec-Fetch-Site": "same-origin"})).status_code == JUDGED


async def test_form_without_its_token_is_refused(agent: Browser) -> None:
    for token in ("", "x", agent.form_token[:-1]):
        assert (await agent.post(FORM, BLANK | {"csrf_token": token})).status_code == 403


async def test_each_page_has_a_token_of_its_own_and_all_of_them_count(agent: Browser) -> None:
    tokens = set()
    for _ in range(3):
        await agent.get(FORM)
        tokens.add(agent.form_token)
    assert len(tokens) == 3
    for token in tokens:
        assert (await agent.post(FORM, BLANK | {"csrf_token": token})).status_code == JUDGED


async def test_a_token_that_was_changed_or_made_up_is_refused(agent: Browser) -> None:
    masked = bytearray(base64.urlsafe_b64decode(agent.form_token + "=="))
    for place in (0, len(masked) // 2, len(masked) - 1):
        changed = bytearray(masked)
        changed[place] ^= 1
        forged = base64.urlsafe_b64encode(changed).decode().rstrip("=")
        assert (await agent.post(FORM, BLANK | {"csrf_token": forged})).status_code == 403
    for made_up in (bytes(len(masked)), bytes(masked[: len(masked) // 2]) * 2, bytes(masked) + b"x"):
        forged = base64.urlsafe_b64encode(made_up).decode().rstrip("=")
        assert (await agent.post(FORM, BLANK | {"csrf_token": forged})).status_code == 403
    assert (await agent.post(FORM, BLANK | {"csrf_token": "é" * 86})).status_code == 403


async def test_token_of_another_session_is_refused(agent: Browser, town: Town) -> None:
    other = await town.agent(Role.FRONT_DESK)
    await other.get(FORM)
    assert (await agent.post(FORM, BLANK | {"csrf_token": other.form_token})).status_code == 403


async def test_token_of_an_anonymous_page_is_refused(agent: Browser, town: Town) -> None:
    stranger = town.browser()
    await stranger.get("/activation")
    assert (await agent.post(FORM, BLANK | {"csrf_token": stranger.form_token})).status_code == 403


async def test_script_may_send_the_token_in_a_header(agent: Browser) -> None:
    headers = {"Origin": ORIGIN, "X-CSRF-Token": agent.form_token}
    assert (await agent.http.post(FORM, data=BLANK, headers=headers)).status_code == JUDGED


async def test_a_second_sign_in_from_another_tab_leads_to_the_space_that_is_open(town: Town) -> None:
    browser = town.browser()
    await browser.get("/connexion")
    other_tab = browser.form_token
    desk = await town.agent(Role.FRONT_DESK)
    browser.http.cookies = desk.http.cookies
    answer = await browser.post("/connexion", {"login": "x", "password": "y", "csrf_token": other_tab})
    page = await browser.landing(answer)
    assert "Une connexion est déjà ouverte dans ce navigateur" in words(page)
    assert str(page.url.path) == "/agents"


async def test_sign_in_form_of_another_site_is_refused(town: Town) -> None:
    fields = {"login": "somebody@famille.example", "password": "whatever-1"}
    answer = await town.browser().post("/connexion", fields, {"Origin": "https://evil.example"})
    assert answer.status_code == 403


async def test_json_of_another_site_is_refused(agent: Browser) -> None:
    headers = {"Origin": "https://evil.example"}
    answer = await agent.http.post("/api/v1/households", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forged_request")
    answer = await agent.http.post("/api/v1/households", json={}, headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.json()["code"]) == (403, "forged_request")


async def test_own_script_may_use_the_api_with_the_form_token(agent: Browser) -> None:
    headers = {"Origin": ORIGIN, "X-CSRF-Token": agent.form_token}
    assert (await agent.http.post("/api/v1/households", json={}, headers=headers)).status_code == 422


@pytest.mark.parametrize("authorization", ["Bearer 000000000000000000000000", "Basic eDp4", "Bearer "])
async def test_cookie_does_not_count_where_no_token_of_ours_is_asked(agent: Browser, authorization: str) -> None:
    headers = {"Authorization": authorization, "Idempotency-Key": "k"}
    answer = await agent.http.post("/api/v1/households", json={}, headers=headers)
    assert answer.status_code in (401, 403)


async def test_application_needs_neither_origin_nor_form_token(agent: Browser, town: Town) -> None:
    headers = {"Authorization": f"Bearer {agent.session_token}", "Idempotency-Key": "k"}
    answer = await town.browser().http.post("/api/v1/households", json={}, headers=headers)
    assert answer.status_code == 422
