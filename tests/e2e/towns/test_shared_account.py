"""Two parents give one address, where one signs in with it and where with a user name: one mail, one account, and who acts is asked."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.component.gateway.browser import Browser, words
from tests.component.gateway.town import accept_terms
from tests.e2e.towns.town import CREDENTIALS, NEW_FAMILY, PASSWORD, GuideTown, Newcomer, family_form, press_link
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio

CHOICE = "/qui-agit"


async def couple(town: GuideTown) -> tuple[Newcomer, httpx2.Response]:
    """Two parents whose file an agent opens by the page, both with one address; and the people of their file."""
    desk, name = await town.agent("front_desk"), uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
    email = f"{name}@famille.example"
    other = {"civility": "madame", "first_name": "Claude", "last_name": "Autre", "email": email.upper()}
    await desk.get(NEW_FAMILY)
    fields = family_form(name, town.today) | {"guardian.email": email}
    fields |= {f"co_guardian.{field}": value for field, value in other.items()}
    opened = await desk.done(NEW_FAMILY, fields)
    newcomer = Newcomer(name, email, town.mail(email, "Votre espace personnel"))
    return newcomer, await desk.get(f"{opened.headers['location']}/personnes")


async def act_as(browser: Browser, first_name: str) -> httpx2.Response:
    """Press the button of one of them; the page that it leads to."""
    page = await browser.get(CHOICE)
    cards = page.text.split('name="guardian_id" value="')[1:]
    (guardian_id,) = {card.split('"')[0] for card in cards if f"Continuer en tant que {first_name}" in card}
    return await browser.landing(await browser.done(CHOICE, {"guardian_id": guardian_id}))


@in_towns("belfort", "structure")
async def test_two_parents_of_one_address_share_an_account(town: GuideTown) -> None:
    newcomer, file = await couple(town)
    assert "Cette adresse est celle de plusieurs personnes" in words(file)
    assert f"Monsieur {newcomer.name} et Madame Autre," in newcomer.mail["text"]
    mails: list[Any] = httpx2.get(f"{town.stack.url('mail')}/api/messages", params={"to": newcomer.email}).json()
    assert len(mails) == 1

    browser = town.browser()
    await press_link(browser, newcomer.credentials.link)
    browser = await town.signed_in(newcomer.credentials.username, newcomer.credentials.password)
    await browser.get(CREDENTIALS)
    await browser.done(CREDENTIALS, town.own_credentials(newcomer))
    assert (await browser.get("/mon-accueil")).headers["location"] == CHOICE
    assert "Conditions générales" in words(await act_as(browser, "Claude"))
    await accept_terms(browser)
    home = words(await browser.landing(await browser.get("/espace")))
    assert "Vous agissez en tant que Madame Claude Autre." in home
    assert "Zoé" in home

    login = newcomer.email if town.is_by_email else town.own_credentials(newcomer)["username"]
    again = await town.signed_in(login, PASSWORD)
    assert "Conditions générales" in words(await act_as(again, "Paul")), "each accepts them for themself"
    await accept_terms(again)
    assert f"Monsieur Paul {newcomer.name}" in words(await again.landing(await again.get("/espace")))
    history = words(await again.get("/historique"))
    assert "Choix de la personne qui agit" in history
    assert "Vous agissez en tant que Madame Claude Autre." in words(await act_as(again, "Claude"))
