"""The rows of each guide from the welcome mail to the private home, walked in the guide's own town without scripts."""

import re
from urllib.parse import urlsplit

import pytest

from portal.family import FAMILY
from tests.component.gateway.browser import hidden, is_refused, words
from tests.component.gateway.test_first_steps import PRIVATE_PAGES
from tests.component.gateway.town import accept_terms, enter_keys
from tests.e2e.towns.town import CREDENTIALS, KEYS, PASSWORD, TERMS, GuideTown, own_credentials, press_link
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
    await browser.done(CREDENTIALS, own_credentials(newcomer))
    own = await town.signed_in(own_credentials(newcomer)["username"], PASSWORD)
    assert (await own.get("/mon-accueil")).headers["location"] == (KEYS if town.name == "velizy" else TERMS)


@in_towns("belfort", "premium")
async def test_the_policy_holds_at_its_boundaries(town: GuideTown) -> None:
    """S0-10, S0-13, S0-14, S0-16, S1-18: seven characters, no lowercase, no digit, no equal confirmation, nothing at all, a name that is taken."""
    newcomer, browser = await town.activated()
    taken = town.family.username or town.family.login or ""
    await browser.get(CREDENTIALS)
    for fields, errors in (
        ({"password": "velo-42", "password_confirmation": "velo-42"}, {"password"}),
        ({"password": "VELOS-42", "password_confirmation": "VELOS-42"}, {"password"}),
        ({"password": "velos-xx", "password_confirmation": "velos-xx"}, {"password"}),
        ({"password_confirmation": f"{PASSWORD}8"}, {"password_confirmation"}),
        ({"username": taken}, {"username"}),
        (dict.fromkeys(("username", "password", "password_confirmation"), ""), None),
    ):
        page = await browser.submit(CREDENTIALS, own_credentials(newcomer, **fields))
        assert is_refused(page), fields
        for field in errors or {"username", "password", "password_confirmation"}:
            assert f'href="#champ-{field}"' in page.text, fields
    shortest = {"password": "velos-42", "password_confirmation": "velos-42"}
    await browser.done(CREDENTIALS, own_credentials(newcomer, **shortest))


@in_towns("velizy")
async def test_the_mail_and_the_guide_ask_to_note_the_credentials_before_the_link(town: GuideTown) -> None:
    """S3-33"""
    sentence = "Avant de cliquer sur le lien, pensez à noter vos nom d’utilisateur et le mot de passe."
    newcomer = await town.newcomer()
    text = newcomer.mail["text"]
    assert text.index(sentence) < text.index(newcomer.credentials.link)
    assert sentence in newcomer.mail["html"]
    assert sentence in words(await town.browser().get("/aide"))


@in_towns("velizy")
async def test_the_page_after_activation_invites_to_personalise_the_space(town: GuideTown) -> None:
    """S3-6"""
    newcomer, visitor = await town.newcomer(), town.browser()
    page = await press_link(visitor, newcomer.credentials.link)
    assert "nous vous invitons à personnaliser votre espace" in words(page)
    assert re.search(
        r'<a class="button primary" href="/connexion">(\s|<[^>]+>)*Personnaliser votre espace en cliquant ici',
        page.text,
    )


@in_towns("velizy")
async def test_the_keys_of_services_are_entered_between_credentials_and_terms(town: GuideTown) -> None:
    """S3-9, S3-10, S3-12, S3-17, S3-18, S3-19, S3-20, S3-21: as the guide shows the screen."""
    newcomer, browser = await town.with_credentials()
    for path in PRIVATE_PAGES:
        assert (await browser.get(path)).headers["location"] == KEYS
    page = await browser.get(KEYS)
    assert "<h1>Je valide mon authentification</h1>" in page.text
    assert re.search(r"<caption[^>]*>Services</caption>", page.text)
    assert re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', page.text) == ["Service", "Clé"]
    labels = re.findall(r'<th scope="row".*?<span>\s*([^<]+?)\s*</span></th>', page.text, re.DOTALL)
    assert labels == ["Clé Espace Citoyens Enfance", "Action sociale"]
    childhood, social = re.findall(r'value="([^"]*)" name="keys\.\d\.key"', page.text)
    assert re.fullmatch(r"[0-9]{5}-[A-Z0-9]{6}", childhood)
    assert social == ""
    assert f"Clé Espace Citoyens Enfance : {childhood}" in newcomer.mail["text"].replace("\u00a0", " ")
    buttons = words(page)
    assert buttons.index("Annuler") < buttons.index("Précédent") < buttons.index("Valider", buttons.index("Précédent"))
    assert "individuelle et personnelle" in buttons
    before = await browser.submit(KEYS, {"step": "previous", "keys.0.service": "enfance", "keys.0.key": childhood})
    assert own_credentials(newcomer)["username"] in words(before)
    await enter_keys(browser)
    assert (await browser.get("/mon-accueil")).headers["location"] == TERMS


