"""The first access of each guide, screen by screen in a browser: its words in its order, at a phone's width and a desk's, for axe, with
scripts and without."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import axe_violations, open_page, overflow
from tests.e2e.topics import in_thread
from tests.e2e.towns.town import PASSWORD, GuideTown, Newcomer
from tests.e2e.walk import press
from tests.support.towns import in_towns
from tools.mailbox import Credentials, credentials_of

PHONE, DESK = 360, 1280
POLICY: Final = (
    "Attention, le mot de passe doit contenir au minimum 8 caractère(s) dont au moins : 1 minuscule(s), 1 chiffre(s)."
)
READ_THE_TERMS: Final = "Pour utiliser les services proposés, veuillez prendre connaissance des CGU ci-dessous et les accepter en fin de document."
AT_THE_END: Final = {
    "belfort": ("Données personnelles", "mission d’intérêt public", "mentions d’information"),
    "premium": ("Retour", "J’accepte les conditions générales d’utilisation"),
    "structure": (),
    "velizy": ("Retour", "J’accepte les conditions générales d’utilisation"),
    "tirelire": (),
}


@dataclass(frozen=True)
class FirstAccess:
    """A newcomer's window, in which every screen is looked at."""

    town: GuideTown
    page: Page
    is_scripted: bool

    def open(self, path: str) -> None:
        self.page.goto(self.town.stack.portal_url + path)

    def sees(self, *sentences: str) -> None:
        """The screen says all this in this order, whole at both widths; axe, itself a script, has nothing against it."""
        for width in (DESK, PHONE):
            self.page.set_viewport_size({"width": width, "height": 800})
            if width == DESK:  # a phone folds the heads of tables away
                assert_in_order(self.page.locator("main").inner_text(), sentences)
            if self.is_scripted:
                assert overflow(self.page) == 0, f"{self.page.url} scrolls sideways at {width} px"
                assert axe_violations(self.page) == [], self.page.url

    def signs_in(self, login: str, password: str) -> None:
        self.open("/connexion")
        self.sees("Adresse e-mail" if self.town.is_by_email else "Identifiant", "Mot de passe", "Connexion")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", password)
        press(self.page, "Connexion")

    def follows(self, credentials: Credentials) -> None:
        """The link of a mail, and what it leads to."""
        self.page.goto(credentials.link)
        self.sees("Activer votre espace personnel", "Activer mon espace")
        press(self.page, "Activer mon espace")
        go = "Personnalisez votre espace en cliquant ici" if self.town.name == "velizy" else "Connexion"
        self.sees("Votre espace personnel est activé", go)
        self.signs_in(credentials.username, credentials.password)


def assert_in_order(shown: str, sentences: Sequence[str]) -> None:
    """Each text stands after the one before; capitals are the style sheet's."""
    text, place = re.sub(r"\s+", " ", shown).replace("\u2011", "-").casefold(), 0
    for words in sentences:
        position = text.find(words.casefold(), place)
        assert position >= 0, f"« {words} » is not where it belongs in: {text}"
        place = position + len(words)


def first_access(access: FirstAccess, newcomer: Newcomer) -> None:
    """The way in of the town's guide, up to the choice of credentials."""
    town, page = access.town, access.page
    match town.name:
        case "structure":
            access.signs_in(newcomer.email, in_thread(town.password_at_the_counter(newcomer)))
        case "tirelire":
            access.open("/connexion")
            page.fill("[name=login]", newcomer.email)
            press(page, "J’ai oublié mon mot de passe")
            access.sees("Regardez votre boîte e-mail", "Les boîtes e-mail sont capricieuses", "mot de passe provisoire")
            mailed = town.mail(newcomer.email, "Votre espace personnel", newcomer.mail["text"])
            access.follows(credentials_of(mailed["text"]))
        case _:
            access.follows(newcomer.credentials)


@pytest.mark.parametrize("is_scripted", [True, False], ids=["scripts", "plain"])
@in_towns("belfort", "premium", "structure", "tirelire", "velizy")
def test_the_first_access_says_what_its_guide_says(town: GuideTown, browser: Browser, is_scripted: bool) -> None:
    """From the first mail, or the counter, to the private home; a choice that is refused keeps the screen whole."""
    newcomer = in_thread(town.newcomer())
    access = FirstAccess(town, open_page(browser, java_script_enabled=is_scripted), is_scripted)
    page = access.page
    first_access(access, newcomer)

    user_name = () if town.is_by_email else ("Nom d’utilisateur",)
    chosen = ("Modification de vos identifiants", "Votre mot de passe ayant été généré automatiquement", POLICY)
    labels = ("Mot de passe", "Confirmation du mot de passe", "Valider")
    access.sees(*chosen, *user_name, *labels)
    for name, value in town.own_credentials(newcomer, password_confirmation=f"{PASSWORD}8").items():
        page.fill(f"[name={name}]", value)
    press(page, "Valider")
    access.sees(*chosen, "Confirmation du mot de passe", *user_name, *labels)
    for name in ("password", "password_confirmation"):
        page.fill(f"[name={name}]", PASSWORD)
    press(page, "Valider")

    if town.has_keys:
        table = ("Services", "Service", "Clé", "Enfance", "Action sociale")
        access.sees("Je valide mon authentification", *table, "Annuler", "Précédent", "Valider")
        press(page, "Valider")

    access.sees("Conditions générales d’utilisation", READ_THE_TERMS, "Préambule", *AT_THE_END[town.name])
    if page.locator("input[name=is_accepted]").count():
        access.sees("accepter les conditions générales d’utilisation", "Annuler", "Précédent", "Suivant")
        if is_scripted:
            page.click("[data-to-end]")
        page.check("input[name=is_accepted]")
        press(page, "Suivant")
    else:
        if is_scripted:
            page.keyboard.press("End")
        page.click("button[name=is_accepted]")

    access.sees(f"Bonjour Monsieur {newcomer.name}.", "Mon espace")
    expect(page.locator("h1")).to_have_count(1)
    page.context.close()
