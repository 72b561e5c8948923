"""What a page shows of the ways in and out: fields of passwords as browsers and password keepers want them, and the way out on every page."""

import re

import httpx2
import pytest

from tests.component.gateway.town import Town
from tests.support.roles import Role

pytestmark = pytest.mark.anyio


def password_fields(page: httpx2.Response) -> dict[str, str]:
    """The fields whose name says a password, with their tags; there is at least one."""
    fields = {
        match[1]: match[0] for match in re.finditer(r'<input\b[^>]*\bname="([^"]*password[^"]*)"[^>]*>', page.text)
    }
    assert fields, page.url
    return fields


async def test_a_password_is_hidden_may_be_shown_and_is_named_to_password_keepers(town: Town) -> None:
    parent, _ = await town.parent()
    seen = {}
    for browser, path in ((town.browser(), "/connexion"), (parent, "/mes-identifiants")):
        page = await browser.get(path)
        assert page.text.count("data-show=") >= len(password_fields(page)), "each has a button that shows it"
        for name, tag in password_fields(page).items():
            assert 'type="password"' in tag, (path, name)
            seen[path, name] = (re.findall(r'autocomplete="([^"]*)"', tag) or [""])[0]
            assert not re.search(r"\bon(paste|copy|drop)|\breadonly\b", tag), "what is pasted or filled in is taken"
    assert seen == {
        ("/connexion", "password"): "current-password",
        ("/mes-identifiants", "current_password"): "current-password",
        ("/mes-identifiants", "password"): "new-password",
        ("/mes-identifiants", "password_confirmation"): "new-password",
    }


async def test_every_page_of_a_session_has_the_way_out(town: Town) -> None:
    parent, _ = await town.parent()
    agent = await town.agent(Role.DIRECTOR)
    pages = [
        *((parent, path) for path in ("/mon-accueil", "/factures", "/mes-identifiants", "/mes-connexions", "/aide")),
        *((agent, path) for path in ("/agents", "/agents/familles", "/mes-identifiants", "/aide")),
    ]
    for browser, path in pages:
        page = await browser.get(path)
        assert page.status_code == 200, path
        assert re.search(r'action="/deconnexion"', page.text), path
    assert 'action="/deconnexion"' not in (await town.browser().get("/aide")).text, "nobody signs out who is not in"