@in_towns("velizy")
async def test_a_key_is_of_one_person(town: GuideTown) -> None:
    """S3-11: two families have each their own, and neither enters the other's."""
    first, _ = await town.with_credentials()
    _, browser = await town.with_credentials()
    await browser.get(KEYS)
    mailed = re.search(r"[2-9]{5}-[A-Z2-9]{6}", first.mail["text"])
    assert mailed
    page = await browser.submit(KEYS, {"keys.0.service": "enfance", "keys.0.key": mailed[0], "step": "next"})
    assert is_refused(page)
    assert "Une clé est individuelle et personnelle" in words(page)


@in_towns("velizy")
async def test_a_service_gives_its_key_which_is_entered_later_and_opens_what_is_its_own(town: GuideTown) -> None:
    """S3-13, S3-14, S3-15, S3-16: without it, nothing of the service is there."""
    newcomer, browser = await town.at_home()
    home = await browser.get("/mon-accueil")
    assert "Modification de votre espace" in words(home)
    assert "/services/action_sociale" not in home.text
    assert (await browser.get("/services/action_sociale")).status_code == 404
    worker = await town.agent("social")
    families = await worker.get("/agents/familles", params={"recherche": newcomer.name})
    (file,) = set(re.findall(r'href="(/agents/familles/[0-9a-f-]{36})"', families.text))
    page = await worker.get(f"{file}/cles")
    (give,) = set(re.findall(rf'action="({file}/cles/[^"]+)"', page.text))
    sheet = await worker.submit(give, {"service": "action_sociale", "adult_id": hidden(page, "adult_id")})
    (key,) = set(re.findall(r"[2-9]{5}-[A-Z2-9]{6}", words(sheet)))
    await browser.get("/mon-compte/services")
    fields = {"keys.0.service": "enfance", "keys.1.service": "action_sociale", "keys.1.key": key}
    assert "Vos clés sont enregistrées" in words(await browser.submit("/mon-compte/services", fields))
    assert "Démarches et publications" in words(await browser.get("/services/action_sociale"))
    assert 'href="/services/action_sociale"' in (await browser.get("/mon-accueil")).text


@in_towns("velizy")
async def test_credentials_can_be_personalised_later(town: GuideTown) -> None:
    """S3-4"""
    newcomer, browser = await town.at_home()
    path, name, password = "/mon-compte/identifiants", f"autre.{newcomer.name[:20]}", "jonquille-verte-8"
    assert f'href="{path}"' in (await browser.get("/mon-accueil")).text
    await browser.get(path)
    fields = {"username": name, "password": password, "password_confirmation": password, "current_password": PASSWORD}
    await browser.done(path, fields)
    assert (await (await town.signed_in(name, password)).get("/mon-accueil")).status_code == 200


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
    again = await town.signed_in(own_credentials(newcomer)["username"], PASSWORD)
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
    """S2-2, S4-1: with the address given to the manager and a password; a user name is nobody's."""
    newcomer, _ = await town.at_home()
    assert (await (await town.signed_in(newcomer.email, PASSWORD)).get("/mon-accueil")).status_code == 200
    other = town.browser()
    await other.get("/connexion")
    refused = await other.submit("/connexion", {"login": own_credentials(newcomer)["username"], "password": PASSWORD})
    assert is_refused(refused)
