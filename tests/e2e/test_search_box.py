"""The box in which an agent looks for a family, with scripts and without, at a phone's width and a desk's, for axe."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.e2e.test_access_pages import Screens
from tests.e2e.test_access_pages import screens as screens
from tests.e2e.walk import AGENT, press

BOX = "[name=recherche]"


def test_an_agent_finds_a_family_however_they_type_it(screens: Screens) -> None:
    """Each answer says what of it was found, and children bear their birth dates; what is typed stays in the box."""
    page = screens.signed_in(*AGENT)
    screens.open(page, "/agents/familles")
    screens.shows(page, "Familles", "Les accents et les majuscules ne comptent pas")
    for typed, sentence in (
        ("LINA testeur", "enfant Lina Testeur"),
        ("lina tsteur", "enfant Lina Testeur (orthographe proche)"),
        ("test", "adulte"),
    ):
        page.fill(BOX, typed)
        page.press(BOX, "Enter")
        screens.shows(page, "Familles", sentence)
        expect(page.locator(BOX)).to_have_value(typed)
        assert parse_qs(urlsplit(page.url).query)["recherche"] == [typed]
        expect(page.locator("table")).to_contain_text(re.compile(r"Lina Testeur \(\d{2}/\d{2}/\d{4}\)"))
    page.fill(BOX, "zzzz qqqq")
    press(page, "Chercher")
    screens.shows(page, "Familles", "Aucun dossier pour", "numéro de téléphone")
