"""The pages of access in every state that a visitor meets: empty, refused and done, at a phone's width and a desk's, for axe, with scripts and
without any."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.stack import Stack
from tests.e2e.browser import axe_violations, open_page, overflow, repeated_ids
from tests.e2e.topics import in_thread
from tests.e2e.towns.town import PASSWORD, GuideTown, family_form
from tests.e2e.walk import AGENT, press, unbroken
from tests.support.authenticator import Authenticator
from tests.support.roles import Role, agent_body
from tools.mailbox import code_of, credentials_of

PHONE, DESK = 360, 1280


@dataclass
class Screens:
    """The windows of one way of looking, each screen of which is looked at."""

    town: GuideTown
    browser: Browser
    is_scripted: bool
    windows: list[Page] = field(default_factory=list)

    def window(self) -> Page:
        """A window of somebody who was never here."""
        self.windows.append(open_page(self.browser, java_script_enabled=self.is_scripted))
        return self.windows[-1]

    def open(self, page: Page, path: str) -> None:
        page.goto(self.town.stack.portal_url + path)

    def shows(self, page: Page, title: str, *sentences: str) -> None:
        """The screen has this title and says this, fits both widths, and axe, itself a script, has nothing against it."""
        expect(page.locator("h1")).to_have_text(re.compile(unbroken(title)))
        for sentence in sentences:
            expect(page.locator("main")).to_contain_text(unbroken(sentence))
        for width in (DESK, PHONE):
            page.set_viewport_size({"width": width, "height": 800})
            assert overflow(page) == 0, f"{page.url} scrolls sideways at {width} px"
        assert repeated_ids(page) == [], page.url
        if self.is_scripted:
            assert axe_violations(page) == [], page.url

    def signed_in(self, login: str, password: str) -> Page:
        page = self.window()
        self.open(page, "/connexion")
        page.fill("[name=login]", login)
        page.fill("[name=password]", password)
        press(page, "Connexion")
        return page


@pytest.fixture(params=[True, False], ids=["scripts", "plain"])
def screens(request: pytest.FixtureRequest, stack: Stack, browser: Browser, town_now: datetime) -> Iterator[Screens]:
    screens = Screens(GuideTown("demo", stack, town_now.date()), browser, request.param)
    yield screens
    for page in screens.windows:
        page.context.close()


def test_whoever_has_no_space_yet_asks_for_one(screens: Screens) -> None:
    page = screens.window()
    screens.open(page, "/creer-mon-espace")
    screens.shows(page, "Créer mon espace")
    press(page, "Envoyer ma demande")
    screens.shows(page, "Créer mon espace")
    expect(page.locator(".alert.error")).to_be_visible()
    name = f"Nouvelle{screens.is_scripted}"
    page.select_option("[name='guardian.civility']", "madame")
    for field_name, value in family_form(name, screens.town.today).items():
        if page.locator(f"input[name='{field_name}']:not([type=hidden])").count():
            page.fill(f"[name='{field_name}']", value)
    page.fill("[name='guardian.email']", f"{name.lower()}@famille.example")
    press(page, "Envoyer ma demande")
    screens.shows(page, "Votre demande est partie")


def test_whoever_forgot_their_password_follows_the_link_of_a_mail(screens: Screens) -> None:
    newcomer = in_thread(screens.town.newcomer())
    page = screens.window()
    screens.open(page, "/connexion")
    screens.shows(page, "Se connecter")
    screens.open(page, "/mot-de-passe-oublie")
    press(page, "Recevoir un nouveau mot de passe")
    screens.shows(page, "Mot de passe oublié")
    page.fill("[name=email]", newcomer.email)
    press(page, "Recevoir un nouveau mot de passe")
    screens.shows(page, "Regardez votre boîte e-mail")
    mail = screens.town.mail(newcomer.email, "Votre espace personnel", newcomer.mail["text"])
    link = credentials_of(mail["text"]).link
    page.goto(link)
    screens.shows(page, "Activer votre espace personnel")
    press(page, "Activer mon espace")
    screens.shows(page, "Votre espace personnel est activé|Votre espace est activé")
    # The same link in another browser, and one that was replaced meanwhile.
    for dead in (link, newcomer.credentials.link):
        other = screens.window()
        other.goto(dead)
        screens.shows(other, "Activer votre espace personnel")
        expect(other.locator(".alert.error")).to_be_visible()


def test_franceconnect_is_explained_refused_and_linked(screens: Screens) -> None:
    page = screens.window()
    screens.open(page, "/franceconnect")
    screens.shows(page, "Qu’est-ce que FranceConnect")
    for button, title in (("Revenir sur", "FranceConnect n’a pas abouti"), ("Continuer vers", "Lier FranceConnect")):
        screens.open(page, "/connexion")
        press(page, "S’identifier avec")
        page.check("[name=person][value=samira]")
        press(page, button)
        screens.shows(page, title)
    press(page, "Me connecter et lier")
    screens.shows(page, "Lier FranceConnect à votre espace")
    expect(page.locator(".alert.error")).to_be_visible()
    newcomer, _ = in_thread(screens.town.at_home())
    own = screens.signed_in(newcomer.email, PASSWORD)
    screens.open(own, "/mes-identifiants/franceconnect")
    screens.shows(own, "FranceConnect")


def test_a_family_sees_its_sessions_and_changes_its_address(screens: Screens) -> None:
    newcomer, _ = in_thread(screens.town.at_home())
    page = screens.signed_in(newcomer.email, PASSWORD)
    screens.open(page, "/mes-connexions")
    screens.shows(page, "Mes connexions", "Fermer toutes les autres")
    screens.open(page, "/mes-identifiants")
    screens.shows(page, "Mes identifiants")
    screens.open(page, "/mes-conditions")
    screens.shows(page, "onditions")
    screens.open(page, "/mon-adresse-e-mail")
    screens.shows(page, "Mon adresse e-mail")
    new = f"neuve-{newcomer.email}"
    page.fill("[name=email]", new)
    press(page, "Recevoir le lien")
    confirm(screens, page, newcomer.email)
    screens.shows(page, "Mon adresse e-mail", "rien n’a encore été enregistré")
    press(page, "Recevoir le lien")
    screens.shows(page, "Mon adresse e-mail", "Adresse à confirmer")
    link = re.search(r"https?://\S+/adresse/\S+", str(screens.town.mail(new, "")["text"]))
    assert link
    visitor = screens.window()
    visitor.goto(link[0])
    screens.shows(visitor, "Confirmer votre adresse e-mail")
    press(visitor, "Confirmer cette adresse")
    screens.shows(visitor, "Votre adresse e-mail est changée")
    other = screens.window()
    other.goto(link[0])
    screens.shows(other, "Confirmer votre adresse e-mail")
    expect(other.locator(".alert.error")).to_be_visible()


def confirm(screens: Screens, page: Page, email: str) -> None:
    """The page that asks for a proof: before the code, with it, and after a wrong one."""
    title = "Confirmer que c’est bien vous"
    screens.shows(page, title)
    press(page, "Recevoir un code par e-mail")
    screens.shows(page, title)
    code = code_of(str(screens.town.mail(email, "Votre code de confirmation")["text"]))
    page.fill("[name=code]", f"{(int(code.replace(' ', '')) + 1) % 1_000_000:06}")
    press(page, "Confirmer")
    screens.shows(page, title, "Ce code n’est pas le bon")
    press(page, "Renvoyer un code")
    screens.shows(page, title, "Un code est déjà parti il y a peu")
    page.fill("[name=code]", code)
    press(page, "Confirmer")


def test_an_agent_sets_a_second_factor_up_and_signs_in_with_it(screens: Screens) -> None:
    username = f"agent-{'vif' if screens.is_scripted else 'sobre'}"
    body = agent_body(username, Role.FRONT_DESK, password=PASSWORD)
    in_thread(screens.town.call("identity", "POST", "/agents", body))
    page = screens.signed_in(username, PASSWORD)
    screens.open(page, "/mon-second-facteur")
    screens.shows(page, "Mon second facteur", "Aucun second facteur")
    page.get_by_role("link", name="Mettre en place").click()
    press(page, "Confirmer")
    screens.shows(page, "Installer l’application d’authentification")
    expect(page.locator(".alert.error")).to_be_visible()
    key = re.search(r"(?:[A-Z2-7]{4}\s){7}[A-Z2-7]{4}", page.locator("main").inner_text())
    assert key
    phone = Authenticator(re.sub(r"\s", "", key[0]))
    page.fill("[name=code]", phone.code())
    page.fill("[name=current_password]", PASSWORD)
    press(page, "Confirmer")
    screens.shows(page, "Vos codes de secours")
    screens.open(page, "/mon-second-facteur")
    screens.shows(page, "Mon second facteur", "Application en place")
    screens.open(page, "/mon-second-facteur/application")
    screens.shows(page, "Installer l’application d’authentification")

    again = screens.signed_in(username, PASSWORD)
    screens.shows(again, "Code de vérification")
    for _ in range(5):
        again.fill("[name=code]", phone.wrong())
        press(again, "Connexion")
    screens.shows(again, "Code de vérification", "Ce code n’est pas le bon")
    again.fill("[name=code]", phone.code(1))
    press(again, "Connexion")
    screens.shows(again, "Code de vérification", "Trop de codes faux")


def test_an_agent_ends_the_sessions_of_a_family_that_lost_a_telephone(screens: Screens) -> None:
    newcomer, _ = in_thread(screens.town.at_home())
    page = screens.signed_in(*AGENT)
    screens.open(page, f"/agents/familles?recherche={newcomer.name}")
    page.locator("table a").first.click()
    screens.shows(page, "Famille")
    page.get_by_role("link", name="Personnes", exact=False).first.click()
    page.get_by_role("link", name="Téléphone perdu").click()
    screens.shows(page, "Fermer toutes les connexions")
    press(page, "Fermer toutes les connexions")
    screens.shows(page, "Fermer toutes les connexions", "Indiquez le motif")
    page.fill("[name=reason]", "Téléphone perdu, signalé au guichet.")
    press(page, "Fermer toutes les connexions")
    screens.shows(page, "Famille", "La personne est prévenue par e-mail")
