"""The rows of each guide from the welcome mail to the private home, walked in the guide's own town without scripts."""

import re
from urllib.parse import urlsplit

import pytest

from portal.family import FAMILY
from tests.component.gateway.browser import hidden, is_refused, words
from tests.component.gateway.test_first_steps import PRIVATE_PAGES
from tests.component.gateway.town import accept_terms
from tests.e2e.towns.town import CREDENTIALS, PASSWORD, TERMS, GuideTown, press_link
from tests.support.public_pages import PUBLIC_PAGES
from tests.support.towns import in_towns
from tools.mailbox import credentials_of

pytestmark = pytest.mark.anyio

POLICY = "au minimum 8 caractère(s) dont au moins : 1 minuscule(s), 1 chiffre(s)"


@in_towns("belfort", "premium", "velizy", "tirelire")
async def test_the_guide_is_open_to_everyone(town: GuideTown) -> None:
    """S0-1, S1-1, S3-1, S4-5, S4-55"""
    titles = {
        "belfort": "Guide d’utilisation : comment activer votre espace personnel ?",
        "premium": "comment activer votre espace personnel ?",
        "velizy": "Procédure de connexion à mon portail famille",
        "tirelire": "Fonctionnement du portail famille",
    }
    visitor = town.browser()
    assert 'href="/aide"' in (await visitor.get("/")).text
    page = words(await visitor.get("/aide"))
    assert titles[town.name] in page
    assert "Les boîtes e-mail sont capricieuses" in page


@in_towns("belfort", "tirelire")
async def test_activities_and_their_prices_are_open_to_everyone(town: GuideTown) -> None:
    """S0-60, S4-26: titles that unfold, without a session."""
    visitor = town.browser()
    page = await visitor.get("/activites")
    for tariff in town.plan.tariffs:
        assert tariff.label in words(page)
    assert page.text.count("<summary") >= len(town.plan.tariffs)
    assert (await visitor.get("/infos-pratiques")).status_code == 200


@in_towns("premium")
async def test_a_private_page_says_that_a_session_is_needed(town: GuideTown) -> None:
    """S1-9, S1-10, S1-12"""
    page = await town.browser().get("/factures")
    assert (page.status_code, "La connexion à votre espace personnel est nécessaire." in words(page)) == (401, True)
    assert 'name="login"' in page.text
    assert 'name="password"' in page.text
    assert "Connexion" in words(page)


@in_towns("structure")
async def test_the_screen_where_one_signs_in(town: GuideTown) -> None:
    """S2-1"""
    page = await town.browser().get("/connexion")
    assert "<h1>Votre connexion à votre Espace Personnel</h1>" in page.text


@in_towns("belfort", "premium", "velizy")
async def test_the_welcome_mail_says_how_to_sign_in(town: GuideTown) -> None:
    """S0-2, S1-2, S3-2, S3-3: sent on behalf of the town, by an agent who opened the file."""
    newcomer = await town.newcomer()
    sender = town.settings["notifications"]
    assert sender["sender_address"] in newcomer.mail["from"]
    assert sender["sender_name"] in newcomer.mail["from"]
    for word in (newcomer.credentials.username, newcomer.credentials.password, newcomer.credentials.link):
        assert word in newcomer.mail["text"]
        assert word in newcomer.mail["html"]


@in_towns("belfort", "premium", "velizy")
async def test_the_link_leads_to_the_portal_and_activates_once(town: GuideTown) -> None:
    """S0-4, S0-5, S0-7, S1-3, S1-4, S3-5"""
    newcomer = await town.newcomer()
    mailed = {"login": newcomer.credentials.username, "password": newcomer.credentials.password}
    early = town.browser()
    await early.get("/connexion")
    assert "activ" in words(await early.submit("/connexion", mailed))
    assert urlsplit(newcomer.credentials.link).netloc == urlsplit(town.stack.portal_url).netloc
    assert "Votre espace personnel est activé" in words(await press_link(town.browser(), newcomer.credentials.link))
    assert is_refused(await press_link(town.browser(), newcomer.credentials.link))
    await town.signed_in(**mailed)


