"""S: the pages of what a town asks a proof for. A code is mailed at the press of a button, the same page comes back with what was typed,
and nothing of it needs a script."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx2
import pytest

from contracts.types import StepUp
from services.identity.settings import DEFAULT_STEP_UP
from tests.component.gateway.api import parent_application
from tests.component.gateway.browser import ORIGIN, Browser, hidden, is_refused, words
from tests.component.gateway.months import Month
from tests.component.gateway.test_contact_pages import NEW, fields_of
from tests.component.gateway.test_invoicing import invoiced
from tests.component.gateway.town import PASSWORD, Town, paying_since, running_town
from tests.component.identity.walk import town_file
from tests.support.databases import Postgres
from tests.support.roles import Role

pytestmark = pytest.mark.anyio

PAGE: Final = "/mes-coordonnees"
STRICT: Final = sorted({*DEFAULT_STEP_UP, StepUp.INVOICES, StepUp.PAYMENTS})
ASKED: Final = "demande de confirmer que c’est bien vous"
NOT_YET: Final = "rien n’a encore été enregistré"


@pytest.fixture(scope="module")
async def town(postgres: Postgres, secrets_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A strict town: what is asked for unless a town says else, and for invoices and payments too."""
    file = town_file(tmp_path_factory.mktemp("strict"), step_up={"asks": STRICT})
    async with running_town(postgres, secrets_dir, town_file=file) as running:
        yield running


def coming_from(path: str) -> dict[str, str]:
    """What a browser says of where a form or a link stands."""
    return {"Origin": ORIGIN, "Referer": f"{ORIGIN}{path}"}


def wrong(code: str) -> str:
    """Another code than this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"


def led_on(page: httpx2.Response) -> dict[str, str]:
    """What the forms of the page that asks for a proof send besides: where it leads back to, and for what it asks."""
    return {name: hidden(page, name) for name in ("retour", "pour")}


async def code_for(town: Town, browser: Browser, page: httpx2.Response) -> str:
    """Press "Recevoir un code par e-mail" on the page that asks for a proof; the code that is mailed."""
    assert ASKED in words(page)
    assert "one-time-code" not in page.text
    shown = await browser.submit("/confirmer/code", led_on(page))
    assert 'autocomplete="one-time-code"' in shown.text
    return (await town.step_up_codes())[-1]


async def proved(town: Town, browser: Browser, page: httpx2.Response) -> httpx2.Response:
    """Prove who one is on the page that asks for it: where it leads to."""
    code = await code_for(town, browser, page)
    return await browser.post("/confirmer", {**led_on(page), "code": code})


async def corrected(parent: Browser, phone: str = NEW) -> httpx2.Response:
    """Send the form of one's details with another telephone number: where that leads to."""
    page = await parent.get(PAGE)
    return await parent.post(PAGE, fields_of(page, phone=phone), coming_from(PAGE))


async def test_details_are_corrected_after_a_proof_with_what_was_typed(town: Town) -> None:
    """The whole walk: why, a code by a press and not by opening, a wrong one, the right one with a space, the same page, saved."""
    parent, _ = await town.parent()
    led_to = await corrected(parent)
    assert led_to.headers["location"].startswith("/confirmer?")
    page = await parent.landing(led_to)
    assert "Avant de changer vos coordonnées, la mairie demande" in words(page)
    assert "Rien n’a encore été enregistré" in words(page)
    assert await parent_codes(town, parent) == 0
    fields = led_on(page)
    code = await code_for(town, parent, page)

    refused = await parent.submit("/confirmer", {**fields, "code": wrong(code)})
    assert is_refused(refused)
    assert "il reste 4 essais" in words(refused)
    assert wrong(code) not in refused.text
    malformed = await parent.submit("/confirmer", {**led_on(refused), "code": "12"})
    assert "composé de six chiffres" in words(malformed)

    done = await parent.post("/confirmer", {**led_on(malformed), "code": f" {code[:3]} {code[3:]} "})
    back = await parent.landing(done)
    assert str(back.url.path) == PAGE
    assert NOT_YET in words(back)
    assert not is_refused(back)
    assert f'value="{NEW}"' in back.text
    assert fields_of(await parent.get(PAGE))["phone"] == ""
    saved = await parent.submit(PAGE, fields_of(back))
    assert "Les coordonnées sont enregistrées" in words(saved)
    assert fields_of(saved)["phone"] == NEW
    # For some minutes nothing more is asked for.
    assert (await corrected(parent, "06 11 22 33 44")).headers["location"] == PAGE


async def parent_codes(town: Town, browser: Browser) -> int:
    """How many codes are alive for a browser's session."""
    identity = town.services["identity"].client
    state = (await identity.get("/me/step-up", headers={"X-Session": browser.session_token})).json()
    return int(state["code"] is not None)


