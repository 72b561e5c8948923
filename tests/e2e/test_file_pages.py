"""What agents do with whole files, in a browser: two are merged and separated again, one is split, and two agents open one form; each screen at a
phone's width and a desk's, for axe, with scripts and without any."""

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.e2e.test_access_pages import Screens, screens
from tests.e2e.topics import in_thread
from tests.e2e.towns.town import PASSWORD
from tests.e2e.walk import AGENT, FINANCE, press
from tests.support.roles import Role, agent_body

__all__ = ("screens",)

TYPED = "06 11 22 33 44"
RENEWED_AFTER = timedelta(minutes=3)


def open_file(screens: Screens, page: Page, name: str) -> None:
    """The file of a family of the demonstration, by a name that it alone has."""
    screens.open(page, f"/agents/familles?recherche={name}")
    page.locator("table.data a").first.click()
    screens.shows(page, "Famille")


def test_two_files_are_compared_merged_and_separated(screens: Screens) -> None:
    page = screens.signed_in(*FINANCE)
    screens.open(page, "/agents/dossiers-en-double")
    screens.shows(page, "Dossiers en double", "Même enfant : Zoé Delmas et Zoe Delmas")
    pair = page.locator("section.card", has_text="Zoe Delmas")
    pair.get_by_role("link", name=re.compile("Comparer")).click()
    screens.shows(page, "Réunir", "9 rue du 8-Mai")
    for choice in page.locator("select[name$=kept_person_id]").all():
        choice.select_option(index=1)
    press(page, "Réunir les dossiers")
    screens.shows(page, "Réunions du dossier", "a été réuni à")
    press(page, "Séparer les dossiers")
    screens.shows(page, "Réunions du dossier", "Séparés de nouveau")


def test_a_file_is_split_as_it_was_shown(screens: Screens) -> None:
    leaver, stays, child = ("Thomas", "Amel", "Malo") if screens.is_scripted else ("Julien", "Anne", "Lou")
    page = screens.signed_in(*FINANCE)
    open_file(screens, page, "Garnier" if screens.is_scripted else "Perrin")
    page.goto(f"{page.url.partition('?')[0]}/partage")
    screens.shows(page, "Partager le dossier")
    press(page, "Voir l’aperçu")
    screens.shows(page, "Partager le dossier")
    expect(page.locator(".alert.error")).to_be_visible()
    page.get_by_label(re.compile(leaver)).first.check()
    page.fill("[name=from_on]", screens.town.today.isoformat())
    page.get_by_label(re.compile(child)).select_option("new")
    for name, value in (("street", "8 quai des Forges"), ("postal_code", "14000"), ("city", "Valmont-sur-Orne")):
        page.fill(f"[name='address.{name}']", value)
    for name, adult in (("payer_adult_id", leaver), ("former_payer_id", stays)):
        field = page.locator(f"[name={name}]")
        field.select_option(field.locator("option", has_text=adult).get_attribute("value"))
    press(page, "Voir l’aperçu")
    screens.shows(page, "Aperçu du partage du dossier", "Rien n’est encore enregistré")
    press(page, "Partager le dossier")
    screens.shows(page, "Famille", "Le dossier est partagé")


def test_two_agents_open_one_form_and_nothing_typed_is_lost(screens: Screens) -> None:
    username = f"guichet-{'vif' if screens.is_scripted else 'sobre'}"
    body = agent_body(username, Role.FRONT_DESK, password=PASSWORD, first_name="Zoran", last_name="Second")
    in_thread(screens.town.call("identity", "POST", "/agents", body))
    first, second = screens.signed_in(*AGENT), screens.signed_in(username, PASSWORD)
    for page in (first, second):
        open_file(screens, page, "Okafor" if screens.is_scripted else "Vasseur")
        page.goto(f"{page.url}/personnes")
        if page is first and screens.is_scripted:
            page.clock.install()
        page.get_by_role("link", name="Corriger les coordonnées").first.click()
    screens.shows(first, "Coordonnées")
    screens.shows(second, "Coordonnées", "Camille Marchand a ce formulaire ouvert")
    if screens.is_scripted:
        first.clock.fast_forward(int(RENEWED_AFTER.total_seconds() * 1000))
        with first.expect_request(lambda request: "/agents/formulaires/contact/" in request.url) as renewed:
            first.locator("[name=phone]").press_sequentially("1")
        answer = renewed.value.response()
        assert answer is not None
        assert answer.status == 204
    second.fill("[name=phone]", TYPED)
    press(second, "Prendre la main")
    screens.shows(second, "Coordonnées", "Vous avez la main")
    expect(second.locator("[name=phone]")).to_have_value(TYPED)
    first.fill("[name=phone]", "06 55 66 77 88")
    press(first, "Enregistrer")
    screens.shows(first, "Coordonnées", "rien n’est enregistré")
    expect(first.locator("[name=phone]")).to_have_value("06 55 66 77 88")
    expect(first.locator("main")).to_contain_text("Zoran Second a ce formulaire ouvert")