@in_towns("belfort", "premium", "velizy")
async def test_the_first_sign_in_asks_for_credentials_of_ones_own(town: GuideTown) -> None:
    """S0-8, S0-9, S0-11, S0-12, S0-15, S0-17, S0-18, S1-5, S1-15, S1-16, S1-17, S1-18, S3-7, S3-8"""
    page = await town.browser().get("/connexion")
    assert re.search(r"<button[^>]*>(\s|<[^>]+>)*Connexion", page.text)
    newcomer, browser = await town.activated()
    for path in PRIVATE_PAGES:
        assert (await browser.get(path)).headers["location"] == CREDENTIALS
    page = await browser.get(CREDENTIALS)
    shown = words(page)
    assert "Modification de vos identifiants" in shown
    assert "Votre mot de passe ayant été généré automatiquement" in shown
    assert f"Attention, le mot de passe doit contenir {POLICY}." in shown
    for label in ("Nom d’utilisateur", "Mot de passe", "Confirmation du mot de passe", "Valider"):
        assert label in shown
    await browser.done(CREDENTIALS, town.own_credentials(newcomer))
    own = await town.signed_in(town.own_credentials(newcomer)["username"], PASSWORD)
    assert (await own.get("/mon-accueil")).headers["location"] == TERMS


@in_towns("belfort", "premium")
async def test_the_policy_holds_at_its_boundaries(town: GuideTown) -> None:
    """S0-10, S0-13, S0-14, S0-16, S1-18: seven characters, no lowercase, no digit, no equal confirmation, nothing at all, a name that is taken."""
    newcomer, browser = await town.activated()
    taken = town.family.login or ""
    await browser.get(CREDENTIALS)
    for fields, errors in (
        ({"password": "velo-42", "password_confirmation": "velo-42"}, {"password"}),
        ({"password": "VELOS-42", "password_confirmation": "VELOS-42"}, {"password"}),
        ({"password": "velos-xx", "password_confirmation": "velos-xx"}, {"password"}),
        ({"password_confirmation": f"{PASSWORD}8"}, {"password_confirmation"}),
        ({"username": taken}, {"username"}),
        (dict.fromkeys(("username", "password", "password_confirmation"), ""), None),
    ):
        page = await browser.submit(CREDENTIALS, town.own_credentials(newcomer, **fields))
        assert is_refused(page), fields
        for field in errors or {"username", "password", "password_confirmation"}:
            assert f'href="#champ-{field}"' in page.text, fields
    shortest = {"password": "velos-42", "password_confirmation": "velos-42"}
    await browser.done(CREDENTIALS, town.own_credentials(newcomer, **shortest))


@in_towns("belfort", "premium", "velizy")
async def test_the_terms_are_read_and_accepted(town: GuideTown) -> None:
    """S0-20, S0-21, S0-23, S0-26, S0-27, S1-22, S1-32, S3-22, S3-23, S3-32"""
    _, browser = await town.chosen()
    for path in PRIVATE_PAGES:
        assert (await browser.get(path)).headers["location"] == TERMS
    page = await browser.get(TERMS)
    shown = words(page)
    assert "Conditions générales d’utilisation" in shown
    assert "veuillez prendre connaissance des CGU ci-dessous et les accepter en fin de document" in shown
    assert f"{town.settings['town']['full_name']} – ci-après dénommée la Collectivité" in shown
    assert "Préambule" in shown
    assert "mission d’intérêt public" in shown
    assert "Votre consentement n’est donc pas requis" in shown
    unread = {"version": hidden(page, "version"), "end_token": "x", "is_accepted": "true"}
    assert is_refused(await browser.submit(TERMS, unread))
    assert (await browser.get("/mon-accueil")).headers["location"] == TERMS
    await accept_terms(browser)
    home = await browser.get("/mon-accueil")
    assert (home.status_code, "Mon accueil" in words(home)) == (200, True)
    if town.name == "velizy":
        assert "Bonne navigation" in words(home)
    assert (await browser.get("/inscriptions/nouvelle")).status_code == 200