async def test_opening_reloading_and_back_send_and_change_nothing(town: Town) -> None:
    """GET is safe; after the proof the page says that nothing is asked for any more, and a code sent twice from Back is no error."""
    parent, _ = await town.parent()
    page = await parent.landing(await corrected(parent))
    address = str(page.url.raw_path.decode())
    for _ in range(3):
        await parent.get(address)
    assert await parent_codes(town, parent) == 0
    fields, code = led_on(page), await code_for(town, parent, page)
    again = await parent.submit("/confirmer/code", fields)
    assert is_refused(again)
    assert "Un code est déjà parti il y a peu" in words(again)
    done = await parent.post("/confirmer", {**fields, "code": code})
    assert done.headers["location"] == fields["retour"]
    repeated = await parent.post("/confirmer", {**fields, "code": code})
    assert repeated.headers["location"] == fields["retour"]
    stale = await parent.get(address)
    assert "Il n’y a rien à confirmer" in words(stale)
    assert f'href="{fields["retour"]}"' in stale.text.replace("&amp;", "&")


async def test_two_tabs_each_get_their_own_form_back(town: Town) -> None:
    parent, _ = await town.parent()
    first = await parent.landing(await corrected(parent, "06 00 00 00 01"))
    second = await parent.landing(await corrected(parent, "06 00 00 00 02"))
    done = await parent.landing(await proved(town, parent, first))
    assert 'value="06 00 00 00 01"' in done.text
    other = await parent.landing(await parent.post("/confirmer", {**led_on(second), "code": "000000"}))
    assert 'value="06 00 00 00 02"' in other.text


async def test_a_foreign_or_expired_code_is_refused_in_words(town: Town) -> None:
    (parent, _), (other, _) = await town.parent(), await town.parent()
    page, others = [await one.landing(await corrected(one)) for one in (parent, other)]
    own, foreign = await code_for(town, parent, page), await code_for(town, other, others)
    if own != foreign:
        refused = await parent.submit("/confirmer", {**led_on(page), "code": foreign})
        assert "Ce code n’est pas le bon" in words(refused)
    identity = town.services["identity"]
    offset = identity.db.clock_offset
    identity.advance(minutes=11)
    late = await parent.submit("/confirmer", {**led_on(page), "code": own})
    identity.db.clock_offset = offset
    assert "ne vaut pas, ou plus, pour cette connexion" in words(late)


async def test_a_session_that_ended_meanwhile_loses_nothing_that_was_typed(town: Town) -> None:
    """The next sign-in leads to the page that asks, whose new code leads back to the form."""
    parent, _ = await town.parent()
    page = await parent.landing(await corrected(parent))
    fields, code = led_on(page), await code_for(town, parent, page)
    parent.http.cookies.delete("__Host-session")
    address = "/confirmer?" + str(page.url.query.decode())
    to_sign_in = await parent.post("/confirmer", {**fields, "code": code}, coming_from(address))
    sign_in = await parent.landing(to_sign_in)
    typed = {"login": parent.username, "password": PASSWORD, "next": hidden(sign_in, "next")}
    asked = await parent.landing(await parent.post("/connexion", typed))
    assert not is_refused(asked)
    back = await parent.landing(await proved(town, parent, asked))
    assert f'value="{NEW}"' in back.text


async def test_a_tab_of_before_a_new_password_takes_its_code_and_goes_on(town: Town) -> None:
    """The session was renewed in another tab: the forms of this one are its forms still, and so is the code that was mailed."""
    parent, _ = await town.parent()
    page = await parent.landing(await corrected(parent))
    fields, code = led_on(page), await code_for(town, parent, page)
    first_tab, before = parent.form_token, parent.session_token
    await parent.get("/mes-identifiants")
    change = {"username": parent.username, "current_password": PASSWORD, "password": "velo-vert-44"}
    await parent.done("/mes-identifiants", {**change, "password_confirmation": "velo-vert-44"})
    assert parent.session_token != before
    done = await parent.post("/confirmer", {**fields, "code": code, "csrf_token": first_tab})
    back = await parent.landing(done)
    assert f'value="{NEW}"' in back.text
    assert "Les coordonnées sont enregistrées" in words(await parent.submit(PAGE, fields_of(back)))


async def test_a_code_of_the_connection_before_is_said_to_be_that(town: Town) -> None:
    """Somebody signed in anew in another tab: nothing is done, the page comes back and says so, then why the code works no more."""
    parent, _ = await town.parent()
    page = await parent.landing(await corrected(parent))
    fields, code = led_on(page), await code_for(town, parent, page)
    first_tab = parent.form_token
    await parent.get("/connexion")
    await parent.done("/connexion", {"login": parent.username, "password": PASSWORD})
    typed, address = {**fields, "code": code}, "/confirmer?" + str(page.url.query.decode())
    shown = await parent.landing(
        await parent.post("/confirmer", {**typed, "csrf_token": first_tab}, coming_from(address))
    )
    assert shown.url.path == "/confirmer"
    assert "Vous vous étiez reconnecté entre-temps" in words(shown)
    assert "Recevoir un code par e-mail" in words(shown)
    late = await parent.submit("/confirmer", typed)
    assert "Si vous vous êtes reconnecté depuis, demandez-en un nouveau" in words(late)
    assert "Ce code n’est pas le bon" not in words(late)
    assert (await proved(town, parent, late)).headers["location"] == fields["retour"]


