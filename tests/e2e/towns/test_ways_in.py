"""What one signs in with, and every way to a password: by mail, at the counter, and later, in the guide's own town."""

import re

import pytest

from tests.component.gateway.browser import is_refused, words
from tests.component.gateway.town import accept_terms
from tests.e2e.towns.town import CREDENTIALS, PASSWORD, GuideTown, press_link
from tests.support.towns import in_towns
from tools.mailbox import credentials_of

pytestmark = pytest.mark.anyio


@in_towns("structure", "tirelire")
async def test_families_sign_in_with_their_address(town: GuideTown) -> None:
    """S2-2, S4-1: with the address given to the manager and a password; no user name is asked for, shown or promised."""
    visitor = town.browser()
    page = await visitor.get("/connexion")
    assert "Adresse e-mail" in words(page)
    assert "Identifiant" not in words(page)
    newcomer, browser = await town.activated()
    assert newcomer.credentials.username == newcomer.email
    page = await browser.get(CREDENTIALS)
    assert 'name="username"' not in page.text
    answer = await browser.done(CREDENTIALS, town.own_credentials(newcomer))
    page = await browser.landing(answer)
    assert "Connectez-vous désormais avec votre adresse e-mail" in words(page)
    await accept_terms(browser)
    assert (await (await town.signed_in(newcomer.email, PASSWORD)).get("/mon-accueil")).status_code == 200


@in_towns("belfort", "premium", "structure", "velizy")
async def test_a_forgotten_password_is_made_anew_by_mail(town: GuideTown) -> None:
    """S1-11: the page says the same for an address that nobody has; the mail's link works once."""
    newcomer, _ = await town.at_home()
    answers = []
    for email in (newcomer.email, "personne@famille.example"):
        visitor = town.browser()
        page = await visitor.get("/connexion")
        assert "J’ai oublié mon mot de passe." in words(page)
        await visitor.get("/mot-de-passe-oublie")
        page = await visitor.landing(await visitor.done("/mot-de-passe-oublie", {"email": email}))
        assert email in words(page)
        answers.append(words(page).replace(email, ""))
    assert answers[0] == answers[1]
    mailed = credentials_of(town.mail(newcomer.email, "nouveaux identifiants")["text"])
    assert mailed.username == (newcomer.email if town.is_by_email else town.own_credentials(newcomer)["username"])
    await town.signed_in(mailed.username, PASSWORD)
    await press_link(town.browser(), mailed.link)
    browser = await town.signed_in(mailed.username, mailed.password)
    await browser.get(CREDENTIALS)
    another = {"password": f"{PASSWORD}-2", "password_confirmation": f"{PASSWORD}-2"}
    await browser.done(CREDENTIALS, town.own_credentials(newcomer, **another))
    assert (await browser.landing(await browser.get("/espace"))).url.path == "/mon-accueil"


@in_towns("tirelire")
async def test_the_first_access_begins_with_a_forgotten_password(town: GuideTown) -> None:
    """S4-2, S4-3, S4-4, S4-5: the address is typed where one signs in, then "Mot de passe oublié" is pressed; a new password comes by mail,
    and is replaced by one's own at the first sign-in."""
    newcomer = await town.newcomer()
    visitor = town.browser()
    await visitor.get("/connexion")
    page = await visitor.landing(await visitor.done("/mot-de-passe-oublie", {"login": newcomer.email, "password": ""}))
    assert "Les boîtes e-mail sont capricieuses" in words(page)
    mailed = credentials_of(town.mail(newcomer.email, "Votre espace personnel", newcomer.mail["text"])["text"])
    await press_link(town.browser(), mailed.link)
    browser = await town.signed_in(newcomer.email, f" {mailed.password}\u00a0\n")
    await browser.get(CREDENTIALS)
    temporary = dict.fromkeys(("password", "password_confirmation"), mailed.password)
    assert is_refused(await browser.submit(CREDENTIALS, temporary))
    await browser.done(CREDENTIALS, town.own_credentials(newcomer))
    await accept_terms(browser)
    assert (await browser.get("/mon-accueil")).status_code == 200


@in_towns("belfort", "velizy")
async def test_credentials_are_changed_later(town: GuideTown) -> None:
    """S0-30, S3-4: from the block "Mon espace" of the private home page."""
    newcomer, browser = await town.at_home()
    home = await browser.get("/mon-accueil")
    assert re.search(r'href="/mes-identifiants"><span>Identifiants<', home.text)
    await browser.get("/mes-identifiants")
    name = f"autre.{newcomer.name[:20]}"
    fields = {"current_password": PASSWORD, "username": name, "password": "", "password_confirmation": ""}
    await browser.done("/mes-identifiants", fields)
    assert (await (await town.signed_in(name, PASSWORD)).get("/mon-accueil")).status_code == 200


@in_towns("tirelire", "structure")
async def test_the_town_hall_gives_a_provisional_password(town: GuideTown) -> None:
    """S4-6, S2-3: nothing arrived by mail; the password is handed over on a sheet, and opens the space without a link."""
    newcomer = await town.newcomer()
    browser = await town.signed_in(newcomer.email, await town.password_at_the_counter(newcomer))
    await browser.get(CREDENTIALS)
    await browser.done(CREDENTIALS, town.own_credentials(newcomer))
    await accept_terms(browser)
    assert (await browser.get("/mon-accueil")).status_code == 200
