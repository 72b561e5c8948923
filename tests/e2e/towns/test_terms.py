"""The terms as each guide shows them: their text, their two controls, the ways out, and the proof."""

import re

import pytest

from tests.component.gateway.browser import hidden, is_refused, words
from tests.component.gateway.test_first_steps import PRIVATE_PAGES
from tests.component.gateway.town import accept_terms
from tests.e2e.towns.town import PASSWORD, TERMS, GuideTown
from tests.support.towns import in_towns

pytestmark = pytest.mark.anyio


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
    assert f'href="{town.settings["portal"].get("information_url", "/donnees-personnelles")}"' in page.text
    unread = {"version": hidden(page, "version"), "end_token": "x", "is_accepted": "true"}
    assert is_refused(await browser.submit(TERMS, unread))
    assert (await browser.get("/mon-accueil")).headers["location"] == TERMS
    await accept_terms(browser)
    home = await browser.get("/mon-accueil")
    assert (home.status_code, "Mon accueil" in words(home)) == (200, True)
    if town.name == "velizy":
        assert "Bonne navigation" in words(home)
    assert (await browser.get("/inscriptions/nouvelle")).status_code == 200


@in_towns("belfort")
async def test_the_terms_are_a_step_that_can_be_left_or_gone_back_from(town: GuideTown) -> None:
    """S0-24, S0-25: Annuler leaves without accepting, Précédent keeps what was chosen, Suivant goes on."""
    newcomer, browser = await town.chosen()
    page = await browser.get(TERMS)
    shown = words(page)
    for label in ("Annuler", "Précédent", "Suivant", "Accepter les conditions générales d’utilisation"):
        assert label in shown
    assert re.search(r'href="/donnees-personnelles">[^<]*mentions d’information', page.text)
    assert "Vos droits" in words(await browser.get("/donnees-personnelles"))
    before = await browser.submit(TERMS, {"step": "previous"})
    assert town.own_credentials(newcomer)["username"] in words(before)
    assert 'href="/premiere-connexion/conditions"' in before.text
    assert 'formaction="/premiere-connexion/annuler" formnovalidate><span>Annuler</span>' in page.text
    again = await town.signed_in(town.own_credentials(newcomer)["username"], PASSWORD)
    assert (await again.landing(await again.get("/espace"))).url.path == TERMS


@in_towns("premium", "velizy")
async def test_the_terms_say_what_the_guide_says(town: GuideTown) -> None:
    """S1-19, S1-21, S1-23, S1-28, S1-30, S3-24, S3-27, S3-28"""
    newcomer, browser = await town.chosen()
    page = await browser.get(TERMS)
    shown = words(page)
    for text in (
        "facultatif et gratuit",
        "contribue à simplifier les démarches administratives des usagers",
        "guichet en ligne",
        "suppose la lecture préalable et l’acceptation",
        "Définitions",
        "Collectivité :",
        "Service :",
        "CGU :",
        "Usager : toute personne, particulier, professionnel ou association",
        "Objet",
    ):
        assert text in shown.replace("\u00a0", " "), text
    assert re.search(r"<button[^>]*>(\s|<[^>]+>)*J’accepte les conditions générales d’utilisation", page.text)
    assert re.search(r'formaction="/premiere-connexion/annuler">(\s|<[^>]+>)*Retour<', page.text)
    left = await browser.done("/premiere-connexion/annuler", {})
    assert left.headers["location"] == "/"
    assert (await browser.get("/mon-accueil")).status_code == 401
    again = await town.signed_in(town.own_credentials(newcomer)["username"], PASSWORD)
    assert (await again.landing(await again.get("/espace"))).url.path == TERMS


@in_towns("premium")
async def test_what_was_accepted_can_be_exported(town: GuideTown) -> None:
    """S1-27: the text, its version and the instant."""
    _, browser = await town.at_home()
    proof = (await browser.get("/mes-conditions/preuve")).text
    for text in (
        town.settings["town"]["full_name"],
        "Conditions générales acceptées le",
        "empreinte SHA-256",
        "Définitions",
    ):
        assert text in proof
