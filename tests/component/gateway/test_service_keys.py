"""Service keys by the pages of a town that has them: the step of a newcomer, the page later, what is hidden without a key, the agents' sheet."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Final

import httpx2
import pytest

from contracts.family.models import Household
from tests.component.gateway.browser import Browser, is_refused, words
from tests.component.gateway.town import PASSWORD, Town, accept_terms, choose_credentials, enter_keys, running_town
from tests.support.databases import Postgres
from tests.support.roles import Role
from tests.support.services import DEMO_TOWN

pytestmark = pytest.mark.anyio

KEYS: Final = "/premiere-connexion/services"
TERMS: Final = "/premiere-connexion/conditions"
LATER: Final = "/mon-compte/services"
OWN: Final = "/mes-identifiants"
SOCIAL: Final = "/services/action_sociale"
KEY: Final = re.compile(r"[2-9]{5}-[A-HJKMNP-Z2-9]{6}")


@pytest.fixture(scope="module")
async def town(postgres: Postgres, secrets_dir: Path) -> AsyncIterator[Town]:
    """The town of the guide that has service keys."""
    async with running_town(postgres, secrets_dir, town_file=DEMO_TOWN.parents[1] / "velizy" / "town.toml") as running:
        yield running


async def test_the_step_stands_between_credentials_and_terms(town: Town) -> None:
    """S3-9, S3-12, S3-17, S3-20, S3-21"""
    browser, _ = await at_keys(town)
    for path in ("/mon-accueil", TERMS, "/premiere-connexion/identifiants", LATER):
        assert (await browser.get(path)).headers["location"] == KEYS
    page = await browser.get(KEYS)
    for text in ("Je valide mon authentification", "Services", "Service", "Clé", "Annuler", "Précédent", "Valider"):
        assert text in words(page)
    assert [label in words(page) for label in ("Identifiants", "Conditions d’utilisation")] == [True, True]
    answer = await browser.post(KEYS, {"step": "next", **rows(page)})
    assert answer.headers["location"] == TERMS
    assert (await browser.get(KEYS)).headers["location"] == TERMS


async def test_the_key_of_childhood_is_filled_in_and_the_other_is_empty(town: Town) -> None:
    """S3-10, S3-18, S3-19"""
    browser, _ = await at_keys(town)
    mailed = await town.credential()
    typed = rows(await browser.get(KEYS))
    assert typed["keys.0.key"] == mailed.service_keys[0].key
    assert KEY.fullmatch(typed["keys.0.key"])
    assert typed["keys.1.key"] == ""


async def test_previous_keeps_what_was_typed_and_says_what_was_chosen(town: Town) -> None:
    """S3-20: the credentials are chosen by then and are not chosen again."""
    browser, _ = await at_keys(town)
    typed = rows(await browser.get(KEYS)) | {"keys.0.key": "", "keys.1.key": "34567-abc"}
    before = await browser.landing(await browser.post(KEYS, {"step": "previous", **typed}))
    assert "vos identifiants sont enregistrés" in words(before)
    assert "parent-" in words(before)
    assert PASSWORD not in before.text
    (back,) = re.findall(rf'href="({KEYS}[^"]*)"', before.text)
    assert rows(await browser.get(unescape(back))) == typed


async def test_a_wrong_key_is_said_at_its_row_and_kept(town: Town) -> None:
    browser, _ = await at_keys(town)
    typed = rows(await browser.get(KEYS)) | {"keys.1.key": "bonjour"}
    page = await browser.submit(KEYS, {"step": "next", **typed})
    assert is_refused(page)
    assert 'href="#champ-keys-1-key"' in page.text
    assert "cinq chiffres, d’un tiret et de six lettres ou chiffres" in words(page)
    assert rows(page) == typed
    stranger, _ = await at_keys(town)
    other = (await town.credential()).service_keys[0].key
    page = await browser.submit(KEYS, {"step": "next", **typed, "keys.0.key": other, "keys.1.key": ""})
    assert "individuelle et personnelle" in words(page)
    assert (await stranger.post(KEYS, {"step": "next", **rows(await stranger.get(KEYS))})).status_code == 303


async def test_without_a_key_what_is_of_its_service_is_not_there(town: Town) -> None:
    """S3-15, S3-16: entries, tiles, the page and those below it; and everything is there once the key was entered."""
    browser, _ = await at_keys(town)
    mailed = (await town.credential()).service_keys[0].key
    await enter_keys(browser, enfance="")
    await accept_terms(browser)
    home = await browser.get("/mon-accueil")
    for url in ("/inscriptions", "/calendrier", SOCIAL):
        assert f'href="{url}"' not in home.text
        assert f'href="{url}"' not in (await browser.get("/menu")).text
        assert (await browser.get(url)).status_code == 404
    assert (await browser.get("/inscriptions/nouvelle")).status_code == 404
    assert (await browser.post("/inscriptions/nouvelle", {})).status_code == 404
    assert (await browser.get("/factures")).status_code == 200
    assert f'href="{LATER}"' in home.text
    page = await browser.get(LATER)
    await browser.done(LATER, rows(page) | {"keys.0.key": mailed.lower()})
    home = await browser.get("/mon-accueil")
    for url in ("/inscriptions", "/calendrier"):
        assert f'href="{url}"' in home.text
        assert (await browser.get(url)).status_code == 200
    assert (await browser.get(SOCIAL)).status_code == 404
    assert "Clé enregistrée" in words(await browser.get(LATER))


async def test_an_agent_gives_a_key_on_a_sheet_that_is_shown_once(town: Town) -> None:
    """S3-13, S3-14: handed out by the service, it opens what the service shows; another one ends it."""
    browser, household = await at_keys(town)
    await enter_keys(browser)
    await accept_terms(browser)
    desk = await town.agent(Role.FRONT_DESK)
    sheet = await give(desk, household)
    assert "Action sociale" in words(sheet)
    assert household.adults[0].last_name.upper() in words(sheet)
    key = the_key(sheet)
    keys_url = f"/agents/familles/{household.household_id}/cles"
    reloaded = await desk.landing(await desk.get(str(sheet.url.raw_path, "ascii")))
    assert reloaded.url.path == keys_url
    assert "Si elle est perdue, délivrez-en une nouvelle" in words(reloaded)
    assert key not in reloaded.text
    assert (await desk.get(f"{keys_url}/feuille")).headers["location"] == keys_url
    assert "Délivrée, pas encore saisie" in words(await desk.get(keys_url))
    assert key not in (await desk.get(keys_url)).text
    file = await desk.get(f"/agents/familles/{household.household_id}/personnes")
    assert f'href="{keys_url}"' in file.text
    assert key not in file.text
    history = await desk.get(f"/agents/familles/{household.household_id}/historique")
    assert "Clé d’un service délivrée" in words(history)
    assert key not in history.text

    await browser.get(LATER)
    await browser.done(LATER, typed_key(key))
    page = await browser.get(SOCIAL)
    assert (page.status_code, "Le centre communal d’action sociale" in words(page)) == (200, True)
    assert f'href="{SOCIAL}"' in (await browser.get("/mon-accueil")).text

    renewed = the_key(await give(desk, household))
    assert renewed != key
    town.gateway.state.sessions.forget(browser.session_token)
    assert (await browser.get(SOCIAL)).status_code == 404
    await browser.get(LATER)
    assert "remplacée" in words(await browser.submit(LATER, typed_key(key)))
    await browser.done(LATER, typed_key(renewed))
    assert (await browser.get(SOCIAL)).status_code == 200


async def test_a_family_is_found_by_a_key_that_stands_in_no_address(town: Town) -> None:
    """By one that still opens its service, by one that was replaced, and by none at all."""
    _, household = await at_keys(town)
    desk = await town.agent(Role.FRONT_DESK)
    file, search = f"/agents/familles/{household.household_id}", "/agents/familles/cle"
    assert f'href="{search}"' in (await desk.get("/agents/familles")).text
    former = the_key(await give(desk, household))
    await desk.get(search)
    answer = await desk.post(search, {"key": f" {former.lower().replace('-', ' ')}"})
    assert answer.headers["location"] == file
    assert "remise à une personne de ce dossier." in words(await desk.get(file))
    live = the_key(await give(desk, household))
    for key, text in ((former, "puis remplacée"), (live, "remise à une personne de ce dossier.")):
        await desk.get(search)
        assert (await desk.post(search, {"key": key})).headers["location"] == file
        assert text in words(await desk.get(file))
    for key, text in (("23456-B7J8K2", "remise à personne ici"), ("bonjour", "cinq chiffres"), ("", "Saisissez")):
        await desk.get(search)
        page = await desk.submit(search, {"key": key})
        assert is_refused(page)
        assert text in words(page)


async def test_a_key_of_somebody_who_left_every_file_is_said_to_be_one(town: Town) -> None:
    _, household = await at_keys(town)
    desk = await town.agent(Role.FRONT_DESK)
    key = the_key(await give(desk, household))
    identity = town.services["identity"]
    await identity.db.execute("delete from invited_guardians where household_id = $1", household.household_id)
    await desk.get("/agents/familles/cle")
    page = await desk.submit("/agents/familles/cle", {"key": key})
    assert "n’est plus dans aucun dossier" in words(page)


async def test_who_may_not_give_keys_is_offered_none(town: Town) -> None:
    _, household = await at_keys(town)
    finance = await town.agent(Role.FINANCE)
    file = await finance.get(f"/agents/familles/{household.household_id}/personnes")
    assert "/cles" not in file.text
    assert (await finance.get(f"/agents/familles/{household.household_id}/cles")).status_code == 403
    assert "/agents/familles/cle" not in (await finance.get("/agents/familles")).text


async def test_credentials_are_changed_later(town: Town) -> None:
    """S3-4: both of them, with the current password; the other sessions end."""
    browser, _ = await at_keys(town)
    await enter_keys(browser)
    await accept_terms(browser)
    name = re.findall(
        r'name="username"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="username"', (await browser.get(OWN)).text
    )
    username = next(part for part in name[0] if part)
    other = await town.signed_in(username, PASSWORD)
    await browser.get(OWN)
    fields = {"username": f"{username}-2", "password": "velo-vert-43", "password_confirmation": "velo-vert-43"}
    refused = await browser.submit(OWN, {**fields, "current_password": "velo-noir-44"})
    assert 'href="#champ-current_password"' in refused.text
    await browser.done(OWN, {**fields, "current_password": PASSWORD})
    assert (await browser.get("/mon-accueil")).status_code == 200
    town.gateway.state.sessions.forget(other.session_token)
    assert (await other.get("/mon-accueil")).status_code == 401
    assert (await (await town.signed_in(f"{username}-2", "velo-vert-43")).get("/mon-accueil")).status_code == 200


async def at_keys(town: Town) -> tuple[Browser, Household]:
    """A newcomer with credentials of their own, in front of the keys."""
    browser, household = await town.newcomer()
    await choose_credentials(browser)
    await town.settle()
    return browser, household


async def give(desk: Browser, household: Household) -> httpx2.Response:
    """Have an agent give the parent a key of the second service; the sheet."""
    url = f"/agents/familles/{household.household_id}/cles"
    page = await desk.get(url)
    (account_id,) = set(re.findall(rf'action="{url}/([^"]+)"', page.text))
    return await desk.submit(
        f"{url}/{account_id}", {"service": "action_sociale", "adult_id": str(household.adults[0].adult_id)}
    )


def the_key(sheet: httpx2.Response) -> str:
    (key,) = KEY.findall(words(sheet))
    return str(key)


def typed_key(key: str) -> dict[str, str]:
    """What a browser sends of the page once the key of childhood was entered."""
    return {"keys.0.service": "enfance", "keys.1.service": "action_sociale", "keys.1.key": key}


def rows(page: httpx2.Response) -> dict[str, str]:
    """What a browser sends of the rows of a page."""
    codes = re.findall(r'name="(keys\.\d+\.service)" value="([^"]*)"', page.text)
    typed = [
        (name, unescape(value)) for value, name in re.findall(r'value="([^"]*)" name="(keys\.\d+\.key)"', page.text)
    ]
    return dict([*codes, *typed])
