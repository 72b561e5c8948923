"""Passkeys as pages: one's own, signing in with one, and proving with one, or with an application, who one is. What a script does is done here
by hand; without scripts the pages are whole, and say so."""

import json
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Final

import httpx2
import pytest

from tests.component.gateway.browser import ORIGIN, Browser, hidden, is_refused, words
from tests.component.gateway.test_second_factor import set_up
from tests.component.gateway.town import PASSWORD, Town, running_town
from tests.component.identity.walk import town_file
from tests.support.databases import Postgres
from tests.support.passkeys import Manner, SoftAuthenticator
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PAGE: Final = "/mes-cles-d-acces"
NEW: Final = f"{PAGE}/nouvelle"
SIGN_IN: Final = "/connexion/cle-d-acces"
PROOF: Final = "/confirmer/cle-d-acces"
FORM: Final = re.compile(r'<form [^>]*data-passkey="(\w+)"[^>]*>')


def source_of(page: httpx2.Response) -> str:
    """Where the form of a page that an authenticator fills in has its question from."""
    match = re.search(r'data-source="([^"]*)"', page.text)
    assert match, words(page)
    return unescape(match[1])


async def question(browser: Browser, page: httpx2.Response) -> str:
    """What the script of a page would ask the authenticator."""
    source = source_of(page)
    if source.startswith("{"):
        return source
    answer = await browser.http.post(source, data={"csrf_token": browser.form_token}, headers={"Origin": ORIGIN})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.text


async def added(browser: Browser, name: str = "Téléphone", **fields: str) -> SoftAuthenticator:
    """An authenticator with a passkey of whoever is signed in."""
    authenticator = SoftAuthenticator(origin=ORIGIN)
    await browser.get(PAGE)
    page = await browser.submit(PAGE, {"current_password": PASSWORD, **fields})
    assert page.url.path == NEW, words(page)
    made = authenticator.create(await question(browser, page))
    page = await browser.submit(NEW, {"name": name, "answer": made})
    assert "La clé d’accès est ajoutée" in words(page)
    assert name in words(page)
    return authenticator


async def signing_in(
    town: Town, authenticator: SoftAuthenticator, next_path: str = "", manner: Manner | None = None
) -> tuple[Browser, httpx2.Response]:
    """A browser that answered with a passkey, and where that leads."""
    browser = town.browser()
    page = await browser.get(f"/connexion?retour={next_path}" if next_path else "/connexion")
    answered = authenticator.get(await question(browser, page), manner or Manner(origin=authenticator.origin))
    return browser, await browser.post(SIGN_IN, {"answer": answered, "next": hidden(page, "next")})


async def test_the_sign_in_page_is_whole_without_scripts_and_loads_no_more_than_before(town: Town) -> None:
    page = await town.browser().get("/connexion")
    form = FORM.search(page.text)
    assert form
    assert form[1] == "get"
    assert " hidden" in form[0], "nobody sees it but where a script shows it"
    scripts = re.findall(r'src="/static/js/(\w+)', page.text)
    assert (scripts, "/static/js/passkeys.js?v=" in form[0]) == (["forms", "password"], True), (
        "fetched at the first press"
    )
    assert 'name="password"' in page.text


async def test_a_parent_adds_a_passkey_and_signs_in_with_it(town: Town) -> None:
    parent, _ = await town.parent()
    assert f'href="{PAGE}"' in (await parent.get("/mes-identifiants")).text
    assert "Aucune clé d’accès n’ouvre votre compte" in words(await parent.get(PAGE))
    refused = await parent.submit(PAGE, {"current_password": "faux"})
    assert is_refused(refused)
    assert "Ce mot de passe n’est pas votre mot de passe actuel" in words(refused)
    authenticator = await added(parent, "Téléphone de <Claire>")
    browser, led_to = await signing_in(town, authenticator, "/factures")
    assert led_to.headers["location"] == "/factures"
    page = await browser.get("/mes-connexions")
    assert "Clé d’accès" in words(page)
    assert "Jamais" not in words(await browser.get(PAGE))
    cookies = led_to.headers.get_list("set-cookie")
    assert [cookie for cookie in cookies if cookie.startswith("__Host-session=") and "HttpOnly" in cookie]
    assert [cookie for cookie in cookies if cookie.startswith("__Host-device=")]


