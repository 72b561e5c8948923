"""The rows of each guide from the welcome mail to the private home, walked in the guide's own town without scripts."""

import re
from urllib.parse import urlsplit

import pytest

from portal.family import FAMILY
from tests.component.gateway.browser import is_refused, words
from tests.component.gateway.test_first_steps import PRIVATE_PAGES
from tests.e2e.towns.town import CREDENTIALS, KEYS, PASSWORD, TERMS, GuideTown, press_link
from tests.support.public_pages import PUBLIC_PAGES
from tests.support.towns import in_towns

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
    assert (await own.get("/mon-accueil")).headers["location"] == (KEYS if town.has_keys else TERMS)


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


@in_towns("belfort", "premium")
async def test_the_home_of_a_family(town: GuideTown) -> None:
    """S0-34, S0-36, S0-42, S0-57, S0-61, S0-62, S0-64, S1-34, S1-35, S1-36, S1-45"""
    newcomer, browser = await town.at_home()
    home = words(await browser.get("/mon-accueil"))
    assert f"Bonjour Monsieur {newcomer.name.upper()}." in home
    email = f"{newcomer.email[0]}…@famille.example" if town.name == "premium" else newcomer.email
    assert (newcomer.email in home) == (town.name != "premium"), "masked but for its domain"
    people = ("4 rue des Lilas", "14000 Valmont-sur-Orne", "06 12 34 56 78", email, "Zoé")
    for text in (*people, "Mon espace", "Mon tableau de bord", "Mes factures", "Ma famille", "Membres du foyer"):
        assert text in home.replace("\u00a0", " "), text
    for link in town.settings["portal"].get("other_spaces", ()):
        assert link["label"] in home
    assert ("Autres démarches" in home) == (town.name == "belfort")
    assert "Dernière connexion" not in home
    again = await town.signed_in(town.own_credentials(newcomer)["username"], PASSWORD)
    assert "Dernière connexion le" in words(await again.get("/mon-accueil"))


@in_towns("belfort")
async def test_the_top_menu_is_the_one_of_the_guide(town: GuideTown) -> None:
    """S0-58: its five entries in their order, each of which opens."""
    visitor = town.browser()
    page = await visitor.get("/")
    menu = page.text.partition('<nav class="menu"')[2].partition("</nav>")[0]
    entries = re.findall(r'<li><a href="([^"]+)"[^>]*>([^<]+)</a>', menu)
    titles = ["Mon accueil", "Actualités", "Documents pour l’inscription", "Activités", "Infos pratiques"]
    assert [label for _, label in entries] == titles
    for url, _ in entries:
        assert (await visitor.get(url)).status_code in (200, 401), url


@in_towns("belfort")
async def test_home_is_one_press_away_on_every_page(town: GuideTown) -> None:
    """S0-6"""
    visitor, parent = town.browser(), await town.parent()
    pages = [(visitor, path) for path in PUBLIC_PAGES] + [(parent, page.path) for page in FAMILY.shown()]
    for browser, path in pages:
        assert '<a class="home"' in (await browser.landing(await browser.get(path))).text, path


@in_towns("velizy")
async def test_the_guide_and_the_mail_say_to_note_the_credentials(town: GuideTown) -> None:
    """S3-6, S3-33: before the link is clicked; the page after it invites to personalise the space."""
    advice = "pensez à noter vos nom d’utilisateur et le mot de passe"
    newcomer = await town.newcomer()
    for text in (newcomer.mail["text"], newcomer.mail["html"], words(await town.browser().get("/aide"))):
        assert advice in text
    activated = await press_link(town.browser(), newcomer.credentials.link)
    assert re.search(r'href="/connexion">(\s|<[^>]+>)*Personnalisez votre espace en cliquant ici', activated.text)