async def test_without_the_page_that_it_came_from_a_form_is_not_done_and_leads_home(town: Town) -> None:
    parent, _ = await town.parent()
    page = await parent.get(PAGE)
    asked = await parent.landing(await parent.post(PAGE, fields_of(page, phone=NEW)))
    done = await proved(town, parent, asked)
    assert done.headers["location"] == "/espace"
    assert fields_of(await parent.get(PAGE))["phone"] == ""


@pytest.mark.parametrize("back", ["https://ailleurs.example/", "//ailleurs.example", "/\\ailleurs.example"])
async def test_nobody_is_led_to_another_site(town: Town, back: str) -> None:
    parent, _ = await town.parent()
    page = await parent.get("/confirmer", params={"retour": back, "pour": "address"})
    assert "ailleurs.example" not in page.text
    await parent.post("/confirmer/code", {"retour": back, "pour": "address"})
    code = (await town.step_up_codes())[-1]
    done = await parent.post("/confirmer", {"retour": back, "pour": "address", "code": code})
    assert done.headers["location"] == "/espace"


async def test_an_export_is_given_after_a_proof_from_the_page_of_its_list(town: Town) -> None:
    """And who took which list away is noted, once it was given."""
    agent = await town.agent(Role.FRONT_DESK)
    page, path = "/agents/familles?recherche=martin", "/agents/familles/tableau?recherche=martin"
    led_to = await agent.get(path, headers={"Referer": f"{ORIGIN}{page}"})
    assert led_to.status_code == 303
    asked = await agent.landing(led_to)
    assert "de laisser emporter ces informations dans un fichier" in words(asked)
    assert hidden(asked, "retour") == page
    noted = "select count(*) from history where action = 'list_exported'"
    before = await town.services["identity"].db.fetchval(noted)
    back = await agent.landing(await proved(town, agent, asked))
    assert str(back.url.path) == "/agents/familles"
    assert "C’est confirmé" in words(back)
    assert (await agent.get(path)).headers["content-type"] == "text/csv; charset=utf-8"
    assert await town.services["identity"].db.fetchval(noted) == before + 1


async def test_a_strict_town_opens_invoices_after_a_proof_and_the_home_page_without(town: Town) -> None:
    parent, household = await town.parent()
    await paying_since(town, household, "2019-08-01")
    invoice_id = await invoiced(town, household, Month.PROVED)
    home = await parent.get("/mon-accueil")
    assert home.status_code == 200
    assert "À ouvrir après avoir confirmé" in words(home)
    for path in ("/factures", f"/factures/{invoice_id}", f"/factures/{invoice_id}/pdf"):
        led_to = await parent.get(path)
        assert led_to.headers["location"].startswith("/confirmer?"), path
    asked = await parent.landing(await parent.get(f"/factures/{invoice_id}"))
    assert "Avant d’ouvrir vos factures" in words(asked)
    back = await proved(town, parent, asked)
    assert back.headers["location"] == f"/factures/{invoice_id}"
    assert "9,20 €" in words(await parent.landing(back)).replace("\u00a0", " ")
    assert "facture" in words(await parent.get("/mon-accueil")).partition("Mes factures")[2]
    assert (await parent.get(f"/factures/{invoice_id}/pdf")).content.startswith(b"%PDF")


async def test_an_application_is_told_what_to_do_and_does_it(town: Town) -> None:
    """The public API: 403 with the class, a code by mail, a proof, and the same call again."""
    application, household = await parent_application(town)
    adult_id = household.adults[0].adult_id
    contact = await application.get(f"/adults/{adult_id}/contact")
    body = {"version": contact["version"], "phone": NEW}
    refused = await application.send("PUT", f"/adults/{adult_id}/contact", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_needed")
    assert refused.json()["params"] == {"step_up": "address"}
    assert (await application.post("/me/step-up/codes", {}))["code"] is not None
    code = (await town.step_up_codes())[-1]
    assert (await application.post("/me/step-up", {"code": code}, status=200))["proof_ends_at"] is not None
    done = await application.send("PUT", f"/adults/{adult_id}/contact", json=body)
    assert (done.status_code, done.json()["phone"]) == (200, "+33231445566")


async def test_guesses_at_once_from_the_page_are_counted(town: Town) -> None:
    parent, _ = await town.parent()
    page = await parent.landing(await corrected(parent))
    fields, code = led_on(page), await code_for(town, parent, page)
    await asyncio.gather(*(parent.post("/confirmer", {**fields, "code": wrong(code)}) for _ in range(6)))
    spent = await parent.submit("/confirmer", {**fields, "code": code})
    assert is_refused(spent)
    assert "Trop d’essais ont été faits avec ce code" in words(spent)
    assert "Recevoir un code par e-mail" in words(spent)