async def test_what_opens_nothing_leads_back_to_the_sign_in_page(town: Town) -> None:
    """With the way that was asked for; a second press of the same answer too."""
    parent, _ = await town.parent()
    authenticator = await added(parent)
    browser, led_to = await signing_in(town, authenticator, "/factures", Manner(origin="https://attaque.example"))
    page = await browser.landing(led_to)
    assert is_refused(page)
    assert "Cette clé d’accès n’ouvre aucun compte ici" in words(page)
    assert hidden(page, "next") == "/factures"
    assert 'name="password"' in page.text
    assert "__Host-session" not in browser.http.cookies
    answered = authenticator.get(await question(browser, page))
    await browser.done(SIGN_IN, {"answer": answered})
    other = town.browser()
    await other.get("/connexion")
    other.http.cookies.set("__Host-passkey", browser.http.cookies["__Host-passkey"])
    for _ in range(2):
        again = await other.submit(SIGN_IN, {"answer": answered})
        assert "n’est pas, ou plus, attendue" in words(again)
        other.http.cookies.delete("__Host-passkey")
    for text in ("", "x" * 13_000):
        assert is_refused(await other.submit(SIGN_IN, {"answer": text})), len(text)


async def test_a_question_is_given_to_our_own_pages_alone(town: Town) -> None:
    browser = town.browser()
    await browser.get("/connexion")
    for path in (f"{SIGN_IN}/question", SIGN_IN):
        forged = await browser.http.post(path, data={}, headers={"Origin": "https://attaque.example"})
        assert forged.status_code == 403, path
    assert (await browser.get(f"{SIGN_IN}/question")).status_code in (404, 405), "opening an address asks nothing"
    answer = await browser.http.post(f"{SIGN_IN}/question", headers={"Origin": ORIGIN})
    (cookie,) = answer.headers.get_list("set-cookie")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts == {"secure", "httponly", "samesite=strict", "path=/", "max-age=600"}
    assert answer.headers["cache-control"] == "no-store"
    asked = json.loads(answer.text)
    assert (asked["rpId"], asked["userVerification"], asked["allowCredentials"]) == (
        "portail.valmont.example",
        "required",
        [],
    )


async def test_the_name_is_typed_again_and_what_comes_too_late_begins_again(town: Town) -> None:
    parent, _ = await town.parent()
    led_to = await parent.get(NEW)
    assert led_to.headers["location"].startswith(PAGE), "nothing was begun"
    await parent.get(PAGE)
    page = await parent.submit(PAGE, {"current_password": PASSWORD})
    assert "JavaScript" in words(page), "whoever has no scripts is told so"
    authenticator = SoftAuthenticator(origin=ORIGIN)
    made = authenticator.create(await question(parent, page))
    page = await parent.submit(NEW, {"name": "", "answer": ""})
    assert page.url.path == NEW
    assert is_refused(page)
    assert "Donnez un nom à cette clé d’accès" in words(page)
    assert words(page).count("Cette valeur ne convient pas") == 0, (
        "there is nothing to say of what no authenticator was asked"
    )
    page = await parent.submit(NEW, {"name": "a" * 61, "answer": made})
    assert page.url.path == NEW
    assert "60 caractères au plus" in words(page)
    assert "a" * 61 in page.text
    assert made[:40] not in page.text, "no answer is kept"
    await parent.done(NEW, {"name": "Ordinateur", "answer": made})
    again = await parent.submit(NEW, {"name": "Ordinateur", "answer": made})
    assert again.url.path == PAGE
    assert is_refused(again)


async def test_a_passkey_is_removed_with_the_password_by_its_owner_alone(town: Town) -> None:
    parent, _ = await town.parent()
    authenticator = await added(parent, "Ancien téléphone")
    match = re.search(rf'href="({PAGE}/[0-9a-f-]{{36}})"', (await parent.get(PAGE)).text)
    assert match
    path = match[1]
    other, _ = await town.parent()
    assert (await other.get(path)).status_code == 404
    await other.get(PAGE)
    assert "Cette clé" not in words(await other.post(path, {"current_password": PASSWORD}))
    assert "Ancien téléphone" in words(await parent.get(path))
    refused = await parent.submit(path, {"current_password": ""})
    assert is_refused(refused)
    page = await parent.submit(path, {"current_password": PASSWORD})
    assert "La clé d’accès est retirée" in words(page)
    assert "Ancien téléphone" not in words(page)
    browser, led_to = await signing_in(town, authenticator)
    assert is_refused(await browser.landing(led_to))


async def test_an_agent_with_an_application_adds_one_with_a_code_and_needs_none_after(town: Town) -> None:
    agent = await town.agent(Role.FRONT_DESK)
    phone, _ = await set_up(agent)
    page = await agent.get(PAGE)
    assert 'name="code"' in page.text
    refused = await agent.submit(PAGE, {"current_password": PASSWORD})
    assert is_refused(refused)
    authenticator = await added(agent, code=phone.code(1))
    browser, led_to = await signing_in(town, authenticator, "/agents/familles")
    assert led_to.headers["location"] == "/agents/familles"
    assert (await browser.get("/agents/familles")).status_code == 200