@in_towns("belfort", "premium")
async def test_the_home_of_a_family(town: GuideTown) -> None:
    """S0-28, S0-33, S0-34, S0-36, S0-42, S0-57, S0-61, S0-62, S1-34, S1-35, S1-36, S1-45"""
    newcomer, browser = await town.at_home()
    home = words(await browser.get("/mon-accueil"))
    assert f"Bonjour Monsieur {newcomer.name.upper()}." in home
    people = ("4 rue des Lilas", "14000 Valmont-sur-Orne", "06 12 34 56 78", newcomer.email, "Zoé")
    for text in (*people, "Mon espace", "Mon tableau de bord", "Mes factures", "Ma famille"):
        assert text in home.replace("\u00a0", " "), text
    for link in town.settings["portal"].get("other_spaces", ()):
        assert link["label"] in home
    assert "Dernière connexion" not in home
    again = await town.signed_in(town.own_credentials(newcomer)["username"], PASSWORD)
    assert "Dernière connexion le" in words(await again.get("/mon-accueil"))


@in_towns("belfort")
async def test_home_is_one_press_away_on_every_page(town: GuideTown) -> None:
    """S0-6"""
    visitor, parent = town.browser(), await town.parent()
    pages = [(visitor, path) for path in PUBLIC_PAGES] + [(parent, page.path) for page in FAMILY.shown()]
    for browser, path in pages:
        assert '<a class="home"' in (await browser.landing(await browser.get(path))).text, path


@in_towns("structure", "tirelire")
async def test_families_sign_in_with_their_address(town: GuideTown) -> None:
    """S2-2, S4-1, U02: with the address given to the manager and a password; no user name is asked for, shown or promised."""
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
    """S1-11, U01, ID-5: the page says the same for an address that nobody has; the mail's link works once."""
    newcomer, _ = await town.at_home()
    answers = []
    for email in (newcomer.email, "personne@famille.example"):
        visitor = town.browser()
        page = await visitor.get("/connexion")
        assert "J’ai oublié mon mot de passe." in words(page)
        await visitor.get("/mot-de-passe-oublie")
        page = await visitor.landing(await visitor.done("/mot-de-passe-oublie", {"email": email}))
        answers.append(words(page))
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


@in_towns("belfort")
async def test_credentials_are_changed_later(town: GuideTown) -> None:
    """S0-30: from the block "Mon espace" of the private home page."""
    newcomer, browser = await town.at_home()
    home = await browser.get("/mon-accueil")
    assert re.search(r'href="/mes-identifiants">Identifiants</a>', home.text)
    await browser.get("/mes-identifiants")
    name = f"autre.{newcomer.name[:20]}"
    fields = {"current_password": PASSWORD, "username": name, "password": "", "password_confirmation": ""}
    await browser.done("/mes-identifiants", fields)
    assert (await (await town.signed_in(name, PASSWORD)).get("/mon-accueil")).status_code == 200


@in_towns("tirelire", "structure")
async def test_the_town_hall_gives_a_provisional_password(town: GuideTown) -> None:
    """S4-6, S2-3: nothing arrived by mail; the password is handed over on a sheet, and opens the space without a link."""
    newcomer, desk = await town.newcomer(), await town.agent("front_desk")
    page = await desk.get(f"/agents/familles?recherche={newcomer.name}")
    file = re.search(r"/agents/familles/[0-9a-f-]{36}", page.text)
    assert file, words(page)
    shown = await desk.get(file[0])
    button = re.search(rf"{file[0]}/mot-de-passe/[0-9a-f-]+", shown.text)
    assert button, words(shown)
    sheet = words(await desk.submit(button[0]))
    given = re.search(r"\b[a-z]{4}\d-[a-z]{4}\d-[a-z]{4}\d\b", sheet)
    assert given, sheet
    assert newcomer.email in sheet
    browser = await town.signed_in(newcomer.email, given[0])
    await browser.get(CREDENTIALS)
    await browser.done(CREDENTIALS, town.own_credentials(newcomer))
    await accept_terms(browser)
    assert (await browser.get("/mon-accueil")).status_code == 200