async def test_who_is_signed_in_already_changes_accounts_with_a_passkey(town: Town) -> None:
    """A shared tablet: the session of before ends."""
    first, _ = await town.parent()
    second, _ = await town.parent()
    authenticator = await added(second)
    former = first.session_token
    answer = await first.http.post(
        f"{SIGN_IN}/question", data={"csrf_token": first.form_token}, headers={"Origin": ORIGIN}
    )
    await first.done(SIGN_IN, {"answer": authenticator.get(answer.text)})
    assert first.session_token != former
    identity = town.services["identity"].client
    assert (await identity.get("/sessions/current", headers={"X-Session": former})).status_code == 401


@pytest.fixture(scope="module")
async def strict(
    postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    """A town that asks a proof for what towns do."""
    file = town_file(tmp_path_factory.mktemp("strict-passkeys"))
    async with running_town(postgres, secrets_dir, town_file=file) as running:
        yield running


def led_on(page: httpx2.Response) -> dict[str, str]:
    return {name: hidden(page, name) for name in ("retour", "pour")}


async def test_whoever_has_a_passkey_proves_it_with_it(strict: Town) -> None:
    parent, _ = await strict.parent()
    authenticator = await added(parent)
    await strict.services["identity"].db.execute("update passkeys set counts_from = added_at")
    parent_page = await parent.get("/confirmer?retour=/mes-coordonnees&pour=address")
    assert "Utiliser ma clé d’accès" in words(parent_page)
    assert "Recevoir un code par e-mail" in words(parent_page), "the mail stays"
    assert "application d’authentification" not in words(parent_page)
    forged = authenticator.get(await question(parent, parent_page), Manner(origin=ORIGIN, is_verified=False))
    refused = await parent.submit(PROOF, {**led_on(parent_page), "answer": forged})
    assert is_refused(refused)
    assert (refused.url.path, hidden(refused, "retour")) == ("/confirmer", "/mes-coordonnees")
    answered = authenticator.get(await question(parent, refused))
    led_to = await parent.done(PROOF, {**led_on(refused), "answer": answered})
    assert led_to.headers["location"] == "/mes-coordonnees"
    page = await parent.get("/confirmer?retour=/mes-coordonnees&pour=address")
    assert "Il n’y a rien à confirmer" in words(page)
    again = await parent.done(PROOF, {"retour": "/mes-coordonnees", "answer": answered})
    assert again.headers["location"] == "/mes-coordonnees", "a second tab finds it done"


async def test_whoever_has_neither_is_offered_the_mail_alone(strict: Town) -> None:
    parent, _ = await strict.parent()
    page = await parent.get("/confirmer?retour=/mes-coordonnees&pour=address")
    assert not FORM.search(page.text)
    assert "passkeys.js" not in page.text
    assert "application_code" not in page.text
    answer = await parent.http.post(
        f"{PROOF}/question", data={"csrf_token": parent.form_token}, headers={"Origin": ORIGIN}
    )
    assert answer.status_code == 404
    assert answer.json()["refusal"]


async def test_an_agent_proves_it_with_the_code_of_the_application(strict: Town) -> None:
    agent = await strict.agent(Role.DIRECTOR)
    phone, _ = await set_up(agent)
    # The second step of a sign-in is a proof, too, for some minutes.
    await _forget_proofs(strict)
    page = await agent.get("/confirmer?retour=/agents/comptes&pour=agents")
    assert 'name="application_code"' in page.text
    refused = await agent.submit("/confirmer/application", {**led_on(page), "application_code": phone.wrong()})
    assert is_refused(refused)
    assert "Ce code n’est pas le bon" in words(refused)
    page = await agent.submit("/confirmer/application", {**led_on(refused), "application_code": "12"})
    assert "composé de six chiffres" in words(page)
    code = phone.code(1)
    led_to = await agent.done("/confirmer/application", {**led_on(page), "application_code": f"{code[:3]} {code[3:]}"})
    assert led_to.headers["location"] == "/agents/comptes"
    assert "Il n’y a rien à confirmer" in words(await agent.get("/confirmer"))


async def _forget_proofs(town: Town) -> None:
    """As if applications had been set up long ago, and proofs given."""
    identity = town.services["identity"].db
    await identity.execute("update second_factors set counts_from = enrolled_at")
    await identity.execute("update session_proofs set proved_at = proved_at - interval '1 hour'")
